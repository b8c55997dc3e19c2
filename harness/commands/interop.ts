import { Command, Option } from 'commander';
import { interopMatrix } from '../../reports/interop/matrix.js';
import { formatInterop } from '../../reports/interop/terminal.js';
import { pairFile, writeInterop } from '../../reports/interop/write.js';
import { readResult } from '../../reports/read.js';
import { createStyle, wantsColor } from '../../reports/style.js';
import { interop } from '../../suites/interop.js';
import { type Config, DEFAULTS, type RawOptions, resolveConfig, UsageError } from '../config.js';
import { loadFixtures } from '../fixtures.js';
import { openNames } from '../interop/names.js';
import { inPeerOptions } from '../interop/peer-options.js';
import { recordOf } from '../interop/record.js';
import { interopStatus } from '../interop/result.js';
import { type InteropParty, runInterop } from '../interop/run.js';
import { selectCases } from '../scenario/select.js';
import { listenForInterrupt } from './interrupt.js';

interface InteropCommandOptions {
  readonly target: string;
  readonly peer: string;
  readonly domain?: string;
  readonly peerDomain?: string;
  readonly name?: string;
  readonly peerName?: string;
  readonly tls?: string;
  readonly ca?: string;
  readonly peerCa?: string;
  readonly insecure?: boolean;
  readonly accounts?: string;
  readonly peerAccounts?: string;
  readonly targetResults?: string;
  readonly peerResults?: string;
  readonly dns?: string;
  readonly s2sPort?: string;
  readonly peerS2sPort?: string;
  readonly spec: 'rfc3921' | 'rfc6121';
  readonly only?: readonly string[];
  readonly jobs?: string;
  readonly timeout?: string;
  readonly settle?: string;
  readonly output: string;
  readonly quiet?: boolean;
}

const HELP = `
Every scenario is played twice, with the user on the target and the contact on the peer, then the other way round. What each
end should show follows from the clauses of its own server. A difference is attributed by the servers' own records: the
results of ordinary runs, which see what each server sends to others. Without them it can't be said who departs.

The two servers have to find each other: by your name service, or, where both are on this machine, by --dns, which they
have to ask (docs/interop.md).

Exit status:
  0  each end showed what it should
  1  departures, gaps, or differences that nothing explains
  2  wrong usage, a server or the link can't be used, or cases that were not judged

Example:
  xmpp-conform interop --target a.example --peer b.example --target-results a/results.json --peer-results b/results.json
`;

/** The command `interop`: two servers against each other. */
export function interopCommand(): Command {
  const repeated = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];
  return new Command('interop')
    .description('two servers against each other: who departs, and what they fail to do together')
    .requiredOption('--target <host[:port]>', 'the first server, as clients reach it')
    .requiredOption('--peer <host[:port]>', 'the second one')
    .option('--domain <domain>', 'XMPP domain of the first (default: its host)')
    .option('--peer-domain <domain>', 'XMPP domain of the second (default: its host)')
    .option('--name <name>', 'what reports call the first (default: its domain)')
    .option('--peer-name <name>', 'what reports call the second (default: its domain)')
    .option('--target-results <result>', 'results.json of an ordinary run of the first, or its directory')
    .option('--peer-results <result>', 'the same of the second')
    .addOption(
      new Option('--tls <mode>', 'how clients of both connect (default: starttls)').choices([
        'starttls',
        'direct',
        'off',
      ]),
    )
    .option('--ca <file>', 'certificate authority that vouches for the first to clients, PEM')
    .option('--peer-ca <file>', 'the same for the second')
    .option('--insecure', 'accept any certificate of either')
    .option('--accounts <how>', 'accounts on the first, as for an ordinary run (default: register)')
    .option('--peer-accounts <how>', 'accounts on the second (default: register)')
    .option('--dns <[host:]port>', 'run a DNS responder there that leads each to the other, on this machine')
    .option('--s2s-port <port>', 'with --dns: where the first listens for servers (default: 5269)')
    .option('--peer-s2s-port <port>', 'with --dns: where the second does (default: 5269)')
    .addOption(
      new Option('--spec <spec>', 'whose clauses decide for both ends')
        .choices(['rfc3921', 'rfc6121'])
        .default('rfc3921'),
    )
    .option('--only <pattern>', 'play only these, SCENARIO or SCENARIO#CASE with * (repeatable)', repeated)
    .option('--jobs <n>', `cases at a time (default: ${DEFAULTS.jobs})`)
    .option('--timeout <ms>', `longest wait for a stanza (default: ${DEFAULTS.timeoutMs})`)
    .option(
      '--settle <ms>',
      `silence after a fence that proves that nothing comes (default: ${DEFAULTS.settleMs})`,
    )
    .option('--output <dir>', 'where reports are written', 'conform-reports/interop')
    .option('--quiet', 'no progress')
    .addHelpText('after', HELP)
    .action(judgePair);
}

