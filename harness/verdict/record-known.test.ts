import { expect } from 'chai';
import { HOSTILE_TEXTS } from '../../reports/testing/hostile.js';
import { parseFixture } from '../fixture.js';
import { formatKnownFailures } from '../write-known-failures.js';
import { applyKnownFailures, type KnownFailure } from './known.js';
import { recordKnownFailures } from './record-known.js';
import type { CaseResult, RunResult } from './result.js';
import { caseResult, check } from './sample.support.test.js';
import { caseKey } from './summary.js';

const CLAUSE = 'rfc3921:9.3/one';
const SELECTION: RunResult['selection'] = {
  spec: 'rfc3921',
  strict: false,
  only: [],
  skip: [],
  sections: [],
  jobs: 1,
  timeoutMs: 1,
  settleMs: 1,
};

const failing = (name: string, ...reasons: string[]) =>
  caseResult({
    case: name,
    outcome: 'fail',
    checks: reasons.map((reason) => check(CLAUSE, { outcome: 'fail', reason })),
  });

function known(parts: Partial<KnownFailure> = {}): KnownFailure {
  return {
    kind: 'broken',
    clause: CLAUSE,
    scenario: 'area/sample',
    case: 'a',
    differences: ['received nothing'],
    why: 'bug 17',
    evidence: 'one.md',
    source: 'known.xml:4',
    ...parts,
  };
}

function record(cases: readonly CaseResult[], old: readonly KnownFailure[] = [], all = ['a', 'b', 'c']) {
  return recordKnownFailures(
    { cases, selection: SELECTION },
    old,
    all.map((name) => caseKey('area/sample', name)),
  );
}

describe('recordKnownFailures', () => {
  it('puts cases that say the same of a clause together, whoever is watched', () => {
    const groups = record([
      failing('a', 'romeo/orchard received nothing'),
      failing('b', 'romeo/orchard received nothing', 'romeo/orchard received nothing'),
      failing('c', 'romeo/orchard received a stanza that must not come', 'romeo/orchard received nothing'),
    ]);
    expect(
      groups.map(({ differences, cases }) => [differences, cases.map((item) => item.case)]),
    ).to.deep.equal([
      [['received nothing'], ['a', 'b']],
      [['received a stanza that must not come', 'received nothing'], ['c']],
    ]);
    expect(groups[0]).to.deep.include({ kind: 'broken', clause: CLAUSE, why: 'TODO: why', evidence: '' });
  });

  it('lists nothing that does not count', () => {
    const warned = caseResult({
      case: 'a',
      outcome: 'warn',
      checks: [check(CLAUSE, { outcome: 'warn', reason: 'so' })],
    });
    const other = caseResult({
      case: 'b',
      checks: [check('rfc6121:3.1/one', { outcome: 'fail', reason: 'so' })],
    });
    expect(record([warned, other, caseResult({ case: 'c', outcome: 'error' })])).to.deep.equal([]);
  });

  it('gives a new case the reason of an entry that describes its failure', () => {
    const groups = record(
      [failing('a', 'received nothing'), failing('b', 'received nothing at all')],
      [known()],
    );
    expect(groups).to.have.length(1);
    expect(groups[0]).to.deep.include({ why: 'bug 17', evidence: 'one.md' });
    expect(groups[0]?.cases).to.have.length(2);
  });

  it('wants a new reason for a failure that is another one now', () => {
    const [group] = record([failing('a', 'received it twice')], [known()]);
    expect(group).to.deep.include({ why: 'TODO: why', differences: ['received it twice'] });
  });

  it('drops what passes or exists no more, and keeps what was not judged', () => {
    const old = [
      known({ case: 'a' }),
      known({ case: 'b' }),
      known({ case: 'c' }),
      known({ case: 'gone' }),
      known({ kind: 'blocked', case: 'a' }),
    ];
    const groups = record(
      [caseResult({ case: 'a', checks: [check(CLAUSE)] }), caseResult({ case: 'b', outcome: 'error' })],
      old,
    );
    expect(groups.map(({ cases }) => cases.map((item) => item.case))).to.deep.equal([['b', 'c']]);
  });

  it('keeps what the target breaks of the other specification', () => {
    const clause = 'rfc6121:3.1/one';
    const broken = caseResult({
      case: 'a',
      checks: [check(clause, { outcome: 'fail', reason: 'received nothing' })],
    });
    expect(record([broken], [known({ clause })])).to.have.length(1);
  });

  it('lists blocked cases first, by what blocked them', () => {
    const blocked = (name: string) =>
      caseResult({
        case: name,
        outcome: 'blocked',
        reason: 'the state To of romeo towards juliet was not reached: roster item is no, not yes',
      });
    const groups = record([failing('a', 'received nothing'), blocked('b'), blocked('c')]);
    expect(groups.map(({ kind, clause, differences }) => [kind, clause, differences])).to.deep.equal([
      ['blocked', '', ['roster item is no, not yes']],
      ['broken', CLAUSE, ['received nothing']],
    ]);
    const named = known({ kind: 'blocked', case: 'b', clause: 'rfc3921:9/cause', differences: ['is no'] });
    expect(record([blocked('b'), blocked('c')], [named])).to.deep.equal([
      {
        kind: 'blocked',
        clause: 'rfc3921:9/cause',
        differences: ['is no'],
        why: 'bug 17',
        evidence: 'one.md',
        cases: [
          { scenario: 'area/sample', case: 'b' },
          { scenario: 'area/sample', case: 'c' },
        ],
      },
    ]);
  });

  it('writes a file that can be read and that covers the failure, whatever the target sent', () => {
    for (const text of HOSTILE_TEXTS.filter((item) => item.trim() !== '')) {
      const result = failing('a', `it differs: ${text}`);
      const groups = record([result]);
      parseFixture(
        formatKnownFailures({ head: '', target: text.replaceAll(/\p{C}/gu, '') }, groups),
        'known.xml',
        'known-failures',
      );
      const entries = groups.map((group) => known({ differences: group.differences }));
      expect(
        applyKnownFailures([result], entries, () => true).cases[0]?.known[0]?.status,
        text.slice(0, 40),
      ).to.equal('expected');
    }
  });
});
