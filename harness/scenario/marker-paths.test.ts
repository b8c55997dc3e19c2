import { expect } from 'chai';
import { expandScenario } from './expand.js';
import { markersStopped } from './marker-paths.js';
import { GIVEN, scenarioOf } from './written.support.test.js';

const NURSE = '<contact name="nurse" placement="remote"/>';
const FRIENDS = '<subscription of="romeo" to="juliet" state="Both" group="Friends"/>';
const MESSAGES = '<message/>';

function given(...more: string[]): string {
  return GIVEN.replace('</given>', `${more.join('')}</given>`);
}

function query(payload: string): string {
  return `<send from="romeo/orchard"><iq type="set" id="i"><query xmlns="jabber:iq:privacy">${payload}</query></iq></send>`;
}

function item(rest: string, order: number, action = 'deny', granules = ''): string {
  return `<item ${rest} action="${action}" order="${order}">${granules}</item>`;
}

/** Whose markers the list of these items stops. */
function stopped(people: string, ...items: string[]): string[] {
  const list = query(`<list name="a">${items.join('')}</list>`);
  return complaints(people, list, query('<default name="a"/>'));
}

function complaints(...lines: string[]): string[] {
  return expandScenario(scenarioOf('<title>A sample</title>', ...lines))
    .flatMap(markersStopped)
    .flatMap(({ text }) => /between romeo and (\w+)/.exec(text)?.[1] ?? []);
}

describe('markersStopped', () => {
  it('finds whom a rule concerns by JID, domain, group, subscription and without a type', () => {
    const people = given(NURSE, FRIENDS);
    for (const [rest, whose] of [
      ['type="jid" value="{juliet}"', ['juliet']],
      ['type="jid" value="{juliet}/balcony"', []],
      ['type="jid" value="{contacts}"', ['juliet', 'nurse']],
      ['type="jid" value="{contacts-parent}"', ['juliet', 'nurse']],
      ['type="jid" value="{domain}"', []],
      ['type="group" value="Friends"', ['juliet']],
      ['type="subscription" value="none"', ['nurse']],
      ['type="subscription" value="both"', ['juliet']],
      ['', ['juliet', 'nurse']],
    ] as const) {
      expect(stopped(people, item(rest, 1)), rest).to.deep.equal(whose);
    }
  });

  it('goes by the order of the rules, and by the kinds that markers are', () => {
    const people = given(NURSE);
    const allowed = item('type="jid" value="{nurse}"', 1, 'allow');
    expect(stopped(people, item('', 2), allowed)).to.deep.equal(['juliet']);
    expect(stopped(people, item('', 1, 'deny', MESSAGES))).to.deep.equal(['juliet', 'nurse']);
    expect(stopped(people, item('', 1, 'deny', '<presence-in/>'))).to.deep.equal([]);
  });

  it('is content where one of both is fenced by the server alone, or the list is in force nowhere', () => {
    const apart = given().replace('name="juliet"', 'name="juliet" fence="server"');
    expect(stopped(apart, item('', 1))).to.deep.equal([]);
    const alone = given(NURSE).replace('name="romeo"', 'name="romeo" fence="server"');
    expect(stopped(alone, item('', 1))).to.deep.equal([]);
    expect(complaints(given(), query(`<list name="a">${item('', 1)}</list>`))).to.deep.equal([]);
  });

  it('knows blocks', () => {
    const block = (jid: string) =>
      `<send from="romeo/orchard"><iq type="set" id="i"><block xmlns="urn:xmpp:blocking"><item jid="${jid}"/></block></iq></send>`;
    expect(complaints(given(NURSE), block('{juliet}'))).to.deep.equal(['juliet']);
    expect(complaints(given(NURSE), block('{juliet}/balcony'))).to.deep.equal([]);
  });
});
