import { expect } from 'chai';
import { ProtocolSchemas } from '../match/protocol.js';
import { catalogueOf, clause } from '../verdict/sample.support.test.js';
import { NS } from '../wire/element.js';
import { lintScenario } from './lint.js';
import { loadStates } from './states.js';
import { GIVEN, scenarioOf } from './written.support.test.js';

const A = 'rfc3921:9.3/a';
const TITLE = '<title>A sample</title>';
const SEND = '<send from="juliet"><presence from="{juliet}" to="{romeo}" type="subscribe"/></send>';
const EXPECT = `<expect at="romeo/orchard" id="request" proves="${A}"><presence type="subscribe"/></expect>`;

describe('lintScenario', () => {
  const states = loadStates();
  const catalogue = catalogueOf(
    clause(A),
    clause('rfc3921:9.3/client', { role: 'client' }),
    clause('rfc3921:9.3/inside', { unjudged: 'internal-state', why: 'nobody sees it' }),
  );
  let schemas: ProtocolSchemas;
  before(() => {
    schemas = ProtocolSchemas.compile();
  });
  after(() => schemas[Symbol.dispose]());

  function lint(...lines: string[]): string[] {
    const form = (xml: string) => schemas.violations(xml, NS.client);
    return lintScenario(scenarioOf(...lines), { catalogue, states, form });
  }

  it('has no complaint of what is right', () => {
    expect(lint(TITLE, GIVEN, SEND, EXPECT)).to.deep.equal([]);
  });

  it('wants clauses that exist, are for servers and can be judged', () => {
    const citing = (id: string) => lint(TITLE, GIVEN, SEND, EXPECT.replace(A, id));
    expect(citing('rfc3921:9.3/nothing')).to.deep.equal([
      'sample.xml:1: case "only" cites rfc3921:9.3/nothing, which no catalogue has',
    ]);
    expect(citing('rfc3921:9.3/client')[0]).to.match(/^sample\.xml:1: .* speaks to clients/);
    expect(citing('rfc3921:9.3/inside')[0]).to.match(/says that it can't be \(internal-state\)/);
  });

  it('wants each case to judge something', () => {
    expect(lint(TITLE, GIVEN, SEND)).to.deep.equal(['sample.xml:1: case "only" judges nothing']);
  });

  it('wants people and resources that are there', () => {
    const lines = [
      EXPECT.replace('romeo/orchard', 'romeo/garden'),
      '<send from="tybalt"><presence/></send>',
      '<login resource="romeo/garden"/>',
      `<state of="tybalt" to="juliet" is="None" item="any" proves="${A}"/>`,
    ];
    expect(lint(TITLE, GIVEN, ...lines)).to.deep.equal([
      'sample.xml:4: there is no romeo/garden in this scenario',
      'sample.xml:5: there is no tybalt in this scenario',
      'sample.xml:6: there is no romeo/garden in this scenario',
      'sample.xml:7: there is no tybalt in this scenario',
    ]);
  });

  it('wants states that exist, and the roster item where it is open', () => {
    const subscribed = (attributes: string) =>
      GIVEN.replace('</given>', `<subscription of="romeo" to="juliet" ${attributes}/></given>`);
    expect(lint(TITLE, subscribed('state="Some"'), SEND, EXPECT)).to.deep.equal([
      'sample.xml:3: fixtures/states.xml has no state "Some"',
    ]);
    expect(lint(TITLE, subscribed('state="None"'), SEND, EXPECT)[0]).to.match(
      /^sample\.xml:3: None exists with and without a roster item: say item="yes" or item="no"$/,
    );
    expect(lint(TITLE, subscribed('state="Both"'), SEND, EXPECT)).to.deep.equal([]);
    const state = `<state of="romeo" to="juliet" is="Some" proves="${A}"><or is="Other" proves="${A}"/></state>`;
    expect(lint(TITLE, GIVEN, SEND, state)).to.deep.equal([
      'sample.xml:5: fixtures/states.xml has no state "Some"',
      'sample.xml:5: fixtures/states.xml has no state "Other"',
    ]);
  });

  it('takes filler for text, also within an address', () => {
    const long = '<item jid="{filler 1023}@capulet.example"/>';
    const set = `<iq type="set" id="set-1"><query xmlns="jabber:iq:roster">${long}</query></iq>`;
    expect(lint(TITLE, GIVEN, `<send from="romeo/orchard">${set}</send>`, EXPECT)).to.deep.equal([]);
  });

  it('wants placeholders that stand for something, and values in what is sent', () => {
    const sent = (value: string) => lint(TITLE, GIVEN, SEND.replace('{romeo}', value), EXPECT);
    expect(sent('{mercutio}')).to.deep.equal(['sample.xml:4: {mercutio} stands for nothing here']);
    expect(sent('{any}')).to.deep.equal([
      'sample.xml:4: {any} is for what is expected; a stanza that is sent needs a value',
    ]);
    const captured = EXPECT.replace('type="subscribe"', 'type="subscribe" id="{let push}"');
    const reuse = '<send from="juliet"><presence from="{juliet}" to="{romeo}" id="{push}"/></send>';
    expect(lint(TITLE, GIVEN, SEND, captured, reuse)).to.deep.equal([]);
    expect(lint(TITLE, GIVEN, reuse, captured)).to.deep.equal([
      'sample.xml:4: {push} stands for nothing here',
    ]);
  });

  it('wants stanzas that the protocol schemas accept, unless they are malformed on purpose', () => {
    const wrong = SEND.replace('subscribe', 'subcribe');
    expect(lint(TITLE, GIVEN, wrong, EXPECT)[0]).to.match(/^sample\.xml:4: .*subcribe/);
    const raw = '<send from="romeo/orchard" malformed="true">&lt;presence type="subcribe"/></send>';
    expect(lint(TITLE, GIVEN, raw, EXPECT)).to.deep.equal([]);
    expect(lint(TITLE, GIVEN, raw.replace('romeo/orchard', 'juliet'), EXPECT)).to.deep.equal([
      'sample.xml:4: all contacts share one stream, which malformed text would end for every case',
    ]);
    expect(lint(TITLE, GIVEN, SEND, EXPECT.replace('type="subscribe"', 'type="sub"'))[0]).to.match(
      /^sample\.xml:5: .*sub/,
    );
    const resource = GIVEN.replace(
      '"available"/>',
      '"available"><presence><show>off</show></presence></resource>',
    );
    expect(lint(TITLE, resource, SEND, EXPECT)[0]).to.match(/^sample\.xml:3: .*off/);
  });

  it('lets a template leave out what a stanza that is sent must have', () => {
    const template = `<expect at="romeo/orchard" proves="${A}"><iq><query xmlns="jabber:iq:roster"><item jid="{juliet}" ask="{absent}"/></query></iq></expect>`;
    expect(lint(TITLE, GIVEN, SEND, template)).to.deep.equal([]);
    const send = '<send from="romeo/orchard"><iq><query xmlns="jabber:iq:roster"/></iq></send>';
    expect(lint(TITLE, GIVEN, send, EXPECT)[0]).to.match(/^sample\.xml:4: .*required/);
  });

  it('wants addresses on the stanzas of a contact', () => {
    expect(lint(TITLE, GIVEN, SEND.replace(' from="{juliet}"', ''), EXPECT)).to.deep.equal([
      'sample.xml:4: a stanza of a remote contact needs from and to (XEP-0114 section 3)',
    ]);
  });

  it('wants tables whose rows have the same columns, each used, and names that are unique', () => {
    const table = (...rows: string[]) =>
      lint(
        TITLE,
        `<cases>${rows.join('\n')}</cases>`,
        GIVEN,
        SEND.replace('>', ' when="deliver=yes">'),
        EXPECT,
      );
    expect(table('<case name="a" deliver="yes"/>', '<case name="b" deliver="no"/>')).to.deep.equal([]);
    expect(table('<case name="a" deliver="yes"/>', '<case name="a" deliver="no"/>')).to.deep.equal([
      'sample.xml:4: there are two cases "a"',
    ]);
    expect(table('<case name="a" deliver="yes"/>', '<case name="b" other="no"/>')).to.deep.equal([
      'sample.xml:4: case "b" has no column deliver',
      'sample.xml:4: case "b" has a column other that the first case lacks',
    ]);
    expect(table('<case name="a" deliver="yes" idle="no"/>')).to.deep.equal([
      'sample.xml:3: column idle is never used',
    ]);
    expect(table('<case name="a" idle="{idle}"/>')[1]).to.match(
      /^sample\.xml:\d: the condition "deliver=yes" speaks of deliver, which is no column/,
    );
  });

  it('wants resources that differ', () => {
    const twice = GIVEN.replace(/(<resource.*?\/>)/, '$1$1');
    expect(lint(TITLE, twice, SEND, EXPECT)).to.deep.equal(['sample.xml:3: romeo has two resources orchard']);
  });

  it('wants XPath that can be evaluated', () => {
    const asserting = (test: string) =>
      EXPECT.replace('</expect>', `\n<assert test="${test}" says="so" proves="${A}"/></expect>`);
    expect(lint(TITLE, GIVEN, SEND, asserting('count(//presence) = 1'))[0]).to.match(
      /^sample\.xml:6: XPath .* without a prefix/,
    );
    expect(lint(TITLE, GIVEN, SEND, asserting('count('))[0]).to.match(/^sample\.xml:6: XPath .* not valid/);
  });

  it('wants an order of expectations of the same exchange', () => {
    const order = `<order at="romeo/orchard" first="request" then="push" proves="${A}"/>`;
    expect(lint(TITLE, GIVEN, SEND, EXPECT, order)).to.deep.equal([
      'sample.xml:6: no expect of this exchange has the id push',
    ]);
    const second = EXPECT.replace('"request"', '"push"');
    expect(lint(TITLE, GIVEN, SEND, EXPECT, second, order)).to.deep.equal([]);
    expect(lint(TITLE, GIVEN, SEND, EXPECT, SEND, second, order)).to.deep.equal([
      'sample.xml:8: no expect of this exchange has the id request',
    ]);
  });

  it('wants choices that prove something between people who are there', () => {
    const choice = (proves: string, at: string) =>
      `<one-of name="n" proves="${proves}"><option name="a"><never at="${at}"><presence/></never></option>` +
      `<option name="b"><expect at="juliet"><presence/></expect></option></one-of>`;
    expect(lint(TITLE, GIVEN, SEND, EXPECT, choice('', 'juliet'))).to.deep.equal([
      'sample.xml:6: the choice proves no clause',
    ]);
    expect(lint(TITLE, GIVEN, SEND, choice(A, 'tybalt'))).to.deep.equal([
      'sample.xml:5: there is no tybalt in this scenario',
    ]);
    expect(lint(TITLE, GIVEN, SEND, choice(A, 'juliet'))).to.deep.equal([]);
    const ordered = choice(A, 'juliet').replace('<option name="b"', '<option name="b" in-order="true"');
    expect(lint(TITLE, GIVEN, SEND, ordered)).to.deep.equal([
      'sample.xml:5: an option is in order only by what it expects at one place',
    ]);
  });

  it('wants streams to be closed where there are some, and no log-in that is left off to go on by itself', () => {
    expect(lint(TITLE, GIVEN, SEND, `<closed at="juliet" proves="${A}"/>`)).to.deep.equal([
      'sample.xml:5: juliet has no stream of its own that the server could close',
    ]);
    const given = GIVEN.replace('name="orchard"', 'name="orchard" log-in="bound"');
    expect(lint(TITLE, given, SEND, EXPECT)[0]).to.match(/the log-in of orchard is left off/);
  });
});
