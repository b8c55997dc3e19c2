import { expect } from 'chai';
import { exitStatus, type RunEnd } from './exit-status.js';
import type { CheckOutcome, Outcome } from './result.js';
import { caseResult, check } from './sample.support.test.js';

const OLD = 'rfc3921:9.3/one';
const NEW = 'rfc6121:3.1/one';

function end(cases: RunEnd['cases'], parts: Partial<RunEnd> = {}): number {
  return exitStatus({ cases, spec: 'rfc3921', strict: false, interrupted: '', stale: [], ...parts });
}

const broken = (clause: string, outcome: CheckOutcome) =>
  caseResult({ checks: [check(clause, { outcome, reason: 'so' })] });
const ended = (outcome: Outcome) => caseResult({ outcome });

describe('exitStatus', () => {
  it('is 0 when nothing broke', () => {
    expect(end([ended('pass'), ended('skipped'), broken(OLD, 'excused'), broken(OLD, 'untested')])).to.equal(
      0,
    );
  });

  it('is 2 when every case was skipped: that looks like a pass and is none', () => {
    expect(end([ended('skipped'), ended('skipped')])).to.equal(2);
  });

  it('is 0 for a shard that has no case', () => {
    expect(end([])).to.equal(0);
  });

  it('is 1 for a broken MUST of the specification chosen alone', () => {
    expect(end([broken(OLD, 'fail')])).to.equal(1);
    expect(end([broken(NEW, 'fail')])).to.equal(0);
    expect(end([broken(NEW, 'fail')], { spec: 'rfc6121' })).to.equal(1);
  });

  it('counts a broken SHOULD only when strict', () => {
    expect(end([broken(OLD, 'warn')])).to.equal(0);
    expect(end([broken(OLD, 'warn')], { strict: true })).to.equal(1);
  });

  it('forgives what is known for the stated reason, and nothing else', () => {
    const match = { clause: OLD, why: 'bug 17' };
    const known = (status: 'expected' | 'other-reason') => ({
      ...broken(OLD, 'fail'),
      known: [{ ...match, status }],
    });
    expect(end([known('expected')])).to.equal(0);
    expect(end([known('other-reason')])).to.equal(1);
  });

  it('forgives a blocked case that is known to be blocked for the stated reason', () => {
    const blocked = (status: 'expected' | 'other-reason') => ({
      ...ended('blocked'),
      known: [{ status, clause: 'rfc6121:A.1/one', why: 'bug 18' }],
    });
    expect(end([ended('pass'), blocked('expected')])).to.equal(0);
    expect(end([ended('pass'), blocked('other-reason')])).to.equal(2);
  });

  it('is 1 when a known failure must go', () => {
    expect(end([ended('pass')], { stale: ['known.xml:4: passes now'] })).to.equal(1);
  });

  it('is 2 when cases could not be judged, unless a MUST broke elsewhere', () => {
    expect(end([ended('blocked')])).to.equal(2);
    expect(end([ended('error'), ended('pass')])).to.equal(2);
    expect(end([ended('error'), broken(OLD, 'fail')])).to.equal(1);
  });

  it('is 2 when the run ended early, whatever it found', () => {
    expect(end([broken(OLD, 'fail')], { interrupted: 'Interrupted.' })).to.equal(2);
  });
});
