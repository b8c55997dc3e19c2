import { expect } from 'chai';
import type { ChoiceCheck, ExpectCheck, UserDecl } from '../scenario/types.js';
import type { PlayedCase } from '../verdict/finding.js';
import { catalogueOf, clause, finding, playable, played } from '../verdict/sample.support.test.js';
import { element, NS } from '../wire/element.js';
import { type AttributionContext, judgeInterop } from './attribute.js';
import type { ClauseRecord, ConformanceRecord } from './record.js';
import type { InteropCase } from './result.js';

const DELIVER = 'rfc6121:3.1.3/request';
const ROUTE = 'rfc6121:3.1.2/route';
const OLD = 'rfc3921:9.3/old';
const MAY = 'rfc6121:4.3.1/may';
const RIVAL = 'rfc6121:3.2.3/rival';

function user(name: string, server: UserDecl['server']): UserDecl {
  return { name, server, fence: 'everyone', resources: [], line: 1 };
}

const WATCHED: ExpectCheck = {
  kind: 'expect',
  id: '',
  at: ['juliet/balcony'],
  template: element('presence', NS.client),
  times: undefined,
  asserts: [],
  proves: [DELIVER, OLD],
  farEnd: [ROUTE],
  when: '',
  line: 10,
};

const CHOICE: ChoiceCheck = {
  kind: 'one-of',
  name: 'what becomes of it',
  of: 'juliet',
  options: [
    { name: 'told', parts: [], inOrder: false, proves: [DELIVER] },
    { name: 'silent', parts: [], inOrder: false, proves: [RIVAL], gap: 'nobody knows' },
  ],
  proves: [],
  farEnd: [ROUTE],
  when: '',
  line: 20,
};

const PLAY = playable({
  users: [user('romeo', 'target'), user('juliet', 'peer')],
  exchanges: [{ actions: [], checks: [WATCHED, CHOICE] }],
});

const MISSED = finding({
  at: 'juliet/balcony',
  proves: [DELIVER, OLD],
  satisfied: 'no',
  reason: 'juliet/balcony received nothing',
});

function brokenIn(...situation: readonly string[]) {
  return { case: 'area/own#case', isBroken: true, known: 'It is so.', situation: new Set(situation) };
}

function record(broken: readonly string[], kept: readonly string[] = []): ConformanceRecord {
  return {
    file: 'results.json',
    software: '',
    clauses: new Map<string, ClauseRecord>([
      ...kept.map((id) => [id, { outcome: 'pass', trials: [] }] as const),
      ...broken.map((id) => [id, { outcome: 'fail', trials: [brokenIn(id)] }] as const),
    ]),
  };
}

function judge(
  parts: Partial<PlayedCase>,
  records: AttributionContext['records'] = {},
  more: Partial<AttributionContext> = {},
): InteropCase {
  const catalogue = catalogueOf(
    clause(DELIVER, { contradicts: [RIVAL] }),
    clause(ROUTE),
    clause(OLD),
    clause(MAY, { level: 'MAY' }),
    clause(RIVAL, { contradicts: [DELIVER] }),
  );
  const context = { catalogue, spec: 'rfc6121', unreliable: new Set<string>(), records, ...more } as const;
  return judgeInterop(played({ play: PLAY, ...parts }), context);
}

