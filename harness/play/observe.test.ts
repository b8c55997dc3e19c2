import { expect } from 'chai';
import type { Received } from '../party/mailbox.js';
import { stanzaText } from '../party/party.js';
import type { ChoiceOption, Exchange } from '../scenario/types.js';
import { type Element, element, NS } from '../wire/element.js';
import { complete, needsSettling, type Observation, observe } from './observe.js';

type Check = Exchange['checks'][number];

const ORCHARD = 'romeo/orchard';
const A = 'rfc3921:9.3/a';
const B = 'rfc3921:9.3/b';

const presence = (type: string, id?: string) => element('presence', NS.client, { type, id });

/** What came to each place, in one order over all of them. */
function seen(...arrivals: readonly (readonly [string, Element])[]): Observation {
  const all = arrivals.map(([place, stanza], index): [string, Received] => [
    place,
    { element: stanza, xml: stanzaText(stanza), atMs: index, entry: index },
  ]);
  return {
    received: (place) => all.filter(([at]) => at === place).map(([, item]) => item),
    closed: () => false,
    asked: () => [],
    captures: {},
  };
}

function wanted(template: Element, parts: Partial<Extract<Check, { kind: 'expect' }>> = {}): Check {
  return {
    kind: 'expect',
    id: '',
    at: [ORCHARD],
    template,
    times: undefined,
    asserts: [],
    proves: [A],
    line: 5,
    when: '',
    ...parts,
  };
}

function unwanted(template: Element, at: readonly string[] = [ORCHARD]): Check {
  return { kind: 'never', at, template, proves: [A], line: 6, when: '' };
}

const asserted = (test: string) => ({ test, says: 'it is so', proves: [B], when: '', line: 7 });

function order(first: string, then: string): Check {
  return { kind: 'order', at: [ORCHARD], first, then, proves: [B], line: 8, when: '' };
}

function option(name: string, proves: readonly string[], ...parts: [string, Element][]): ChoiceOption {
  return {
    name,
    inOrder: false,
    proves,
    parts: parts.map(([kind, template]) => ({
      kind: kind === 'never' ? 'never' : 'expect',
      at: [ORCHARD],
      template,
      line: 9,
    })),
  };
}

function choice(options: readonly ChoiceOption[], proves: readonly string[] = []): Check {
  return { kind: 'one-of', name: 'reply', options, proves, line: 9, when: '' };
}

const verdicts = (checks: readonly Check[], observation: Observation) =>
  observe(checks, observation).findings.map((found) => found.satisfied);

