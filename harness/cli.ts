#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { ProgressLine } from '../reports/progress.js';
import { createStyle, wantsColor } from '../reports/style.js';
import { REPORT_FORMATS, ReportError } from '../reports/write.js';
import { SUITES } from '../suites/index.js';
import { interop } from '../suites/interop.js';
import { compareCommand } from './commands/compare.js';
import { interopCommand } from './commands/interop.js';
import { listenForInterrupt } from './commands/interrupt.js';
import { mergeCommand } from './commands/merge.js';
import {
  CONFIG_FILE,
  DEFAULTS,
  type RawOptions,
  readConfigFile,
  resolveConfig,
  UsageError,
} from './config.js';
import { describeCoverage } from './coverage.js';
import { FixtureError } from './fixture.js';
import { loadFixtures } from './fixtures.js';
import { lintFixtures } from './lint.js';
import { run, version } from './run.js';
import { expandScenario } from './scenario/expand.js';
import { describeScenario } from './scenario/prose.js';
import { serve } from './serve.js';
import { tell } from './tell.js';
import { TargetError } from './wire/failure.js';
import { openRecord } from './write-known-failures.js';

const EXIT_HELP = `
Exit status:
  0  no MUST of the chosen specification is broken
  1  a MUST is broken (with --strict: or a SHOULD), or a known failure is none any more
  2  wrong usage, target unreachable or lost, cases blocked or not judged
  3  nothing matched the selection

Examples:
  xmpp-conform                                   judge the embedded server
  xmpp-conform --target localhost --insecure     judge the server on this machine, accounts by in-band registration
  xmpp-conform --target im.example:5222 --domain im.example --ca ca.pem \\
      --component localhost:5347 --component-domain contact.im.example --component-secret s3cret
  xmpp-conform --target localhost --insecure --s2s --dns 5353
                                                 contacts by federation; the server asks 127.0.0.1:5353 for names
  xmpp-conform --only 'subscription/inbound-*' --only '*#none'
  xmpp-conform show subscription/inbound-subscribed

Options can stand in ${CONFIG_FILE} too, by their long names in camel case ("componentDomain"); the
component's secret also in the environment, XMPP_CONFORM_COMPONENT_SECRET.
`;

const program = new Command('xmpp-conform')
  .description(
    'Judges an XMPP server against RFC 3921 and RFC 6121 and the core that each builds upon, clause by clause.',
  )
  .version(version())
  .enablePositionalOptions()
  .showHelpAfterError('(xmpp-conform --help shows the options)')
  .exitOverride()
  .addHelpText('after', EXIT_HELP);

const repeated = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];

program
  .option(
    '--target <host[:port]>',
    'server to judge; its SRV record _xmpp-client._tcp, else port 5222 (default: the embedded server)',
  )
  .option('--domain <domain>', 'XMPP domain of the server (default: the host)')
  .addOption(
    new Option('--tls <mode>', 'how the connection is secured (default: starttls)').choices([
      'starttls',
      'direct',
      'off',
    ]),
  )
  .option('--ca <file>', 'certificate authority that vouches for the server, PEM')
  .option('--insecure', 'accept any certificate')
  .option(
    '--accounts <how>',
    'register (XEP-0077), a file of lines "JID PASSWORD", or a command with {user} {domain} {password} (default: register)',
  )
  .option('--component <host:port>', 'where the component connects that plays remote contacts (XEP-0114)')
  .option('--component-domain <domain>', 'domain of that component')
  .option('--component-secret <secret>', 'its secret')
  .option(
    '--s2s [host:port]',
    'play remote contacts as a server that federates with the target, which listens there (default: its port 5269)',
  )
  .option('--s2s-domain <domain>', 'domain of those contacts (default: remote.test)')
  .option(
    '--s2s-listen <[host:]port>',
    'where the target connects to reach them (default: a free port of 127.0.0.1)',
  )
  .addOption(
    new Option(
      '--s2s-streams <number>',
      'a stream for each direction, or one for both where the target can (XEP-0288; default: two)',
    ).choices(['one', 'two']),
  )
  .option('--dns <[host:]port>', 'run a DNS responder there that leads to them, for the target to ask')
  .addOption(
    new Option(
      '--spec <spec>',
      'whose MUSTs decide the exit status, those of its core included (default: rfc3921)',
    ).choices(['rfc3921', 'rfc6121']),
  )
  .option('--strict', 'a broken SHOULD fails the run too')
  .option('--only <pattern>', 'play only these, SCENARIO or SCENARIO#CASE with * (repeatable)', repeated)
  .option('--skip <pattern>', 'leave these out (repeatable)', repeated)
  .option(
    '--section <section>',
    'play only what judges this section, 9.3 or rfc6121:3.1 (repeatable)',
    repeated,
  )
  .option('--jobs <n>', `cases at a time (default: ${DEFAULTS.jobs})`)
  .option('--timeout <ms>', `longest wait for a stanza (default: ${DEFAULTS.timeoutMs})`)
  .option(
    '--settle <ms>',
    `silence after a fence that proves that nothing comes (default: ${DEFAULTS.settleMs})`,
  )
  .option('--known-failures <file>', 'failures that are known; each must still fail, for its stated reason')
  .option(
    '--write-known-failures <file>',
    'write such a list of what fails now; reasons in FILE are kept where they still fit',
  )
  .option(
    '--shard <i/n>',
    'play the Ith of N parts of the cases; "xmpp-conform merge" makes one result of all',
  )
  .option('--output <dir>', 'where reports are written (default: conform-reports)')
  .option('--formats <list>', `reports to write: ${REPORT_FORMATS.join(',')} (default: all)`)
  .option('--quiet', 'no progress; print only what went wrong and the scoreboard')
  .action(judge);