describe('judgeInterop', () => {
  it('agrees where each end showed what it should', () => {
    const result = judge({ findings: [finding({ at: 'juliet/balcony', proves: [DELIVER] })] });
    expect(result).to.deep.include({ outcome: 'agree', departs: [], differences: [] });
  });

  it('attributes what was not shown to the end whose own record breaks a clause of its own', () => {
    const both = record([], [DELIVER, ROUTE]);
    const far = judge({ findings: [MISSED] }, { target: record([ROUTE]), peer: both });
    expect(far).to.deep.include({ outcome: 'departs', departs: ['target'] });
    const near = judge({ findings: [MISSED] }, { target: both, peer: record([DELIVER]) });
    expect(near).to.deep.include({ outcome: 'departs', departs: ['peer'] });
    const [difference] = near.differences;
    expect(difference).to.deep.include({ end: 'peer', at: 'juliet/balcony', source: 'sample.xml:10' });
    expect(
      difference?.clauses.map(({ clause: id, end, standing, shownBy }) => [id, end, standing, shownBy]),
    ).to.deep.equal([
      [DELIVER, 'peer', 'breaks', 'area/own#case'],
      [ROUTE, 'target', 'keeps', ''],
    ]);
    const shared = judge({ findings: [MISSED] }, { target: record([ROUTE]), peer: record([DELIVER]) });
    expect(shared.departs).to.deep.equal(['target', 'peer']);
  });

  it('does not blame an end for what its own run shows kept where it is more like this case', () => {
    const mixed = (like: boolean): ConformanceRecord => {
      const elsewhere = { ...brokenIn(ROUTE, 'rfc6121:2.1/one', 'rfc6121:2.1/other'), case: 'area/far#case' };
      const here = { ...brokenIn(ROUTE), case: 'area/near#case', isBroken: like };
      return {
        file: '',
        software: '',
        clauses: new Map([[ROUTE, { outcome: 'fail', trials: [elsewhere, here] }]]),
      };
    };
    const peer = record([], [DELIVER]);
    const guilty = judge({ findings: [MISSED] }, { target: mixed(true), peer });
    expect(guilty.departs).to.deep.equal(['target']);
    expect(guilty.differences[0]?.clauses.at(-1)).to.deep.include({
      standing: 'breaks',
      shownBy: 'area/near#case',
      known: 'It is so.',
    });
    const spared = judge({ findings: [MISSED] }, { target: mixed(false), peer });
    expect(spared).to.deep.include({ outcome: 'unattributed', departs: [] });
    expect(spared.differences[0]?.clauses.at(-1)).to.deep.include({
      standing: 'breaks elsewhere',
      shownBy: 'area/far#case',
    });
  });

  it('does not blame an end for the clause that is of the other', () => {
    const result = judge(
      { findings: [MISSED] },
      { target: record([DELIVER], [ROUTE]), peer: record([ROUTE], [DELIVER]) },
    );
    expect(result).to.deep.include({ outcome: 'gap', departs: [] });
  });

  it('is a gap where both keep what it rests on, and unattributed where no record says so', () => {
    const both = record([], [DELIVER, ROUTE]);
    expect(judge({ findings: [MISSED] }, { target: both, peer: both }).outcome).to.equal('gap');
    expect(judge({ findings: [MISSED] }, { target: both }).outcome).to.equal('unattributed');
    const partial = record([], [DELIVER]);
    const open = judge({ findings: [MISSED] }, { target: partial, peer: partial });
    expect(open.outcome).to.equal('unattributed');
    expect(open.differences[0]?.clauses.map(({ standing }) => standing)).to.deep.equal([
      'keeps',
      'not judged',
    ]);
  });

  it('heeds the specification chosen alone', () => {
    const result = judge({ findings: [{ ...MISSED, proves: [OLD], line: 11 }] });
    expect(result.outcome).to.equal('agree');
    const old = judge({ findings: [{ ...MISSED, proves: [OLD], line: 11 }] }, {}, { spec: 'rfc3921' });
    expect(old.outcome).to.equal('unattributed');
  });

  it('takes no MAY for owed', () => {
    expect(judge({ findings: [{ ...MISSED, proves: [MAY], line: 11 }] }).outcome).to.equal('agree');
  });

  describe('at a choice', () => {
    const option = (name: string, proves: string[], satisfied: 'yes' | 'no') =>
      finding({
        kind: 'choice',
        at: 'juliet/balcony romeo/orchard',
        line: 20,
        proves,
        satisfied,
        expected: name,
      });

    it('is content with a permitted alternative, whatever the far end has to do with it', () => {
      const findings = [
        option('one of: told; silent', [], 'yes'),
        option('told', [DELIVER], 'yes'),
        option('silent', [RIVAL], 'no'),
      ];
      const choices = [{ name: CHOICE.name, taken: 'told', options: [], clauses: [] }];
      const result = judge({ findings, choices }, { target: record([ROUTE]) });
      expect(result.outcome).to.equal('agree');
      expect(result.choices).to.deep.equal([{ name: CHOICE.name, taken: 'told', by: 'peer', gap: '' }]);
    });

    it('reports the alternative by which people lose something as a gap', () => {
      const findings = [
        option('one of: told; silent', [], 'yes'),
        option('told', [DELIVER], 'no'),
        option('silent', [RIVAL], 'yes'),
      ];
      const choices = [{ name: CHOICE.name, taken: 'silent', options: [], clauses: [] }];
      const result = judge({ findings, choices });
      expect(result).to.deep.include({ outcome: 'gap', departs: [], differences: [] });
      expect(result.choices[0]).to.deep.include({ by: 'peer', gap: 'nobody knows' });
    });

    it('is different where no alternative was taken', () => {
      const findings = [option('one of: told; silent', [], 'no'), option('told', [DELIVER], 'no')];
      const result = judge({ findings }, { target: record([ROUTE]), peer: record([], [DELIVER]) });
      expect(result).to.deep.include({ outcome: 'departs', departs: ['target'] });
    });
  });

  it('is an error where silence proved nothing, and keeps what blocked a case', () => {
    const silent = finding({ at: 'juliet/balcony', line: 11, proves: [DELIVER], negative: true });
    const doubtful = judge({ findings: [silent] }, {}, { unreliable: new Set(['inbound']) });
    expect(doubtful.outcome).to.equal('error');
    expect(doubtful.reason).to.match(/silence proves nothing/);
    const blocked = judge({ ending: 'blocked', reason: 'the state was not reached', findings: [MISSED] });
    expect(blocked).to.deep.include({
      outcome: 'blocked',
      reason: 'the state was not reached',
      differences: [],
    });
  });
});
