import { expect } from 'chai';
import type { PlayedFinding } from './finding.js';
import { type JudgingContext, judgeCase, sectionOf } from './judge.js';
import type { CaseResult, Level } from './result.js';
import { catalogueOf, clause, finding, playable, played, scenario } from './sample.support.test.js';

const OLD = 'rfc3921:9.3/one';
const NEW = 'rfc6121:A.3.3/one';

function context(parts: Partial<JudgingContext> = {}): JudgingContext {
  return {
    catalogue: catalogueOf(clause(OLD), clause(NEW)),
    spec: 'rfc3921',
    unreliable: new Set(),
    ...parts,
  };
}

function judge(findings: readonly PlayedFinding[], parts: Partial<JudgingContext> = {}): CaseResult {
  return judgeCase(played({ findings }), context(parts));
}

const outcomes = (result: CaseResult) => result.checks.map((item) => `${item.clause} ${item.outcome}`);

describe('judgeCase', () => {
  const LEVELS: readonly (readonly [Level, string, string])[] = [
    ['MUST', 'fail', 'fail'],
    ['MUST NOT', 'fail', 'fail'],
    ['SHOULD', 'warn', 'warn'],
    ['SHOULD NOT', 'warn', 'warn'],
    ['MAY', 'untested', 'pass'],
  ];
  for (const [level, ofClause, ofCase] of LEVELS) {
    it(`makes ${ofClause} of a ${level} that was not kept, and the case ${ofCase}`, () => {
      const result = judge([finding({ proves: [OLD], satisfied: 'no', reason: 'nothing came' })], {
        catalogue: catalogueOf(clause(OLD, { level })),
      });
      expect(outcomes(result)).to.deep.equal([`${OLD} ${ofClause}`]);
      expect(result.outcome).to.equal(ofCase);
      expect(result.checks[0]?.reason).to.equal('nothing came');
    });
  }

  it('gives each clause of an expectation its own verdict, and the case one for each specification', () => {
    const result = judge([
      finding({ proves: [OLD, NEW] }),
      finding({ line: 11, proves: [NEW], satisfied: 'no' }),
    ]);
    expect(outcomes(result)).to.deep.equal([`${OLD} pass`, `${NEW} pass`, `${NEW} fail`]);
    expect(result.outcome).to.equal('pass');
    expect(result.specs).to.deep.equal({ rfc3921: 'pass', rfc6121: 'fail' });
    expect(result.sections).to.deep.equal(['rfc3921:9.3', 'rfc6121:A.3.3']);
    expect(result.checks.map((item) => item.source)).to.deep.equal([
      'sample.xml:10',
      'sample.xml:10',
      'sample.xml:11',
    ]);
  });

  it('takes the outcome of the specification that was chosen', () => {
    const result = judge([finding({ proves: [OLD] }), finding({ proves: [NEW], satisfied: 'no' })], {
      spec: 'rfc6121',
    });
    expect(result.outcome).to.equal('fail');
  });

  it('leaves what was not put to the test untested, which is no failure', () => {
    const result = judge([finding({ proves: [OLD], satisfied: 'untested', reason: 'it did not come' })]);
    expect(outcomes(result)).to.deep.equal([`${OLD} untested`]);
    expect(result.outcome).to.equal('pass');
  });

  it('keeps the exchange with what failed and not with what passed', () => {
    const entries = ['a', 'b', 'c'].map((xml) => ({
      at: 0,
      party: 'romeo/orchard',
      direction: 'sent' as const,
      kind: 'stanza' as const,
      xml,
    }));
    const result = judgeCase(
      played({
        transcript: entries,
        findings: [
          finding({ proves: [OLD], satisfied: 'no', from: 1, to: 3 }),
          finding({ proves: [NEW], from: 0, to: 3 }),
        ],
      }),
      context(),
    );
    expect(result.checks.map((item) => item.transcript.map(({ xml }) => xml).join(''))).to.deep.equal([
      'bc',
      '',
    ]);
    expect(result.transcript).to.equal(entries);
    expect(result.durationMs).to.equal(1.3);
  });

  it('folds the markers of each fence where the case passed', () => {
    const entry = (kind: 'stanza' | 'fence', at: number) =>
      ({ at, party: 'juliet', direction: 'sent', kind, xml: `<x at="${at}"/>` }) as const;
    const result = judgeCase(
      played({
        transcript: [entry('stanza', 0), entry('fence', 1), entry('fence', 2), entry('stanza', 3)],
        findings: [finding({ proves: [OLD] })],
      }),
      context(),
    );
    expect(result.transcript.map(({ at, xml }) => [at, xml])).to.deep.equal([
      [0, '<x at="0"/>'],
      [2, '2 markers'],
      [3, '<x at="3"/>'],
    ]);
  });

  describe('where silence was proved on an unreliable path', () => {
    const unreliable = new Set(['inbound']);
    const silent = finding({ kind: 'never', proves: [OLD], negative: true });

    it('makes an error of the silence and says what to do', () => {
      const result = judge([silent], { unreliable });
      expect(outcomes(result)).to.deep.equal([`${OLD} error`]);
      expect(result.outcome).to.equal('error');
      expect(result.reason).to.match(/inbound path came so late .* raise --settle$/);
      expect(result.checks[0]?.reason).to.equal(result.reason);
    });

    it('still fails what did come', () => {
      expect(judge([{ ...silent, satisfied: 'no' }], { unreliable }).outcome).to.equal('fail');
    });

    it('believes what needs no silence, and other paths', () => {
      expect(judge([finding({ proves: [OLD] })], { unreliable }).outcome).to.equal('pass');
      expect(judge([{ ...silent, path: 'outbound' }], { unreliable }).outcome).to.equal('pass');
    });

    it('puts an error before a failure', () => {
      const broken = finding({ line: 11, proves: [OLD], satisfied: 'no' });
      expect(judge([silent, broken], { unreliable }).outcome).to.equal('error');
    });
  });

  describe('where clauses of one RFC contradict each other', () => {
    const A = 'rfc3921:8.4/reply';
    const B = 'rfc3921:9.3/reply';
    const rivals = (a: Level, b: Level) =>
      catalogueOf(clause(A, { level: a, contradicts: [B] }), clause(B, { level: b, contradicts: [A] }));
    const choice = (a: 'yes' | 'no', b: 'yes' | 'no') => [
      finding({ kind: 'choice', proves: [A], satisfied: a, reason: a === 'no' ? 'not this' : '' }),
      finding({ kind: 'choice', proves: [B], satisfied: b, reason: b === 'no' ? 'not that' : '' }),
    ];

    it('excuses the clause whose opposite was kept', () => {
      const result = judge(choice('no', 'yes'), { catalogue: rivals('MUST', 'MUST') });
      expect(outcomes(result)).to.deep.equal([`${A} excused`, `${B} pass`]);
      expect(result.outcome).to.equal('pass');
      expect(result.checks[0]?.reason).to.equal(
        `not this; ${B} (MUST) contradicts it, so the RFC leaves it open`,
      );
    });

    it('fails both where neither was kept', () => {
      const result = judge(choice('no', 'no'), { catalogue: rivals('MUST', 'MUST') });
      expect(outcomes(result)).to.deep.equal([`${A} fail`, `${B} fail`]);
    });

    it('weighs what only the level sets apart by the weaker level', () => {
      const result = judge(choice('no', 'no'), { catalogue: rivals('MUST', 'SHOULD') });
      expect(outcomes(result)).to.deep.equal([`${A} warn`, `${B} warn`]);
      expect(result.outcome).to.equal('warn');
    });

    it('does not excuse by what was kept at another expectation or elsewhere', () => {
      const [broken, kept] = choice('no', 'yes');
      if (broken === undefined || kept === undefined) throw new Error('two findings');
      const catalogue = rivals('MUST', 'MUST');
      expect(judge([broken, { ...kept, line: 11 }], { catalogue }).outcome).to.equal('fail');
      expect(judge([broken, { ...kept, at: 'romeo/cellar' }], { catalogue }).outcome).to.equal('fail');
    });

    it('does not excuse by a rival that was left untested', () => {
      const [broken, kept] = choice('no', 'yes');
      if (broken === undefined || kept === undefined) throw new Error('two findings');
      const catalogue = rivals('MUST', 'MUST');
      expect(judge([broken, { ...kept, satisfied: 'untested' }], { catalogue }).outcome).to.equal('fail');
    });
  });

  it('skips a case that judges no clause of the specification chosen, and says so', () => {
    const result = judge([finding({ proves: [NEW] })]);
    expect(result.specs).to.deep.equal({ rfc3921: 'skipped', rfc6121: 'pass' });
    expect(result.reason).to.match(/no clause of rfc3921 is judged here/);
  });

  for (const ending of ['blocked', 'skipped', 'error'] as const) {
    it(`is ${ending} for both specifications when the play was, whatever was found before`, () => {
      const result = judgeCase(
        played({ ending, reason: 'so it was', findings: [finding({ proves: [OLD], satisfied: 'no' })] }),
        context(),
      );
      expect(result.specs).to.deep.equal({ rfc3921: ending, rfc6121: ending });
      expect(result.reason).to.equal('so it was');
      expect(outcomes(result)).to.deep.equal([`${OLD} fail`]);
    });
  }

  it('carries choices with the case that they were taken in', () => {
    const choice = { name: 'reply', taken: 'none', options: ['none', 'error'], clauses: [OLD] };
    const play = playable({ scenario: scenario({ id: 'area/other' }), name: 'row' });
    const result = judgeCase(played({ play, choices: [choice] }), context());
    expect(result.choices).to.deep.equal([{ ...choice, scenario: 'area/other', case: 'row' }]);
  });
});

describe('sectionOf', () => {
  it('is what stands before the name, with the document', () => {
    expect(sectionOf('rfc6121:A.3.3/subscribed/none/state')).to.equal('rfc6121:A.3.3');
  });
});
