import { expect } from 'chai';
import { clauseResults } from './clauses.js';
import type { CheckOutcome } from './result.js';
import { caseResult, catalogueOf, check, clause, played } from './sample.support.test.js';
import {
  caseKey,
  clauseOutcomes,
  countCases,
  scoreboard,
  summariseLateness,
  unreliablePaths,
} from './summary.js';

const A = 'rfc3921:9.3/a';
const B = 'rfc6121:3.1/b';

describe('clauseOutcomes', () => {
  const of = (...outcomes: CheckOutcome[]) =>
    clauseOutcomes(
      outcomes.map((outcome) => caseResult({ checks: [check(A, { outcome })] })),
      new Map(),
    ).get(A);

  it('names what came of a clause', () => {
    expect(of('pass')).to.equal('pass');
    expect(of('excused')).to.equal('pass');
    expect(of('fail')).to.equal('fail');
    expect(of('warn')).to.equal('fail');
    expect(of('error')).to.equal('blocked');
    expect(of('untested')).to.equal('untested');
  });

  it('keeps the worst of several cases, in whatever order', () => {
    expect(of('pass', 'fail', 'pass')).to.equal('fail');
    expect(of('error', 'pass')).to.equal('blocked');
    expect(of('pass', 'untested')).to.equal('pass');
    expect(of('error', 'fail')).to.equal('fail');
  });

  it('counts what a blocked or broken-off case would have judged as blocked', () => {
    const cited = new Map([[caseKey('area/sample', 'only'), [A, B]]]);
    for (const outcome of ['blocked', 'error'] as const) {
      const found = clauseOutcomes([caseResult({ outcome, checks: [check(A)] })], cited);
      expect([...found]).to.deep.equal([
        [A, 'blocked'],
        [B, 'blocked'],
      ]);
    }
    expect(clauseOutcomes([caseResult({ outcome: 'skipped' })], cited).size).to.equal(0);
  });
});

describe('scoreboard', () => {
  it('counts clauses by specification and level, and leaves out what can not be judged', () => {
    const catalogue = catalogueOf(
      clause(A),
      clause('rfc3921:9.3/untouched'),
      clause('rfc3921:9.3/should', { level: 'SHOULD' }),
      clause('rfc3921:9.3/client', { role: 'client' }),
      clause('rfc3921:9.3/inside', { unjudged: 'internal-state', why: 'nobody sees it' }),
      clause(B, { level: 'MUST NOT' }),
    );
    const board = scoreboard(
      clauseResults(
        catalogue,
        new Map([
          [A, 'pass'],
          ['rfc3921:9.3/should', 'fail'],
          [B, 'blocked'],
        ]),
        new Map(),
      ),
    );
    const none = { pass: 0, fail: 0, blocked: 0, untested: 0 };
    expect(board.rfc3921).to.deep.equal({
      MUST: { ...none, pass: 1, untested: 1 },
      'MUST NOT': none,
      SHOULD: { ...none, fail: 1 },
      'SHOULD NOT': none,
      MAY: none,
    });
    expect(board.rfc6121['MUST NOT']).to.deep.equal({ ...none, blocked: 1 });
  });
});

describe('countCases', () => {
  it('counts every outcome', () => {
    const outcomes = ['pass', 'pass', 'fail', 'warn', 'blocked', 'skipped', 'error'] as const;
    expect(countCases(outcomes.map((outcome) => caseResult({ outcome })))).to.deep.equal({
      pass: 2,
      fail: 1,
      warn: 1,
      blocked: 1,
      skipped: 1,
      error: 1,
    });
  });
});

describe('lateness', () => {
  const lateness = (path: 'inbound' | 'outbound', values: readonly number[]) =>
    played({ lateness: values.map((ms) => ({ path, ms })) });

  it('is summed up over all paths and for each', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    const fence = summariseLateness([
      lateness('outbound', [0.12345]),
      lateness('inbound', hundred.slice(50)),
      lateness('inbound', hundred.slice(0, 50)),
    ]);
    expect(fence.paths).to.deep.equal({
      inbound: { p50: 51, p99: 100, max: 100, samples: 100 },
      outbound: { p50: 0.123, p99: 0.123, max: 0.123, samples: 1 },
    });
    expect(fence.latenessMs).to.deep.equal({ p50: 50, p99: 99, max: 100 });
  });

  it('is nought where nothing was expected', () => {
    expect(summariseLateness([])).to.deep.equal({ latenessMs: { p50: 0, p99: 0, max: 0 }, paths: {} });
  });

  it('makes a path unreliable above half the settle time', () => {
    const fence = summariseLateness([lateness('inbound', [50]), lateness('outbound', [50.1])]);
    expect([...unreliablePaths(fence, 100)]).to.deep.equal(['outbound']);
    expect([...unreliablePaths(fence, 0)]).to.deep.equal(['inbound', 'outbound']);
  });
});
