import { type RawOptions, resolveConfig } from '../../harness/config.js';
import { loadFixtures } from '../../harness/fixtures.js';
import { type Reference, startReference } from '../../harness/reference/server.js';
import { type RunOptions, run } from '../../harness/run.js';
import type { RunResult } from '../../harness/verdict/result.js';
import { freePorts } from '../real-target.js';
import { Enough, SHOWN } from './enough.js';
import type { Job, JobResult } from './job.js';

/** Behind a fence an answer that comes has come; short, to wait for hundreds that don't. What must pass has time. */
const TIMEOUT_MS = { fault: 1250, variation: 5000 };

/** A permitted delay of up to 100 ms must be no more than half of it. */
const SETTLE_MS = { fault: 100, variation: 250 };

/** Cases under way when a fault has shown are played in vain, so they are few. */
const LANES = { untilShown: 8, toTheEnd: 32 };

const DOMAIN = 'embedded.test';
const COMPONENT = { domain: 'contact.test', secret: 'self-test' };

const fixtures = loadFixtures();

/** A server that is judged, and where it looks names up. */
interface Judged {
  readonly server: Reference;
  readonly names: string;
}

process.on('message', (job: Job) => {
  void play(job).then((result) => process.send?.(result));
});

async function play(job: Job): Promise<JobResult> {
  const noticed = new Set<string>();
  const [port = 0] = job.contactsBy === 's2s' ? await freePorts(1) : [];
  const names = `127.0.0.1:${port}`;
  const server = await startReference({
    spec: job.spec,
    domain: DOMAIN,
    tls: 'off',
    ...(job.contactsBy === 'component' ? { component: COMPONENT } : { s2s: { dnsServers: [names] } }),
    faults: job.faults,
    variations: job.variations,
    ...(job.isSurvey ? { onVariation: (id: string) => noticed.add(id) } : {}),
  });
  try {
    return job.isSurvey
      ? await survey({ server, names }, job, noticed)
      : told([await judge({ server, names }, job, job.only, watched(job))], {});
  } finally {
    await server.close();
  }
}

function watched({ until, baseline }: Job): RunOptions {
  const enough = new Enough(until, baseline);
  return { progress: enough, signal: enough.signal };
}

/** One scenario after the other, so that what a variation would do can be told apart by scenario. */
async function survey(stage: Judged, job: Job, noticed: Set<string>): Promise<JobResult> {
  const results: RunResult[] = [];
  const scenarios: Record<string, string[]> = {};
  for (const scenario of job.only) {
    // What only the preflight meets is compared as a whole; see JobResult.preflight.
    results.push(await judge(stage, job, [scenario], { onReady: () => noticed.clear() }));
    for (const id of noticed) scenarios[id] = [...(scenarios[id] ?? []), scenario];
  }
  return told(results, scenarios);
}

function judge(
  { server, names }: Judged,
  job: Job,
  only: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const patience = job.faults.length > 0 ? 'fault' : 'variation';
  const config = resolveConfig(
    {
      target: `${server.host}:${server.port}`,
      domain: DOMAIN,
      tls: 'off',
      ...contacts({ server, names }, job),
      spec: job.spec,
      only,
      jobs: job.until.length > 0 ? LANES.untilShown : LANES.toTheEnd,
      timeout: TIMEOUT_MS[patience],
      settle: SETTLE_MS[patience],
    },
    {},
    {},
  );
  return run(config, { ...options, fixtures });
}

/** Where the contacts of the run live. */
function contacts({ server, names }: Judged, { contactsBy }: Job): RawOptions {
  if (contactsBy === 's2s') return { s2s: `${server.host}:${server.s2sPort}`, dns: names };
  return {
    component: `${server.host}:${server.componentPort}`,
    componentDomain: COMPONENT.domain,
    componentSecret: COMPONENT.secret,
  };
}

function told(results: readonly RunResult[], noticed: JobResult['noticed']): JobResult {
  return {
    interrupted:
      results.map(({ interrupted }) => interrupted).find((why) => why !== '' && why !== SHOWN) ?? '',
    // A finding is a sentence that names addresses; how many there are tells how waiting requests show.
    preflight: [
      ...new Set(results.map(({ target }) => [target.findings.length, ...target.features].join(' '))),
    ].join(', '),
    noticed,
    cases: results
      .flatMap(({ cases }) => cases)
      .map((item) => ({
        scenario: item.scenario,
        case: item.case,
        outcome: item.outcome,
        reason: item.reason,
        broken: item.checks
          .filter((check) => check.outcome !== 'pass' && check.outcome !== 'untested')
          .map(({ clause, outcome, reason }) => ({ clause, outcome, reason })),
        liberties: item.checks
          .filter(({ level, outcome }) => level === 'MAY' && outcome === 'pass')
          .map(({ clause }) => clause),
        choices: item.choices.map(({ name, taken }) => ({ name, taken })),
      })),
  };
}
