import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveConfig } from '../harness/config.js';
import { startEmbedded } from '../harness/embedded.js';
import { type Fixtures, loadFixtures } from '../harness/fixtures.js';
import { type ConformanceRecord, recordOf } from '../harness/interop/record.js';
import { type InteropResult, interopStatus } from '../harness/interop/result.js';
import { type InteropParty, runInterop } from '../harness/interop/run.js';
import { packageRoot } from '../harness/paths.js';
import { citedClauses, farEndClauses } from '../harness/scenario/select.js';
import type { Spec } from '../harness/verdict/result.js';
import { type DnsResponder, startResponder } from '../harness/wire/dns/responder.js';
import type { DomainRule } from '../harness/wire/dns/zone.js';
import { where } from '../harness/wire/failure.js';
import { interopMatrix } from '../reports/interop/matrix.js';
import { formatInterop } from '../reports/interop/terminal.js';
import { writeInterop } from '../reports/interop/write.js';
import { readResult } from '../reports/read.js';
import { createStyle, wantsColor } from '../reports/style.js';
import { interop } from '../suites/interop.js';
import { withOneOption } from './one-option.js';
import { REAL_TARGETS, type RealTargetName, startRealTarget } from './real-target.js';
import { runCli } from './run-cli.js';

const USAGE = `usage: interop [--records DIR]
Plays the embedded server, Prosody, ejabberd and jabberd2 against each other, every ordered pair, and writes the matrix to
conform-reports/interop. Each server is judged by itself first, where it is seen what it sends to others; with --records
the results DIR/NAME/results.json that are there already are taken, that of the embedded server from DIR/embedded-rfc6121.
`;

/** RFC 6121 is what these servers set out to follow; by the other specification half the differences would be theirs by design. */
const SPEC: Spec = 'rfc6121';
const EMBEDDED = 'embedded';
const NAMES = [EMBEDDED, ...REAL_TARGETS] as const;
type ServerName = typeof EMBEDDED | RealTargetName;

/** Judges every server by itself, then every pair. */
async function judgeAll(records: string | undefined): Promise<0 | 1 | 2> {
  const fixtures = loadFixtures([interop]);
  const output = join(packageRoot(), 'conform-reports', 'interop');
  const folder = records ?? join(output, 'records');
  if (records === undefined)
    for (const name of NAMES) await judgeAlone(name, recordIn(folder, name), fixtures);
  const results = await judgePairs(fixtures, (name) => {
    const file = recordIn(folder, name);
    return recordOf(readResult(file), file);
  });
  const files = await writeInterop(results, output);
  const style = createStyle(wantsColor(process.stdout, process.env), process.stdout.columns ?? 100);
  process.stdout.write(formatInterop(interopMatrix(results), style));
  process.stdout.write(`\nWritten   ${files.join('\n          ')}\n`);
  return interopStatus(results);
}

/** Where the record of a server is, as `npm run matrix` and the pipeline leave it. */
function recordIn(folder: string, name: ServerName): string {
  return join(folder, name === EMBEDDED ? `${name}-${SPEC}` : name);
}

/** An ordinary run with contacts by federation, of the scenarios that judge what the plays between servers rest on. */
async function judgeAlone(name: ServerName, output: string, between: Fixtures): Promise<void> {
  process.stdout.write(`Judging ${name} by itself ...\n`);
  const only = scenariosFor(between).flatMap((id) => ['--only', id]);
  const options = [...only, '--spec', SPEC, '--quiet', '--output', output, '--formats', 'json'];
  await rm(output, { recursive: true, force: true });
  if (name === EMBEDDED) return runCli(['--s2s', ...options]);
  const target = await startRealTarget(name, 's2s');
  try {
    await runCli([...target.options, ...options]);
  } finally {
    await target.stop();
  }
}

/** The ordinary scenarios that judge any clause cited between servers. */
function scenariosFor({ cases }: Fixtures): string[] {
  const cited = new Set(cases.flatMap((play) => [...citedClauses(play), ...farEndClauses(play)]));
  const judging = loadFixtures().cases.filter((play) =>
    citedClauses(play).some((clause) => cited.has(clause)),
  );
  return [...new Set(judging.map(({ scenario }) => scenario.id))];
}

async function judgePairs(
  fixtures: Fixtures,
  record: (name: ServerName) => ConformanceRecord,
): Promise<InteropResult[]> {
  const house = await House.open();
  const abort = new AbortController();
  const onSignal = () => abort.abort('Interrupted; the matrix holds the cases played so far.');
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const parties: InteropParty[] = [];
    for (const name of NAMES) parties.push(await house.start(name, record(name)));
    const results: InteropResult[] = [];
    for (const [index, target] of parties.entries()) {
      for (const peer of parties.slice(index + 1)) {
        if (abort.signal.aborted) return results;
        process.stdout.write(`${target.name} and ${peer.name} ...\n`);
        const jobs = Math.max(target.config.jobs, peer.config.jobs);
        const options = { fixtures, spec: SPEC, only: [], jobs, signal: abort.signal };
        results.push(...(await runInterop(target, peer, options)));
      }
    }
    return results;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await house.close();
  }
}

/** The servers that are up, and the name service by which they find each other. */
class House {
  readonly #domains = new Map<string, DomainRule>();
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(
    private readonly names: DnsResponder,
    private readonly folder: string,
  ) {}

  static async open(): Promise<House> {
    const names = await startResponder(
      { host: LOOPBACK, port: 0 },
      { address: LOOPBACK, domains: new Map() },
    );
    return new House(names, await mkdtemp(join(tmpdir(), 'xmpp-conform-interop-')));
  }

  async start(name: ServerName, record: ConformanceRecord): Promise<InteropParty> {
    const domain = `${name}.test`;
    const { target, ca, s2sPort, stop } =
      name === EMBEDDED ? await this.#embedded(domain) : await this.#real(name, domain);
    this.#stops.push(stop);
    this.#domains.set(domain, { srv: { '_xmpp-server._tcp': s2sPort }, hasAddress: true });
    this.names.serve({ address: LOOPBACK, domains: this.#domains });
    return { name, record, config: resolveConfig({ target, ca, domain, spec: SPEC }, {}, {}) };
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.names.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #embedded(domain: string) {
    const server = await startEmbedded({
      spec: SPEC,
      domain,
      s2s: { dnsServers: [where(this.names.address)] },
    });
    const ca = join(this.folder, 'embedded.pem');
    await writeFile(ca, server.ca);
    const target = `${server.host}:${server.port}`;
    return { target, ca, s2sPort: server.s2sPort ?? 0, stop: () => server.close() };
  }

  async #real(name: RealTargetName, domain: string) {
    const server = await startRealTarget(name, { domain, dnsPort: this.names.address.port });
    const option = (wanted: string) => server.options[server.options.indexOf(wanted) + 1] ?? '';
    return {
      target: option('--target'),
      ca: option('--ca'),
      s2sPort: server.s2sPort ?? 0,
      stop: () => server.stop(),
    };
  }
}

const LOOPBACK = '127.0.0.1';

await withOneOption('records', USAGE, judgeAll);
