import { expect } from 'chai';
import { resolveConfig } from './config.js';
import { loadFixtures } from './fixtures.js';
import { type Reference, startReference } from './reference/server.js';
import { run } from './run.js';
import { selectCases, shardCases } from './scenario/select.js';
import { mergeResults } from './verdict/merge.js';
import type { RunResult } from './verdict/result.js';

const DOMAIN = 'embedded.test';
const COMPONENT = { domain: 'contact.test', secret: 'secret' };
const COUNT = 3;

/** A result without times, what came over the wire, and the names of this run's own accounts. */
function comparable(result: RunResult): unknown {
  const { durationMs, startedAt, fence, cases, ...rest } = result;
  const told = {
    ...rest,
    samples: Object.entries(fence.paths).map(([path, { samples }]) => [path, samples]),
    cases: cases.map(({ durationMs: lasted, transcript, checks, ...item }) => ({
      ...item,
      checks: checks.map(({ received, differences, transcript: exchange, ...check }) => check),
    })),
  };
  return JSON.parse(JSON.stringify(told).replaceAll(/-[0-9a-f]{8}-\d+(?=@)/g, '-0'));
}

describe('shards', function () {
  this.timeout(30_000);
  const fixtures = loadFixtures();
  let server: Reference;

  before(async () => {
    server = await startReference({
      spec: 'rfc3921',
      domain: DOMAIN,
      tls: 'off',
      component: COMPONENT,
      faults: ['roster/no-item-at-request'],
    });
  });
  after(() => server.close());

  const judge = (shard: string | undefined, only: readonly string[]) =>
    run(
      resolveConfig(
        {
          target: `127.0.0.1:${server.port}`,
          domain: DOMAIN,
          tls: 'off',
          component: `127.0.0.1:${server.componentPort}`,
          componentDomain: COMPONENT.domain,
          componentSecret: COMPONENT.secret,
          only,
          timeout: 600,
          ...(shard === undefined ? {} : { shard }),
        },
        {},
        {},
      ),
      { fixtures },
    );

  it('deal out every case once, those of a scenario to all', () => {
    const { cases } = selectCases(fixtures.cases, { only: [], skip: [], section: [] });
    const dealt = Array.from({ length: COUNT }, (_, at) =>
      shardCases(cases, { index: at + 1, count: COUNT }),
    );
    expect(new Set(dealt.flat()).size).to.equal(cases.length);
    const sizes = dealt.map((part) => part.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).to.be.at.most(1);
    for (const scenario of fixtures.scenarios) {
      const shares = dealt.map((part) => part.filter((item) => item.scenario === scenario).length);
      expect(Math.max(...shares) - Math.min(...shares), scenario.id).to.be.at.most(1);
    }
  });

  it('merged are what one run gives, all but times', async () => {
    const only = ['subscription/outbound-*', 'presence/probe-*'];
    const results: RunResult[] = [];
    for (let index = 1; index <= COUNT; index++) results.push(await judge(`${index}/${COUNT}`, only));
    const whole = await judge(undefined, only);
    expect(whole.exitStatus).to.equal(1);
    const merged = mergeResults(results.map((result, at) => ({ name: `${at + 1}.json`, result })));
    expect(comparable(merged)).to.deep.equal(comparable(whole));
  });

  it('are no mistake when they have no case, unless the selection has none', async () => {
    const result = await judge('200/200', ['subscription/outbound-subscribe']);
    expect(result).to.deep.include({ exitStatus: 0, cases: [], interrupted: '' });
    expect(result.selection.shard).to.deep.equal({ index: 200, count: 200 });
    expect(await judge('1/2', ['nothing/*'])).to.deep.include({ exitStatus: 3, cases: [] });
  });
});