describe('observe', () => {
  describe('expect', () => {
    const check = wanted(presence('subscribed'));

    it('is satisfied by one or more', () => {
      const once = seen([ORCHARD, presence('subscribed')]);
      const found = observe([check], once);
      expect(found.findings).to.have.length(1);
      expect(found.findings[0]).to.deep.include({
        satisfied: 'yes',
        at: ORCHARD,
        line: 5,
        proves: [A],
        reason: '',
        negative: false,
        received: "<presence type='subscribed'/>",
      });
      expect([...found.accounted]).to.deep.equal(once.received(ORCHARD));
      expect(
        verdicts([check], seen([ORCHARD, presence('subscribed')], [ORCHARD, presence('subscribed')])),
      ).to.deep.equal(['yes']);
    });

    it('shows the nearest that came instead, and where it differs', () => {
      const other = seen([ORCHARD, element('message', NS.client)], [ORCHARD, presence('unsubscribed')]);
      const found = observe([check], other);
      expect(found.findings[0]).to.deep.include({
        satisfied: 'no',
        received: "<presence type='unsubscribed'/>",
        differences: [{ path: 'presence/@type', expected: 'subscribed', received: 'unsubscribed' }],
        reason: 'romeo/orchard did not receive it; the nearest that came is shown',
      });
      expect(found.accounted.size).to.equal(0);
    });

    it('says that nothing came', () => {
      expect(observe([check], seen()).findings[0]).to.deep.include({
        satisfied: 'no',
        received: '',
        differences: [],
        reason: 'romeo/orchard received nothing',
      });
    });

    it('is judged at each place for itself', () => {
      const everywhere = wanted(presence('subscribed'), { at: [ORCHARD, 'juliet'] });
      const found = observe([everywhere], seen(['juliet', presence('subscribed')])).findings;
      expect(found.map(({ at, satisfied }) => [at, satisfied])).to.deep.equal([
        [ORCHARD, 'no'],
        ['juliet', 'yes'],
      ]);
    });

    it('counts where it says how often, and rests on silence then', () => {
      const once = wanted(presence('subscribed'), { times: 1 });
      const twice = seen([ORCHARD, presence('subscribed')], [ORCHARD, presence('subscribed')]);
      expect(observe([once], twice).findings[0]).to.deep.include({
        satisfied: 'no',
        negative: true,
        differences: [],
        reason: 'romeo/orchard received it 2 times instead of 1',
      });
      expect(observe([wanted(presence('subscribed'), { times: 2 })], twice).findings[0]?.satisfied).to.equal(
        'yes',
      );
      expect(observe([once], seen()).findings[0]?.reason).to.equal('romeo/orchard received nothing');
    });

    it('captures from the first that came, for the checks after it', () => {
      const observation = seen([ORCHARD, presence('subscribed', 'x1')], [ORCHARD, presence('probe', 'x1')]);
      const found = observe(
        [wanted(presence('subscribed', '{let id}')), wanted(presence('probe', '{id}'))],
        observation,
      );
      expect(found.findings.map((item) => item.satisfied)).to.deep.equal(['yes', 'yes']);
      expect(observation.captures).to.deep.equal({ id: 'x1' });
    });

    it('tells when the first of each came', () => {
      const observation = seen(
        ['juliet', presence('probe')],
        [ORCHARD, presence('subscribed')],
        [ORCHARD, presence('subscribed')],
      );
      expect(observe([check, wanted(presence('none'))], observation).arrivals).to.deep.equal([
        { place: ORCHARD, atMs: 1 },
      ]);
    });
  });

  describe('assert', () => {
    const check = wanted(presence('subscribed'), { asserts: [asserted("@id = 'x1'")] });

    it('must hold of every stanza that met the expectation', () => {
      const good: [string, Element] = [ORCHARD, presence('subscribed', 'x1')];
      const bad: [string, Element] = [ORCHARD, presence('subscribed', 'x2')];
      expect(verdicts([check], seen(good, good))).to.deep.equal(['yes', 'yes']);
      expect(observe([check], seen(good, bad)).findings[1]).to.deep.include({
        kind: 'assert',
        satisfied: 'no',
        line: 7,
        proves: [B],
        expected: 'it is so',
        received: "<presence type='subscribed' id='x2'/>",
        reason: 'it does not hold that it is so',
      });
    });

    it('is untested when the stanza did not come', () => {
      expect(observe([check], seen()).findings[1]).to.deep.include({
        satisfied: 'untested',
        reason: 'the stanza that it speaks of did not come',
      });
    });

    it('may refer to what was captured', () => {
      const capturing = wanted(presence('subscribed', '{let id}'), { asserts: [asserted('@id = $id')] });
      expect(verdicts([capturing], seen([ORCHARD, presence('subscribed', 'x1')]))).to.deep.equal([
        'yes',
        'yes',
      ]);
    });
  });

  describe('never', () => {
    it('is satisfied by silence and by anything else', () => {
      expect(observe([unwanted(presence('subscribed'))], seen()).findings[0]).to.deep.include({
        satisfied: 'yes',
        negative: true,
        received: '',
        reason: '',
      });
      expect(verdicts([unwanted(presence('subscribed'))], seen([ORCHARD, presence('probe')]))).to.deep.equal([
        'yes',
      ]);
    });

    it('shows what came, and does not account for it', () => {
      const observation = seen([ORCHARD, presence('subscribed', 'x1')]);
      const found = observe([unwanted(presence('subscribed'), [ORCHARD, 'juliet'])], observation);
      expect(found.findings.map(({ satisfied }) => satisfied)).to.deep.equal(['no', 'yes']);
      expect(found.findings[0]).to.deep.include({
        received: "<presence type='subscribed' id='x1'/>",
        expected: "nothing that matches <presence type='subscribed'/>",
        reason: 'romeo/orchard received a stanza that must not come',
      });
      expect(found.accounted.size).to.equal(0);
    });
  });

  describe('order', () => {
    const checks = [
      wanted(presence('subscribed'), { id: 'approval' }),
      wanted(element('iq', NS.client), { id: 'push' }),
      order('approval', 'push'),
    ];
    const approval: [string, Element] = [ORCHARD, presence('subscribed')];
    const push: [string, Element] = [ORCHARD, element('iq', NS.client)];

    it('compares the first of each', () => {
      expect(verdicts(checks, seen(approval, push, approval))[2]).to.equal('yes');
      expect(observe(checks, seen(push, approval)).findings[2]).to.deep.include({
        kind: 'order',
        satisfied: 'no',
        expected: 'approval before push',
        reason: 'push came before approval',
        received: "<iq/>\n<presence type='subscribed'/>",
      });
    });

    it('is untested unless both came to the place', () => {
      expect(observe(checks, seen(push)).findings[2]).to.deep.include({
        satisfied: 'untested',
        reason: 'approval and push did not both come',
      });
    });
  });

  describe('one-of', () => {
    const silence = option('silence', [A], ['never', presence('error')]);
    const error = option('error', [B], ['expect', presence('error')]);
    const both = [silence, error];

    it('records the option taken and satisfies its clauses alone', () => {
      const found = observe([choice(both, ['rfc3921:9.3/any'])], seen([ORCHARD, presence('error')]));
      expect(found.findings.map(({ proves, satisfied }) => [proves[0], satisfied])).to.deep.equal([
        ['rfc3921:9.3/any', 'yes'],
        [A, 'no'],
        [B, 'yes'],
      ]);
      expect(found.choices).to.deep.equal([
        {
          name: 'reply',
          taken: 'error',
          options: ['silence', 'error'],
          clauses: ['rfc3921:9.3/any', A, B],
        },
      ]);
      expect(found.findings[1]?.reason).to.equal('what was observed instead: error');
      expect(found.findings[2]?.received).to.equal("<presence type='error'/>");
      expect(found.accounted.size).to.equal(1);
    });

    it('rests on silence where the option taken does', () => {
      const negatives = (observation: Observation) =>
        observe([choice(both)], observation).findings.map(({ negative }) => negative);
      expect(negatives(seen())).to.deep.equal([true, true, true]);
      expect(negatives(seen([ORCHARD, presence('error')]))).to.deep.equal([false, false, false]);
    });

    it('takes none where none holds', () => {
      const options = [error, option('approval', [A], ['expect', presence('subscribed')])];
      const found = observe([choice(options, ['rfc3921:9.3/any'])], seen([ORCHARD, presence('probe')]));
      expect(found.findings.map(({ satisfied }) => satisfied)).to.deep.equal(['no', 'no', 'no']);
      expect(found.findings[0]?.reason).to.equal('none of the permitted alternatives was taken');
      expect(found.findings[1]?.reason).to.equal('what was observed instead: none of the alternatives');
      expect(found.choices[0]?.taken).to.equal('');
    });

    it('takes the first whose parts all hold', () => {
      const options = [
        option('error alone', [A], ['expect', presence('error')], ['never', presence('probe')]),
        option('error and probe', [B], ['expect', presence('error')], ['expect', presence('probe')]),
      ];
      const taken = (observation: Observation) => observe([choice(options)], observation).choices[0]?.taken;
      expect(taken(seen([ORCHARD, presence('error')]))).to.equal('error alone');
      expect(taken(seen([ORCHARD, presence('error')], [ORCHARD, presence('probe')]))).to.equal(
        'error and probe',
      );
      expect(taken(seen([ORCHARD, presence('probe')]))).to.equal('');
    });

    it('takes what came in the order that the option asks for, by what came first', () => {
      const probe: [string, Element] = ['expect', presence('probe')];
      const late: [string, Element] = ['expect', presence('error')];
      const options = [
        { ...option('probe first', [A], probe, late), inOrder: true },
        { ...option('error first', [B], late, probe), inOrder: true },
      ];
      const taken = (...types: string[]) =>
        observe([choice(options)], seen(...types.map((type): [string, Element] => [ORCHARD, presence(type)])))
          .choices[0]?.taken;
      expect(taken('probe', 'error')).to.equal('probe first');
      expect(taken('error', 'probe', 'error')).to.equal('error first');
      expect(taken('probe')).to.equal('');
    });

    it('does not hold a clause that the option taken proves against another option', () => {
      const options = [
        option('silence', [A], ['never', presence('error')]),
        option('error', [A, B], ['expect', presence('error')]),
      ];
      const found = observe([choice(options)], seen()).findings;
      expect(found.map(({ proves, satisfied }) => [proves.join(' '), satisfied])).to.deep.equal([
        ['', 'yes'],
        [A, 'yes'],
        [B, 'no'],
      ]);
    });

    it('accounts for what any option speaks of', () => {
      const options = [
        option('error', [A], ['expect', presence('error')]),
        option('both', [B], ['expect', presence('error')], ['expect', presence('probe')]),
      ];
      const observation = seen(
        [ORCHARD, presence('error')],
        [ORCHARD, presence('probe')],
        [ORCHARD, presence('x')],
      );
      expect(observe([choice(options)], observation).accounted.size).to.equal(2);
    });
  });
});

