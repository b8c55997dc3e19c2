import { expect } from 'chai';
import { element, NS } from '../wire/element.js';
import { clauseList, expandScenario, fillParties, holds } from './expand.js';
import type { PlayableCase } from './types.js';
import { scenarioOf } from './written.support.test.js';

function cases(...steps: string[]): PlayableCase[] {
  return expandScenario(
    scenarioOf(
      '<title>A sample</title>',
      '<cases><case name="silent" deliver="no" becomes="None" clause="" who="romeo/orchard"/>',
      '<case name="loud" deliver="yes" becomes="To" clause="rfc3921:9.3/a rfc3921:9.3/b" who="romeo/orchard romeo/cellar"/></cases>',
      '<given><user name="romeo"><resource name="orchard" roster="requested" presence="available"/>',
      '<resource name="cellar" roster="requested" presence="available" when="deliver=yes"/></user>',
      '<contact name="juliet" placement="remote"/>',
      '<subscription of="romeo" to="juliet" state="{becomes}" item="yes"/></given>',
      ...steps,
    ),
  );
}

const SEND =
  '<send from="juliet"><presence from="{juliet}" to="{romeo}" type="{deliver}" id="x-{becomes}"/></send>';
const NEVER = '<never at="romeo/orchard" proves="rfc3921:9.3/n"><presence/></never>';

describe('expandScenario', () => {
  it('fills in the columns of each row, and leaves other placeholders alone', () => {
    const [silent, loud] = cases(SEND, NEVER);
    expect([silent?.name, loud?.name]).to.deep.equal(['silent', 'loud']);
    const sent = [silent, loud].map((play) => {
      const action = play?.exchanges[0]?.actions[0];
      return action?.kind === 'send' ? action.stanza?.attrs : undefined;
    });
    expect(sent).to.deep.equal([
      { from: '{juliet}', to: '{romeo}', type: 'no', id: 'x-None' },
      { from: '{juliet}', to: '{romeo}', type: 'yes', id: 'x-To' },
    ]);
    expect([silent, loud].map((play) => play?.subscriptions[0]?.state)).to.deep.equal(['None', 'To']);
  });

  it('leaves out what does not apply to the row: resources, steps, assertions', () => {
    const expectation =
      '<expect at="romeo/orchard" when="deliver=yes" proves="rfc3921:9.3/c"><presence/>' +
      '<assert test="true()" says="so" proves="rfc3921:9.3/d" when="becomes!=To"/></expect>';
    const [silent, loud] = cases(SEND, NEVER, expectation);
    expect(silent?.users[0]?.resources.map(({ name }) => name)).to.deep.equal(['orchard']);
    expect(loud?.users[0]?.resources.map(({ name }) => name)).to.deep.equal(['orchard', 'cellar']);
    expect(silent?.exchanges[0]?.checks.map(({ kind }) => kind)).to.deep.equal(['never']);
    const check = loud?.exchanges[0]?.checks[1];
    expect(check?.kind === 'expect' && check.asserts).to.deep.equal([]);
  });

  it('splits columns that hold several clauses or places, or none', () => {
    const [silent, loud] = cases(
      SEND,
      '<never at="{who}" proves="{clause}"><presence/></never>',
      '<one-of name="n" proves="{clause}"><option name="a" proves="{clause}"><never at="{who}"><presence/></never></option>' +
        '<option name="b"><expect at="{who}"><presence/></expect></option></one-of>',
      '<state of="romeo" to="juliet" is="{becomes}" proves="{clause}"><or is="None" item="{deliver}" proves="{clause}"/></state>',
    );
    const clauses = ['rfc3921:9.3/a', 'rfc3921:9.3/b'];
    expect(silent?.exchanges[0]?.checks[0]).to.deep.include({ at: ['romeo/orchard'], proves: [] });
    expect(loud?.exchanges[0]?.checks[0]).to.deep.include({
      at: ['romeo/orchard', 'romeo/cellar'],
      proves: clauses,
    });
    const choice = loud?.exchanges[0]?.checks[1];
    if (choice?.kind !== 'one-of') throw new Error('a choice');
    expect(choice.proves).to.deep.equal(clauses);
    expect(choice.options.map(({ proves }) => proves)).to.deep.equal([clauses, []]);
    expect(choice.options[1]?.parts[0]?.at).to.deep.equal(['romeo/orchard', 'romeo/cellar']);
    expect(loud?.states).to.have.length(1);
    expect(loud?.states[0]).to.deep.include({ is: 'To', proves: clauses });
    expect(loud?.states[0]?.alternatives).to.deep.equal([{ is: 'None', item: 'yes', proves: clauses }]);
  });

  it('begins an exchange with each action that follows a check', () => {
    const [play] = cases(
      NEVER,
      SEND,
      SEND,
      NEVER,
      '<logout resource="romeo/orchard"/>',
      '<state of="romeo" to="juliet" is="None" proves="rfc3921:9.3/s"/>',
      '<login resource="romeo/orchard"/>',
      NEVER,
      NEVER,
    );
    const shape = play?.exchanges.map(({ actions, checks }) => [
      actions.map(({ kind }) => kind).join(' '),
      checks.length,
    ]);
    expect(shape).to.deep.equal([
      ['', 1],
      ['send send', 1],
      ['logout login', 2],
    ]);
  });
});

describe('holds', () => {
  const columns = { deliver: 'no', state: 'None + Pending In' };

  it('compares columns, and joins comparisons by "and"', () => {
    expect(holds('', columns)).to.equal(true);
    expect(holds('deliver=no', columns)).to.equal(true);
    expect(holds('deliver=yes', columns)).to.equal(false);
    expect(holds('deliver!=yes', columns)).to.equal(true);
    expect(holds('state=None + Pending In and deliver!=no', columns)).to.equal(false);
    expect(holds('state=None + Pending In and deliver=no', columns)).to.equal(true);
  });

  it('does not hold for a column that is missing', () => {
    expect(holds('nothing=no', columns)).to.equal(false);
  });
});

describe('clauseList', () => {
  it('splits at any white space', () => {
    expect(clauseList(' a\n  b ')).to.deep.equal(['a', 'b']);
    expect(clauseList('')).to.deep.equal([]);
  });
});

describe('fillParties', () => {
  it('puts in JIDs, in attributes and text of every depth', () => {
    const jids = new Map([
      ['romeo', 'r@a.test'],
      ['romeo/orchard', 'r@a.test/orchard'],
    ]);
    const query = element('item', NS.roster, { jid: '{romeo}' }, ['for {romeo/orchard}, {any} or {absent}']);
    const filled = fillParties(
      element('iq', NS.client, { to: '{romeo/orchard}', id: '{let x}' }, [query]),
      jids,
    );
    expect(filled).to.deep.equal(
      element('iq', NS.client, { to: 'r@a.test/orchard', id: '{let x}' }, [
        element('item', NS.roster, { jid: 'r@a.test' }, ['for r@a.test/orchard, {any} or {absent}']),
      ]),
    );
  });

  it('puts characters where filler is asked for', () => {
    const filled = fillParties(element('body', NS.client, {}, ['a{filler 3}b']), new Map());
    expect(filled.children).to.deep.equal(['axxxb']);
  });
});
