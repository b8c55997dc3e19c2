import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { NS } from '../wire/element.js';
import { loadScenario, readScenario, scenarioFiles, scenarioFolder } from './load.js';
import { complaintsAbout, complaintsOf, GIVEN, scenarioOf, withFile } from './written.support.test.js';

const TITLE = '<title>A sample</title>';
const SEND = '<send from="juliet"><presence from="{juliet}" to="{romeo}" type="subscribe"/></send>';

describe('readScenario', () => {
  it('reads everything that the language has', () => {
    const read = scenarioOf(
      '<title> A   sample </title><about>What  it\nis about.</about><needs feature="contacts"/>',
      '<cases><case name="first" state="None" item="no"/><case name="second" state="To" item="yes"/></cases>',
      '<given>',
      '<user name="romeo">',
      '<resource name="orchard" roster="requested" presence="available"><presence><show>away</show></presence></resource>',
      '<resource name="cellar" roster="not-requested" presence="unavailable" joins="later" when="state=To"/></user>',
      '<contact name="juliet" placement="remote"/>',
      '<subscription of="romeo" to="juliet" state="{state}" item="{item}" name="Nurse" group="Friends"/></given>',
      SEND,
      '<send from="romeo/orchard" malformed="true">&lt;presence></send>',
      '<login resource="romeo/cellar" when="state=To"/>',
      '<logout resource="romeo/cellar"/>',
      '<logout resource="romeo/orchard" how="cut"/>',
      '<expect at="romeo/orchard juliet" id="request" times="2" proves="rfc3921:9.3/a {more}">',
      '  <presence type="subscribe"><x xmlns="urn:x" xml:lang="en" b:c="d" xmlns:b="urn:b"/></presence>',
      '  <assert test="true()" says="it is true" proves="rfc3921:9.3/b" when="item=yes"/></expect>',
      '<never at="romeo/orchard" proves="rfc3921:9.3/c"><message><body> a </body></message></never>',
      '<order at="romeo/orchard" first="request" then="request" proves="rfc3921:9.3/d"/>',
      '<one-of name="reply" proves="rfc3921:9.3/e"><option name="none" proves="rfc3921:9.3/f">',
      '  <never at="juliet"><presence/></never></option><option name="some"><expect at="juliet"><presence/></expect></option></one-of>',
      '<state of="romeo" to="juliet" is="To" item="any" proves="rfc3921:9.3/g"><or is="None" proves="rfc3921:9.3/h"/></state>',
    );
    expect(read).to.deep.include({ id: 'area/sample', title: 'A sample', about: 'What it is about.' });
    expect(read.needs).to.deep.equal(['contacts']);
    expect(read.rows.map(({ name, columns }) => [name, columns])).to.deep.equal([
      ['first', { state: 'None', item: 'no' }],
      ['second', { state: 'To', item: 'yes' }],
    ]);
    const [orchard, cellar] = read.users[0]?.resources ?? [];
    expect(orchard).to.deep.include({ interested: true, available: true, joinsLater: false, when: '' });
    expect(orchard?.presence?.children).to.deep.equal([
      { name: 'show', ns: NS.client, attrs: {}, children: ['away'] },
    ]);
    expect(cellar).to.deep.include({
      interested: false,
      available: false,
      joinsLater: true,
      when: 'state=To',
      presence: undefined,
    });
    expect(read.contacts[0]).to.deep.include({ name: 'juliet', placement: 'remote' });
    expect(read.subscriptions[0]).to.deep.include({ item: '{item}', name: 'Nurse', group: 'Friends' });
    const [send, malformed, login, close, cut, wanted, never, order, choice, state] = read.steps;
    expect(send).to.deep.include({ kind: 'send', from: 'juliet', malformed: '', line: 11 });
    expect(malformed).to.deep.include({ malformed: '<presence>', stanza: undefined });
    expect(login).to.deep.include({ kind: 'login', resource: 'romeo/cellar', when: 'state=To' });
    expect([close, cut].map((step) => step?.kind === 'logout' && step.how)).to.deep.equal(['close', 'cut']);
    expect(wanted).to.deep.include({ times: 2, id: 'request', at: ['romeo/orchard', 'juliet'] });
    expect(wanted?.kind === 'expect' && wanted.template.children).to.deep.equal([
      { name: 'x', ns: 'urn:x', attrs: { 'xml:lang': 'en', '{urn:b}c': 'd' }, children: [] },
    ]);
    expect(wanted?.kind === 'expect' && wanted.asserts).to.deep.equal([
      { test: 'true()', says: 'it is true', proves: ['rfc3921:9.3/b'], when: 'item=yes', line: 18 },
    ]);
    expect(never?.kind === 'never' && never.template.children).to.deep.equal([
      { name: 'body', ns: NS.client, attrs: {}, children: [' a '] },
    ]);
    expect(order).to.deep.include({ kind: 'order', first: 'request' });
    expect(choice?.kind === 'one-of' && choice.options.map((option) => option.parts[0]?.kind)).to.deep.equal([
      'never',
      'expect',
    ]);
    expect(state).to.deep.include({ kind: 'state', is: 'To', item: 'any' });
    expect(state?.kind === 'state' && state.alternatives).to.deep.equal([
      { is: 'None', item: '', proves: ['rfc3921:9.3/h'] },
    ]);
  });

  it('plays a scenario without a table once', () => {
    const read = scenarioOf(TITLE, GIVEN, SEND);
    expect(read.rows).to.deep.equal([{ name: 'only', columns: {}, line: 1 }]);
  });

  it('complains by file and line of what the schema of the language forbids', () => {
    expect(complaintsOf(TITLE, GIVEN, '<sned from="juliet"/>')[0]).to.match(/^sample\.xml:4: .*'sned'/);
    expect(complaintsOf(TITLE, GIVEN, '<send/>')[0]).to.match(/^sample\.xml:4: .*'from' is required/);
    expect(complaintsOf(TITLE, '<given/>', SEND)[0]).to.match(/^sample\.xml:3: .*'given'/);
    expect(complaintsOf(TITLE, GIVEN)[0]).to.match(/^sample\.xml:1: .*'scenario'/);
    expect(complaintsOf(TITLE, GIVEN, '<login resource="Romeo"/>')[0]).to.match(/^sample\.xml:4: .*Romeo/);
    expect(complaintsOf(TITLE, GIVEN, '<never at="juliet" proves="9.3"><presence/></never>')[0]).to.match(
      /^sample\.xml:4: .*9\.3/,
    );
    expect(complaintsOf(TITLE, '<needs feature="magic"/>', GIVEN, SEND)[0]).to.match(
      /^sample\.xml:3: .*magic/,
    );
    expect(complaintsOf(TITLE, GIVEN, '<login resource="romeo/a" when="state"/>')[0]).to.match(
      /^sample\.xml:4: /,
    );
  });

  it('complains of several faults at once', () => {
    expect(complaintsOf(TITLE, GIVEN, '<send/>', '<login/>')).to.have.length(2);
  });

  it('complains by file and line of what the schema can not see', () => {
    expect(complaintsOf(TITLE, GIVEN, '<send from="juliet"/>')).to.deep.equal([
      'sample.xml:4: send holds no stanza; mark it malformed="true" to send text as it stands',
    ]);
    expect(complaintsOf(TITLE, GIVEN.replace('"requested"', '"maybe"'), SEND)).to.deep.equal([
      'sample.xml:3: roster is "maybe", but must be requested or not-requested',
    ]);
  });

  it('complains by file and line of what is no XML', () => {
    expect(complaintsOf(TITLE, '<given>')[0]).to.match(/^sample\.xml:\d: /);
    expect(withFile('', (file) => complaintsAbout(() => readScenario(file)))[0]).to.match(/^sample\.xml:\d/);
  });

  it('names a file that can not be read', () => {
    expect(complaintsAbout(() => loadScenario('subscription/nowhere'))[0]).to.match(
      /^nowhere\.xml: can't be read: ENOENT/,
    );
  });

  it('wants the id of a file in the folder of scenarios to be its path', () => {
    const [first = ''] = scenarioFiles();
    expect(first.startsWith(scenarioFolder())).to.equal(true);
    expect(readScenario(first).id).to.equal(first.slice(scenarioFolder().length + 1, -'.xml'.length));
    const elsewhere = readFileSync(first, 'utf8');
    expect(withFile(elsewhere, (file) => readScenario(file).id)).to.equal(readScenario(first).id);
  });
});
