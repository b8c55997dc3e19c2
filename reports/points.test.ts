import { expect } from 'chai';
import { findings } from './findings.js';
import { points } from './points.js';
import { sampleCase, sampleCheck, sampleRun } from './testing/sample.js';

describe('findings', () => {
  it('groups clauses that fail at the same expectation, the specification chosen first', () => {
    const result = sampleCase({
      outcome: 'fail',
      checks: [
        sampleCheck({ spec: 'rfc3921', clause: 'rfc3921:9.3/x' }),
        sampleCheck({ outcome: 'warn', level: 'SHOULD', at: 'juliet' }),
        sampleCheck(),
        sampleCheck({ outcome: 'pass', clause: 'rfc6121:1/passes' }),
        sampleCheck({ spec: 'rfc3921', clause: 'rfc3921:1/alone', at: 'romeo/cellar' }),
      ],
    });
    const found = findings(result, 'rfc6121');
    expect(
      found.map(({ outcome, clauses }) => [outcome, clauses.map((clause) => clause.clause)]),
    ).to.deep.equal([
      ['fail', ['rfc6121:A.3.3/deliver', 'rfc3921:9.3/x']],
      ['warn', ['rfc6121:A.3.3/deliver']],
    ]);
  });
});

describe('points', () => {
  const known = { status: 'expected', clause: 'rfc6121:A.3.3/deliver', why: 'bug 17' } as const;
  const failing = sampleCase({ outcome: 'fail', checks: [sampleCheck()] });
  const verdictOf = (...args: Parameters<typeof sampleRun>) =>
    points(sampleRun(...args)).map(({ verdict, message }) => `${verdict} ${message}`.trim());

  it('gathers the cases of a scenario in the order of first appearance', () => {
    const run = sampleRun([
      sampleCase({ scenario: 'a/x', case: '1' }),
      sampleCase({ scenario: 'b/y', case: '1' }),
      sampleCase({ scenario: 'a/x', case: '2' }),
    ]);
    expect(points(run).map(({ suite, name }) => `${suite} ${name}`)).to.deep.equal([
      'a/x 1',
      'a/x 2',
      'b/y 1',
    ]);
  });

  it('names the first clause that failed and counts the others', () => {
    const result = sampleCase({
      outcome: 'fail',
      checks: [sampleCheck(), sampleCheck({ clause: 'rfc6121:2/y' })],
    });
    expect(verdictOf([result])).to.deep.equal([
      'failed MUST rfc6121:A.3.3/deliver: The approval did not arrive within 5 s. (and 1 more clause)',
    ]);
  });

  it('skips a blocked case that is known to be blocked for that reason', () => {
    const blocked = sampleCase({ outcome: 'blocked', reason: 'not reached' });
    expect(verdictOf([{ ...blocked, known: [known] }], { exitStatus: 0 })).to.deep.equal([
      'skipped known failure: bug 17',
    ]);
    expect(verdictOf([blocked], { exitStatus: 2 })).to.deep.equal(['error blocked: not reached']);
  });

  it('skips a known failure only where it accounts for every clause that failed', () => {
    expect(verdictOf([{ ...failing, known: [known] }], { exitStatus: 0 })).to.deep.equal([
      'skipped known failure: bug 17',
    ]);
    const worse = {
      ...failing,
      checks: [sampleCheck(), sampleCheck({ clause: 'rfc6121:2/y' })],
      known: [known],
    };
    expect(verdictOf([worse])[0]).to.match(/^failed MUST/);
    const other = { ...failing, known: [{ ...known, status: 'other-reason' as const }] };
    expect(verdictOf([other])[0]).to.match(/^failed known to fail rfc6121:A.3.3\/deliver, but not like this/);
  });

  it('fails a known failure that passes', () => {
    const result = sampleCase({ known: [{ ...known, status: 'unexpected-pass' }] });
    expect(verdictOf([result], { exitStatus: 1 })[0]).to.match(/^failed passes, but is listed/);
  });

  it('fails a warning under strict', () => {
    const result = sampleCase({
      outcome: 'warn',
      checks: [sampleCheck({ level: 'SHOULD', outcome: 'warn' })],
    });
    const run = sampleRun([result]);
    expect(points(run)[0]?.verdict).to.equal('passed');
    expect(points({ ...run, selection: { ...run.selection, strict: true } })[0]?.verdict).to.equal('failed');
  });

  it('adds a point for what went wrong with the run', () => {
    const pass = sampleCase();
    expect(verdictOf([pass], { interrupted: 'Ctrl-C', exitStatus: 2 })).to.deep.equal([
      'passed',
      'error ended early: Ctrl-C',
    ]);
    expect(verdictOf([], { exitStatus: 3 })).to.deep.equal(['error nothing matched the selection']);
    expect(verdictOf([], { exitStatus: 0 }), 'a shard without cases').to.have.length(1);
    expect(verdictOf([], { exitStatus: 0 })[0]).to.match(/^skipped .* none fell to this one$/);
    expect(
      verdictOf([pass], { exitStatus: 1, knownFailures: { file: 'k.xml', stale: ['a is gone.'] } }),
    ).to.deep.equal(['passed', 'failed k.xml: a is gone.']);
    expect(verdictOf([pass], { exitStatus: 2 })[1]).to.match(/^error the run ended with status 2/);
  });
});
