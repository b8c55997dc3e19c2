import { expect } from 'chai';
import type { CaseResult } from '../../harness/verdict/result.js';
import { sampleCase, sampleCheck, sampleClause, sampleRun } from '../testing/sample.js';
import { type CaseView, viewOf } from './view.js';

describe('viewOf', () => {
  function viewOfCase(parts: Partial<CaseResult>): CaseView | undefined {
    return viewOf(sampleRun([sampleCase(parts)])).cases[0];
  }
  const known = (status: 'expected' | 'other-reason' | 'unexpected-pass') => [
    { status, clause: 'rfc6121:A.3.3/deliver', why: 'bug 17' },
  ];

  it('lists a case as its outcome, but for known failures', () => {
    for (const outcome of ['pass', 'warn', 'fail', 'blocked', 'skipped', 'error'] as const)
      expect(viewOfCase({ outcome })?.status).to.equal(outcome);
    const checks = [sampleCheck()];
    expect(viewOfCase({ outcome: 'fail', checks, known: known('expected') })?.status).to.equal('known');
    expect(viewOfCase({ outcome: 'blocked', known: known('expected') })?.status).to.equal('known');
    expect(viewOfCase({ outcome: 'fail', checks, known: known('other-reason') })?.status).to.equal('fail');
    expect(viewOfCase({ outcome: 'pass', known: known('unexpected-pass') })?.status).to.equal('fail');
  });

  it('tells why on one line, for a warning too', () => {
    expect(viewOfCase({ outcome: 'blocked', reason: 'State To\nwas not reached.' })?.message).to.equal(
      'State To was not reached.',
    );
    const checks = [sampleCheck({ level: 'SHOULD', outcome: 'warn' })];
    expect(viewOfCase({ outcome: 'warn', checks })?.message).to.equal(
      'SHOULD rfc6121:A.3.3/deliver: The approval did not arrive within 5 s.',
    );
    expect(viewOfCase({})?.message).to.equal('');
  });

  it('links cases and the clauses that break them', () => {
    const view = viewOf(sampleRun([sampleCase({ outcome: 'fail', checks: [sampleCheck(), sampleCheck()] })]));
    const [clause] = view.clauses;
    expect(view.cases[0]?.broken).to.deep.equal([clause]);
    expect(clause?.failedBy).to.deep.equal(view.cases);
  });

  it('finds a case that judged nothing by the clauses of its scenario', () => {
    const blocked = viewOfCase({ outcome: 'blocked', sections: [] });
    expect(blocked?.clauses).to.have.length(2);
    expect(blocked?.sections).to.deep.equal(['rfc6121:A.3.3']);
  });

  it('calls a broken SHOULD a warning', () => {
    const clauses = [sampleClause(), sampleClause({ id: 'rfc6121:9/b', level: 'SHOULD NOT' })];
    expect(viewOf(sampleRun([], { clauses })).clauses.map(({ status }) => status)).to.deep.equal([
      'fail',
      'warn',
    ]);
  });
});
