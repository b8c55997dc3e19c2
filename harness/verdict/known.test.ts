import { expect } from 'chai';
import { applyKnownFailures, failureText, isKnown, isKnownBlocked, type KnownFailure } from './known.js';
import type { CaseResult, Outcome } from './result.js';
import { caseResult, check } from './sample.support.test.js';

const CLAUSE = 'rfc3921:9.3/one';

function known(parts: Partial<KnownFailure> = {}): KnownFailure {
  return {
    kind: 'broken',
    clause: CLAUSE,
    scenario: 'area/sample',
    case: 'only',
    differences: ['did not receive it'],
    why: 'bug 17',
    evidence: '',
    source: 'known.xml:4',
    ...parts,
  };
}

function failing(reason: string, outcome: 'fail' | 'warn' = 'fail'): CaseResult {
  return caseResult({ outcome, checks: [check(CLAUSE, { outcome, reason })] });
}

function apply(result: CaseResult, entry = known(), exists = true) {
  const { cases, stale } = applyKnownFailures([result], [entry], () => exists);
  return { statuses: cases[0]?.known.map((match) => match.status), stale, result: cases[0] };
}

describe('applyKnownFailures', () => {
  it('expects what fails for the stated reason, a MUST as well as a SHOULD', () => {
    for (const outcome of ['fail', 'warn'] as const) {
      const { statuses, stale, result } = apply(failing('romeo did not receive it at all', outcome));
      expect(statuses).to.deep.equal(['expected']);
      expect(stale).to.deep.equal([]);
      const [broken] = result?.checks ?? [];
      expect(result !== undefined && broken !== undefined && isKnown(result, broken)).to.equal(true);
    }
  });

  it('looks for the reason in the differences too', () => {
    const difference = { path: 'presence/@type', expected: 'subscribed', received: 'unsubscribed' };
    const broken = check(CLAUSE, { outcome: 'fail', reason: 'it differs', differences: [difference] });
    expect(failureText(broken)).to.equal(
      'it differs; presence/@type: expected subscribed, received unsubscribed',
    );
    const entry = known({ differences: ['something else', 'received unsubscribed'] });
    expect(apply(caseResult({ checks: [broken] }), entry).statuses).to.deep.equal(['expected']);
  });

  it('does not cover a failure for another reason', () => {
    const { statuses, stale, result } = apply(failing('it came twice'));
    expect(statuses).to.deep.equal(['other-reason']);
    expect(stale).to.deep.equal([]);
    const [broken] = result?.checks ?? [];
    expect(result !== undefined && broken !== undefined && isKnown(result, broken)).to.equal(false);
  });

  it('wants every failure of the clause in the case to have that reason', () => {
    const mixed = caseResult({
      checks: [
        check(CLAUSE, { outcome: 'fail', reason: 'did not receive it' }),
        check(CLAUSE, { outcome: 'fail', reason: 'something else' }),
      ],
    });
    expect(apply(mixed).statuses).to.deep.equal(['other-reason']);
  });

  it('wants an entry gone that passes now', () => {
    const { statuses, stale } = apply(caseResult({ checks: [check(CLAUSE)] }));
    expect(statuses).to.deep.equal(['unexpected-pass']);
    expect(stale).to.deep.equal([
      `known.xml:4: ${CLAUSE} in area/sample, case "only" passes now; delete the line.`,
    ]);
  });

  it('wants an entry gone whose case does not exist or does not judge the clause', () => {
    expect(apply(caseResult(), known({ case: 'gone' }), false).stale).to.deep.equal([
      'known.xml:4: there is no area/sample, case "gone"; delete the line.',
    ]);
    expect(apply(caseResult({ checks: [check('rfc3921:9.3/two')] })).stale).to.deep.equal([
      `known.xml:4: ${CLAUSE} in area/sample, case "only" is not judged there; delete the line.`,
    ]);
  });

  it('says nothing of a case that was not selected', () => {
    expect(apply(caseResult(), known({ case: 'another' })).stale).to.deep.equal([]);
  });

  for (const outcome of ['blocked', 'error', 'skipped'] satisfies Outcome[]) {
    it(`draws no conclusion from a case that is ${outcome}`, () => {
      expect(apply(caseResult({ outcome, checks: [check(CLAUSE)] }))).to.deep.include({
        statuses: [],
        stale: [],
      });
    });
  }

  it('expects a case that is known to be blocked to be so, and for the stated reason', () => {
    const entry = known({ kind: 'blocked', differences: ['roster item is no, not yes'] });
    const blocked = (reason: string) => apply(caseResult({ outcome: 'blocked', reason }), entry);
    const expected = blocked('the state was not reached: roster item is no, not yes');
    expect(expected).to.deep.include({ statuses: ['expected'], stale: [] });
    expect(expected.result !== undefined && isKnownBlocked(expected.result)).to.equal(true);
    const otherwise = blocked('the state was not reached: ask is absent, not subscribe');
    expect(otherwise).to.deep.include({ statuses: ['other-reason'], stale: [] });
    expect(otherwise.result !== undefined && isKnownBlocked(otherwise.result)).to.equal(false);
    expect(apply(caseResult(), entry)).to.deep.include({
      statuses: ['unexpected-pass'],
      stale: ['known.xml:4: area/sample, case "only", is blocked no more; delete the line.'],
    });
    expect(apply(caseResult({ outcome: 'error' }), entry)).to.deep.include({ statuses: [], stale: [] });
  });

  it('draws no conclusion where the clause was not put to the test', () => {
    const result = caseResult({ checks: [check(CLAUSE, { outcome: 'untested' })] });
    expect(apply(result)).to.deep.include({ statuses: [], stale: [] });
  });
});
