import { resolveConfig } from '../../harness/config.js';
import { loadFixtures } from '../../harness/fixtures.js';
import { startReference } from '../../harness/reference/server.js';
import { run } from '../../harness/run.js';
import type { Job, JobResult } from './job.js';

/** Long enough for an answer that comes, short enough to wait for hundreds that don't. */
const TIMEOUT_MS = 2500;

/** A permitted delay of up to 100 ms must be no more than half of it. */
const SETTLE_MS = { fault: 100, variation: 250 };

const DOMAIN = 'embedded.test';
const COMPONENT = { domain: 'contact.test', secret: 'self-test' };

const fixtures = loadFixtures();

process.on('message', (job: Job) => {
  void play(job).then((result) => process.send?.(result));
});

async function play(job: Job): Promise<JobResult> {
  const server = await startReference({
    spec: job.spec,
    domain: DOMAIN,
    tls: 'off',
    component: COMPONENT,
    faults: job.faults,
    variations: job.variations,
  });
  try {
    const config = resolveConfig(
      {
        target: `${server.host}:${server.port}`,
        domain: DOMAIN,
        tls: 'off',
        component: `${server.host}:${server.componentPort}`,
        componentDomain: COMPONENT.domain,
        componentSecret: COMPONENT.secret,
        spec: job.spec,
        only: job.only,
        jobs: 32,
        timeout: TIMEOUT_MS,
        settle: job.faults.length > 0 ? SETTLE_MS.fault : SETTLE_MS.variation,
      },
      {},
      {},
    );
    const result = await run(config, { fixtures });
    return {
      interrupted: result.interrupted,
      cases: result.cases.map((item) => ({
        scenario: item.scenario,
        case: item.case,
        outcome: item.outcome,
        reason: item.reason,
        broken: item.checks
          .filter((check) => check.outcome !== 'pass' && check.outcome !== 'untested')
          .map(({ clause, outcome, reason }) => ({ clause, outcome, reason })),
      })),
    };
  } finally {
    await server.close();
  }
}