program.addCommand(compareCommand().copyInheritedSettings(program));
program.addCommand(interopCommand().copyInheritedSettings(program));
program.addCommand(mergeCommand().copyInheritedSettings(program));

program
  .command('list')
  .description('the scenarios, with how many cases each has')
  .option('--cases', 'every case')
  .action((options: { cases?: boolean }) => {
    for (const scenario of loadFixtures().scenarios) {
      print(`${scenario.id.padEnd(44)} ${String(scenario.rows.length).padStart(3)}  ${scenario.title}`);
      if (options.cases === true)
        for (const play of expandScenario(scenario)) print(`  ${scenario.id}#${play.name}`);
    }
  });

program
  .command('show')
  .argument('<id>', 'scenario id')
  .description('a scenario as readable prose, with the clauses that it judges')
  .action((id: string) => {
    const { scenarios, catalogue } = loadFixtures([...SUITES, interop]);
    const scenario = scenarios.find((item) => item.id === id);
    if (scenario === undefined)
      throw new UsageError(`There is no scenario "${id}"; "xmpp-conform list" shows them.`, 3);
    process.stdout.write(describeScenario(scenario, catalogue));
  });

program
  .command('lint')
  .argument('[files...]', 'scenario files; all fixtures when none is given')
  .description('check fixtures against their schemas, the catalogue and the states')
  .action((files: string[]) => {
    const { complaints, files: read } = lintFixtures(files);
    for (const complaint of complaints) print(complaint);
    print(complaints.length === 0 ? `${read} files, no complaint.` : `${complaints.length} complaints.`);
    process.exitCode = complaints.length === 0 ? 0 : 1;
  });

program
  .command('coverage')
  .description('which clauses are judged, which not yet, which never can be and why')
  .action(() => {
    process.stdout.write(describeCoverage(loadFixtures()));
  });

program
  .command('serve')
  .description('run the embedded server alone, for any client')
  .addOption(
    new Option('--spec <spec>', 'which specification it follows where they differ')
      .choices(['rfc3921', 'rfc6121'])
      .default('rfc3921'),
  )
  .option('--domain <domain>', 'its domain', 'localhost')
  .option('--port <port>', 'where clients connect', '5222')
  .option('--component-port <port>', 'where components connect', '5347')
  .option('--component-domain <domain>', 'domain of a component', 'contact.localhost')
  .option('--component-secret <secret>', 'its secret', 'secret')
  .option('--s2s-port <port>', 'where other servers connect, by dialback (default: no federation)')
  .option(
    '--dns <host:port>',
    "name server that finds other servers (repeatable; default: the system's)",
    repeated,
  )
  .addOption(
    new Option('--tls <mode>', 'how connections are secured')
      .choices(['starttls', 'direct', 'off'])
      .default('starttls'),
  )
  .action(serve);

async function judge(given: RawOptions): Promise<void> {
  const config = resolveConfig(given, readConfigFile(), process.env);
  const fixtures = loadFixtures();
  const record = openRecord(config, fixtures);
  const interrupt = listenForInterrupt();
  const progress = new ProgressLine(
    process.stderr,
    createStyle(wantsColor(process.stderr, process.env)),
    config.quiet,
  );
  try {
    const judged = async () => {
      const result = await run(config, {
        fixtures,
        signal: interrupt.signal,
        progress,
        onReady: (target, cases) => {
          if (config.quiet) return;
          for (const finding of target.findings) print(finding);
          print(`${cases} cases, ${config.jobs} at a time.`);
          print('');
        },
      });
      progress.stop();
      return result;
    };
    await tell(config, judged, (result) => record?.(result) ?? []);
  } finally {
    progress.stop();
    interrupt.release();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof UsageError) {
    complain(error.message);
    process.exitCode = error.exitStatus;
  } else if (error instanceof FixtureError) {
    complain(`The fixtures can't be used:\n${error.complaints.map((line) => `  ${line}`).join('\n')}`);
    process.exitCode = 2;
  } else if (error instanceof TargetError || error instanceof ReportError) {
    complain(error.message);
    process.exitCode = 2;
  } else {
    complain(
      `xmpp-conform failed, which is its own fault: ${error instanceof Error ? error.stack : String(error)}`,
    );
    process.exitCode = 2;
  }
}
