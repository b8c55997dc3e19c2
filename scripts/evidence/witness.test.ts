import { expect } from 'chai';
import type { CheckOutcome } from '../../harness/verdict/result.js';
import { caseResult, check } from '../../harness/verdict/sample.support.test.js';
import { sampleRun } from '../../reports/testing/sample.js';
import { breachesOf, findWitness } from './witness.js';

const CLAUSE = 'rfc3921:9.3/one';

function judged(scenario: string, name: string, ...outcomes: CheckOutcome[]) {
  const checks = outcomes.map((outcome) => check(CLAUSE, { outcome }));
  return caseResult({ scenario, case: name, checks });
}

describe('breachesOf', () => {
  it('finds each check that broke the clause, as a MUST or as a SHOULD', () => {
    const item = judged('area/a', 'x', 'pass', 'fail', 'warn', 'excused', 'untested', 'error');
    const found = breachesOf(item, CLAUSE);
    expect(found.map(({ check }) => check.outcome)).to.deep.equal(['fail', 'warn']);
    expect(breachesOf(item, 'rfc3921:9.3/two')).to.deep.equal([]);
  });
});

describe('findWitness', () => {
  const like = judged('area/a', 'x', 'fail');
  const witness = (...cases: ReturnType<typeof judged>[]) => {
    const found = findWitness(like, CLAUSE, [sampleRun(cases)]);
    return found && `${found.item.scenario}#${found.item.case}`;
  };

  it('prefers the same case, then the same scenario, then any', () => {
    const any = judged('area/b', 'y', 'pass');
    const sameName = judged('area/b', 'x', 'pass');
    const sameScenario = judged('area/a', 'y', 'pass');
    const same = judged('area/a', 'x', 'excused');
    expect(witness(any, sameName, sameScenario, same)).to.equal('area/a#x');
    expect(witness(any, sameName, sameScenario)).to.equal('area/a#y');
    expect(witness(any)).to.equal('area/b#y');
  });

  it('takes no case that breaks the clause anywhere, or does not judge it', () => {
    expect(witness(judged('area/a', 'x', 'pass', 'fail'), judged('area/a', 'x'))).to.equal(undefined);
    expect(witness(judged('area/a', 'x', 'untested'))).to.equal(undefined);
  });
});
