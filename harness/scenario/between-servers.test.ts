import { expect } from 'chai';
import { ProtocolSchemas } from '../match/protocol.js';
import { catalogueOf, clause } from '../verdict/sample.support.test.js';
import { NS } from '../wire/element.js';
import { expandScenario } from './expand.js';
import { lintScenario } from './lint.js';
import { describeScenario } from './prose.js';
import { citedClauses, farEndClauses } from './select.js';
import { loadStates } from './states.js';
import { complaintsOf, scenarioOf } from './written.support.test.js';

const NEAR = 'rfc6121:3.1.3/request';
const FAR = 'rfc6121:3.1.2/route';
const STAMP = 'rfc6121:3.1.2/stamped';
const TITLE = '<title>A sample</title>';
const RESOURCE = 'roster="requested" presence="available"';
const ROMEO = `<user name="romeo"><resource name="orchard" ${RESOURCE}/></user>`;
const GIVEN = `<given>${ROMEO}<user name="juliet" server="peer"><resource name="balcony" ${RESOURCE}/></user></given>`;
const SEND = '<send from="romeo/orchard"><presence to="{juliet}" type="subscribe"/></send>';
const EXPECT =
  `<expect at="juliet/balcony" proves="${NEAR}" far-end="${FAR}"><presence type="subscribe"/>` +
  `<assert test="@from" says="it has a sender" proves="" far-end="${STAMP}"/></expect>`;

describe('a play between two servers', () => {
  const catalogue = catalogueOf(clause(NEAR), clause(FAR), clause(STAMP));
  const interop = (...lines: string[]) => ({ ...scenarioOf(...lines), id: 'interop/sample' });

  function lint(scenario: ReturnType<typeof scenarioOf>): string[] {
    using schemas = ProtocolSchemas.compile();
    const form = (xml: string) => schemas.violations(xml, NS.client);
    return lintScenario(scenario, { catalogue, states: loadStates(), form });
  }

  it('has users on both, and clauses of both ends', () => {
    const scenario = interop(TITLE, GIVEN, SEND, EXPECT);
    expect(scenario.users.map(({ name, server }) => [name, server])).to.deep.equal([
      ['romeo', 'target'],
      ['juliet', 'peer'],
    ]);
    const [play] = expandScenario(scenario);
    expect(play && citedClauses(play)).to.deep.equal([NEAR]);
    expect(play && farEndClauses(play)).to.deep.equal([FAR, STAMP]);
    expect(lint(scenario)).to.deep.equal([]);
  });

  it('fills columns into the clauses of the far end', () => {
    const cases = `<cases><case name="a" far="${FAR} ${STAMP}"/><case name="b" far=""/></cases>`;
    const expectation = `<expect at="juliet/balcony" proves="${NEAR}" far-end="{far}"><presence type="subscribe"/></expect>`;
    const plays = expandScenario(interop(TITLE, cases, GIVEN, SEND, expectation));
    expect(plays.map(farEndClauses)).to.deep.equal([[FAR, STAMP], []]);
  });

  it('knows the domain of the other server, and who chooses', () => {
    const query =
      '<send from="romeo/orchard"><iq to="{peer-domain}" type="get" id="a"><query xmlns="urn:example:any"/></iq></send>';
    const choice = (of: string) =>
      `<one-of name="a choice" of="${of}" far-end="${FAR}">` +
      `<option name="told" proves="${NEAR}"><expect at="romeo/orchard"><iq id="a"/></expect></option>` +
      '<option name="silent" gap="nobody knows"><never at="romeo/orchard"><iq id="a"/></never></option></one-of>';
    const scenario = interop(TITLE, GIVEN, query, choice('juliet'));
    expect(lint(scenario)).to.deep.equal([]);
    const check = scenario.steps.at(-1);
    expect(check).to.deep.include({ of: 'juliet', farEnd: [FAR] });
    expect(lint(interop(TITLE, GIVEN, query, choice('nurse')))).to.deep.equal([
      'sample.xml:5: there is no nurse in this scenario',
    ]);
  });

  it('is no matter of an ordinary run', () => {
    expect(lint(scenarioOf(TITLE, GIVEN, SEND, EXPECT))).to.deep.equal([
      'sample.xml:3: juliet is a user of another server, of which an ordinary run knows nothing: only scenarios of the area interop have such',
      `sample.xml:1: ${FAR} is demanded of the far end, and only scenarios of the area interop have one`,
      `sample.xml:1: ${STAMP} is demanded of the far end, and only scenarios of the area interop have one`,
    ]);
  });

  it('has nobody who is played, users on both servers, and needs no feature', () => {
    const contact = GIVEN.replace('</given>', '<contact name="nurse" placement="remote"/></given>');
    expect(lint(interop(TITLE, contact, SEND, EXPECT))[0]).to.match(
      /^sample\.xml:3: nurse is played by the harness/,
    );
    const local = GIVEN.replace(' server="peer"', '');
    expect(lint(interop(TITLE, local, SEND, EXPECT))[0]).to.match(/users on both$/);
    const needy = interop(TITLE, '<needs feature="blocking"/>', GIVEN, SEND, EXPECT);
    expect(lint(needy)[0]).to.match(/blocking is looked for on a target alone/);
  });

  it('has no column that hides the address of a party', () => {
    const cases = '<cases><case name="a" juliet="available"/></cases>';
    const sent = SEND.replace('<send', '<send when="juliet=available"');
    expect(lint(interop(TITLE, cases, GIVEN, sent, EXPECT))[0]).to.match(
      /column juliet has the name of a party/,
    );
  });

  it('knows two servers and no third', () => {
    expect(complaintsOf(TITLE, GIVEN.replace('"peer"', '"third"'), SEND, EXPECT)[0]).to.match(/third/);
  });

  it('is told with whose server is whose, and what either end owes', () => {
    const prose = describeScenario(interop(TITLE, GIVEN, SEND, EXPECT), catalogue);
    expect(prose).to.contain('juliet/balcony of the other server: interested, available');
    expect(prose).to.contain(`[${NEAR}]`).and.to.contain(`[the far end: ${FAR}]`);
    expect(prose).to.match(/Clauses[\s\S]*3\.1\.2\/stamped {2}MUST/);
  });
});