describe('complete', () => {
  it('waits for expectations at all their places, as often as they say', () => {
    const check = wanted(presence('subscribed'), { at: [ORCHARD, 'juliet'] });
    expect(complete([check], seen([ORCHARD, presence('subscribed')]))).to.equal(false);
    expect(
      complete([check], seen([ORCHARD, presence('subscribed')], ['juliet', presence('subscribed')])),
    ).to.equal(true);
    const twice = wanted(presence('subscribed'), { times: 2 });
    expect(complete([twice], seen([ORCHARD, presence('subscribed')]))).to.equal(false);
  });

  it('neither waits for nor demands what proves no clause by coming', () => {
    const optional = wanted(presence('unsubscribed'), { proves: [], asserts: [asserted('@id')] });
    expect(complete([optional], seen())).to.equal(true);
    expect(needsSettling([optional])).to.equal(true);
    expect(
      observe([optional], seen()).findings.map(({ satisfied, proves }) => [satisfied, proves]),
    ).to.deep.equal([
      ['no', []],
      ['untested', [B]],
    ]);
    const [, judged] = observe([optional], seen([ORCHARD, presence('unsubscribed')])).findings;
    expect(judged?.satisfied).to.equal('no');
  });

  it('does not wait for silence, order or a choice that may rest on silence', () => {
    const silent = choice([
      option('silence', [], ['never', presence('error')]),
      option('error', [], ['expect', presence('error')]),
    ]);
    expect(complete([unwanted(presence('x')), order('a', 'b'), silent], seen())).to.equal(true);
  });

  it('waits for an option of a choice in which something must come', () => {
    const either = choice([
      option('error', [], ['expect', presence('error')], ['never', presence('probe')]),
      option('approval', [], ['expect', presence('subscribed')]),
    ]);
    expect(complete([either], seen())).to.equal(false);
    expect(complete([either], seen([ORCHARD, presence('subscribed')]))).to.equal(true);
  });
});