async function judgePair(options: InteropCommandOptions): Promise<void> {
  const target = partyOf(options.name, options.targetResults, configOf(options));
  const peer = partyOf(options.peerName, options.peerResults, peerConfigOf(options));
  if (target.config.domain === peer.config.domain) {
    throw new UsageError(
      `Both servers have the domain ${target.config.domain}: give each its own by --domain and --peer-domain.`,
    );
  }
  if (pairFile({ target, peer }) === pairFile({ target: peer, peer: target })) {
    throw new UsageError(
      `Reports can't tell ${target.name} from ${peer.name}: give other names by --name and --peer-name.`,
    );
  }
  const { only = [], spec, quiet = false } = options;
  const fixtures = loadFixtures([interop]);
  const { unmatched } = selectCases(fixtures.cases, { only, skip: [], section: [] });
  if (unmatched.length > 0) {
    throw new UsageError(
      `No case between servers matches ${unmatched.map((pattern) => `"${pattern}"`).join(', ')}.`,
      3,
    );
  }
  const interrupt = listenForInterrupt();
  const names = await openNames(options.dns, [
    { domain: target.config.domain, port: options.s2sPort },
    { domain: peer.config.domain, port: options.peerS2sPort },
  ]);
  try {
    const results = await runInterop(target, peer, {
      fixtures,
      spec,
      only,
      jobs: target.config.jobs,
      signal: interrupt.signal,
      ...(quiet ? {} : { onProgress: showProgress }),
    });
    const files = await writeInterop(results, options.output);
    const style = createStyle(wantsColor(process.stdout, process.env), process.stdout.columns ?? 100);
    process.stdout.write(formatInterop(interopMatrix(results), style));
    process.stdout.write(`\nWritten   ${files.join('\n          ')}\n`);
    process.exitCode = interopStatus(results);
  } finally {
    await names?.close();
    interrupt.release();
  }
}

/** A line for each tenth, which no terminal has to draw over. */
function showProgress(done: number, total: number): void {
  const isTenth = Math.floor((10 * done) / total) > Math.floor((10 * (done - 1)) / total);
  if (isTenth) process.stderr.write(`${done}/${total} cases\n`);
}

function partyOf(name: string | undefined, results: string | undefined, config: Config): InteropParty {
  const record = results === undefined ? undefined : recordOf(readResult(results), results);
  return { name: name ?? config.domain, config, record };
}

function configOf(options: InteropCommandOptions): Config {
  const { target, domain, ca, accounts } = options;
  return resolve({ ...shared(options), ...defined({ target, domain, ca, accounts }) });
}

function peerConfigOf(options: InteropCommandOptions): Config {
  const { peer: target, peerDomain: domain, peerCa: ca, peerAccounts: accounts } = options;
  try {
    return resolve({ ...shared(options), ...defined({ target, domain, ca, accounts }) });
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(inPeerOptions(error.message), error.exitStatus);
    throw error;
  }
}

function shared({ tls, insecure, spec, jobs, timeout, settle }: InteropCommandOptions): RawOptions {
  return defined({ tls, insecure, spec, jobs, timeout, settle });
}

/** The configuration file is of ordinary runs, which have one server. */
function resolve(given: RawOptions): Config {
  return resolveConfig(given, {}, {});
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the options that were not given. */
function defined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<T>;
}
