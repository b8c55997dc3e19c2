import { expect } from 'chai';
import { loadCatalogue } from '../requirements/load.js';
import { expandScenario } from './expand.js';
import { lintScenario } from './lint.js';
import { describePlay } from './prose.js';
import { loadStates } from './states.js';
import { scenarioOf } from './written.support.test.js';

const USER = '<user name="romeo"><resource name="orchard" roster="requested" presence="available"/></user>';
const PROVES = 'proves="rfc3920:8.3/invalid-from"';
const DIALBACK = 'xmlns="jabber:server:dialback"';

const given = (domain: string, more = '') =>
  `<given>${USER}${domain}<contact name="juliet" placement="remote" domain="verona"/>${more}</given>`;

describe('domains in the scenario language', () => {
  const context = { catalogue: loadCatalogue(), states: loadStates(), form: () => [] };
  const complaints = (...lines: string[]) =>
    lintScenario(scenarioOf('<title>A sample</title>', ...lines), context);

  it('are as they should be unless the scenario says otherwise', () => {
    const { domains, contacts } = scenarioOf(
      '<title>A sample</title>',
      given(
        '<domain name="verona"/><domain name="mantua" is="refusing" cold="true" keys="none" answers="nothing" dialback="left-to-the-play"/>',
      ),
      `<closed at="verona" ${PROVES}/>`,
    );
    const sound = { is: 'up', isCold: false, keys: 'own', answers: 'truth', proves: true };
    const odd = { is: 'refusing', isCold: true, keys: 'none', answers: 'nothing', proves: false };
    expect(domains.map(({ line: _, ...rest }) => rest)).to.deep.equal([
      { name: 'verona', ...sound },
      { name: 'mantua', ...odd },
    ]);
    expect(contacts[0]?.domain).to.equal('verona');
  });

  it('begin an exchange by what becomes of them, and have their columns filled in', () => {
    const [play] = expandScenario(
      scenarioOf(
        '<title>A sample</title>',
        '<cases><case name="one" reach="refusing" names="_xmpp-server._tcp address"/></cases>',
        given('<domain name="verona" is="{reach}"/>'),
        `<send from="verona"><result ${DIALBACK} from="{verona}" to="{domain}">key</result></send>`,
        `<closed at="verona" ${PROVES}/>`,
        '<domain-goes domain="verona" to="{reach}"/>',
        `<asked about="verona" names="{names}" ${PROVES}/>`,
      ),
    );
    expect(play?.domains[0]?.is).to.equal('refusing');
    expect(play?.exchanges.map(({ actions }) => actions.map(({ kind }) => kind))).to.deep.equal([
      ['send'],
      ['domain-goes'],
    ]);
    expect(play?.exchanges[1]?.actions[0]).to.include({ domain: 'verona', to: 'refusing' });
    expect(play?.exchanges[1]?.checks[0]).to.deep.include({
      names: ['_xmpp-server._tcp', 'address'],
      not: [],
    });
  });

  it('are described in words', () => {
    const prose = describePlay(
      scenarioOf(
        '<title>A sample</title>',
        given(
          '<domain name="verona" is="refusing" cold="true" keys="all" answers="invalid" dialback="left-to-the-play"/>',
        ),
        '<domain-goes domain="verona" to="up"/>',
        `<asked about="verona" names="_xmpp-server._tcp address" not="_im._xmpp" ${PROVES}/>`,
      ),
    );
    for (const words of [
      'verona, a remote domain with a server of its own, refusing, to which there is no stream yet, which vouches for any key, which calls the keys of the target invalid, whose dialback is left to the play',
      'juliet, a contact on the server of verona',
      'the server of verona goes up',
      'the name service must be asked about verona for _xmpp-server._tcp, then address, and not for _im._xmpp',
    ]) {
      expect(prose).to.include(words);
    }
  });

  it('must be declared, and be something that there is', () => {
    expect(
      complaints(
        given('<domain name="verona"/>'),
        `<send from="verona"><result ${DIALBACK} from="street.{verona}" to="{domain}">key</result></send>`,
        `<closed at="verona" ${PROVES}/>`,
      ),
    ).to.deep.equal([]);
    const wrong = complaints(
      given(
        '<domain name="verona" is="asleep" keys="some" answers="lies"/>',
        '<subscription of="romeo" to="juliet" state="To"/>',
      ),
      '<domain-goes domain="mantua" to="gone"/>',
      `<asked about="padua" names="address" ${PROVES}/>`,
    );
    for (const words of [
      'and not asleep',
      'keys is own, all or none, and not some',
      'answers is truth, invalid or nothing, and not lies',
      'juliet can reach no state',
      'there is no domain mantua in this scenario',
      'and not gone',
      'there is no domain padua in this scenario',
    ]) {
      expect(
        wrong.filter((complaint) => complaint.includes(words)),
        words,
      ).to.have.length(1);
    }
  });
});