describe('needsSettling', () => {
  it('is for what rests on silence', () => {
    const coming = option('error', [], ['expect', presence('error')]);
    expect(needsSettling([wanted(presence('x')), order('a', 'b'), choice([coming, coming])])).to.equal(false);
    expect(needsSettling([unwanted(presence('x'))])).to.equal(true);
    expect(needsSettling([wanted(presence('x'), { times: 1 })])).to.equal(true);
    expect(needsSettling([choice([coming, option('silence', [], ['never', presence('x')])])])).to.equal(true);
  });

  describe('of streams', () => {
    const check = (kind: 'closed' | 'open', what: 'stream' | 'connection'): Check => ({
      kind,
      at: [ORCHARD],
      what,
      proves: [A],
      line: 5,
      when: '',
    });
    const closing = (...closed: readonly string[]): Observation => ({
      ...seen(),
      closed: (_place, what) => closed.includes(what),
    });

    it('waits for what must be closed, and judges it', () => {
      const checks = [check('closed', 'connection')];
      expect(complete(checks, closing('stream'))).to.equal(false);
      expect(complete(checks, closing('stream', 'connection'))).to.equal(true);
      expect(observe(checks, closing('stream')).findings[0]).to.deep.include({
        satisfied: 'no',
        reason: `the connection of ${ORCHARD} was not closed`,
      });
    });

    it('proves that a stream is open by silence', () => {
      const checks = [check('open', 'stream')];
      expect(complete(checks, closing())).to.equal(true);
      expect(needsSettling(checks)).to.equal(true);
      expect(observe(checks, closing()).findings[0]).to.deep.include({ satisfied: 'yes', negative: true });
      expect(observe(checks, closing('stream')).findings[0]?.satisfied).to.equal('no');
    });

    it('waits for an earlier alternative that lacks a closing alone', () => {
      const came = { kind: 'expect', at: [ORCHARD], template: presence('error'), line: 5 } as const;
      const choice: Check = {
        kind: 'one-of',
        name: 'n',
        options: [
          {
            name: 'closed',
            inOrder: false,
            proves: [A],
            parts: [came, { kind: 'closed', at: [ORCHARD], what: 'stream', line: 5 }],
          },
          { name: 'not closed', inOrder: false, proves: [B], parts: [came] },
        ],
        proves: [],
        line: 5,
        when: '',
      };
      const error = seen([ORCHARD, presence('error')]);
      expect(complete([choice], error)).to.equal(false);
      expect(complete([choice], { ...error, closed: () => true })).to.equal(true);
      expect(observe([choice], error).choices[0]?.taken).to.equal('not closed');
    });
  });
});
