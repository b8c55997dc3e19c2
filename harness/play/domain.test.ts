import { expect } from 'chai';
import { resolveConfig } from '../config.js';
import { expandScenario } from '../scenario/expand.js';
import { loadStates } from '../scenario/states.js';
import { scenarioOf } from '../scenario/written.support.test.js';
import { openTarget, type Target } from '../target.js';
import { playCase } from './play.js';

const GIVEN =
  '<given><user name="romeo"><resource name="orchard" roster="requested" presence="available"/></user>DOMAIN' +
  '<contact name="juliet" placement="remote" domain="verona"/></given>';
const A = 'proves="rfc3921:9.3/a"';
const DIALBACK = 'xmlns="jabber:server:dialback"';
const TO_JULIET =
  '<send from="romeo/orchard"><message to="{juliet}" type="chat" id="m1"><body>-</body></message></send>';

describe('playCase with domains of its own, against the embedded server', () => {
  const states = loadStates();
  let target: Target;
  before(async () => {
    target = await openTarget(resolveConfig({ s2s: true, settle: 100, timeout: 1000 }, {}, {}));
  });
  after(() => target.close());

  /** Plays what happens with the domain, and tells what each check found, or why there was nothing to judge. */
  async function play(domain: string, ...lines: string[]): Promise<string[]> {
    const [written] = expandScenario(
      scenarioOf('<title>A sample</title>', GIVEN.replace('DOMAIN', domain), ...lines),
    );
    if (written === undefined) throw new Error('a scenario has a case');
    const played = await playCase(written, target, states, () => []);
    if (played.ending !== 'played') return [played.reason];
    return played.findings.map(
      ({ kind, satisfied, reason }) => `${kind} ${satisfied}${reason && `: ${reason}`}`,
    );
  }

  it('has features for them', () => {
    expect([...target.features]).to.include.members(['s2s', 'domains']);
  });

  it('reaches contacts there, and tells what was looked up', async () => {
    const seen = await play(
      '<domain name="verona"/>',
      TO_JULIET,
      `<expect at="juliet" ${A}><message id="m1" from="{romeo/orchard}"/></expect>`,
      `<asked about="verona" names="_xmpp-server._tcp" not="address" ${A}/>`,
      `<asked about="verona" names="address _xmpp-server._tcp" ${A}/>`,
      `<asked about="verona" names="_xmpp-server._tcp" not="_xmpp-server._tcp" ${A}/>`,
    );
    expect(seen).to.deep.equal([
      'expect yes',
      'asked yes',
      'asked no: the name service was not asked in this order; it was asked for: _xmpp-server._tcp',
      'asked no: the name service was asked for what must not be looked up: _xmpp-server._tcp',
    ]);
  });

  it('lets the play do the dialback, ends of streams included', async () => {
    const seen = await play(
      '<domain name="verona" keys="none" dialback="left-to-the-play"/>',
      `<send from="verona"><result ${DIALBACK} from="{verona}" to="{domain}">no key</result></send>`,
      `<expect at="verona" ${A}><result ${DIALBACK} to="{verona}" type="invalid"/></expect>`,
      `<expect at="verona" ${A}><verify ${DIALBACK} to="{verona}">no key</verify></expect>`,
      `<closed at="verona" ${A}/>`,
    );
    expect(seen).to.deep.equal(['expect yes', 'expect yes', 'closed yes']);
  });

  it('knows the stream on which the target proves itself', async () => {
    const seen = await play(
      '<domain name="verona" cold="true" answers="nothing" dialback="left-to-the-play"/>',
      TO_JULIET,
      `<expect at="verona" ${A}><result ${DIALBACK} to="{verona}">{let key}</result></expect>`,
      `<never at="juliet" ${A}><message/></never>`,
      `<send from="verona"><verify ${DIALBACK} from="{verona}" to="{domain}" id="{verona/stream}">{key}</verify></send>`,
      `<expect at="verona" ${A}><verify ${DIALBACK} type="valid" id="{verona/stream}"/></expect>`,
    );
    expect(seen).to.deep.equal(['expect yes', 'never yes', 'expect yes']);
  });

  it('has a domain go away and come back', async () => {
    const seen = await play(
      '<domain name="verona"/>',
      '<domain-goes domain="verona" to="refusing"/>',
      TO_JULIET,
      `<expect at="romeo/orchard" ${A}><message type="error" id="m1"/></expect>`,
      '<domain-goes domain="verona" to="up"/>',
      TO_JULIET,
      `<expect at="juliet" ${A}><message id="m1"/></expect>`,
    );
    expect(seen).to.deep.equal(['expect yes', 'expect yes']);
  });

  it('is an error where a stream ends that no check speaks of', async () => {
    const [reason] = await play(
      '<domain name="verona"/>',
      '<send from="verona"><message from="a@elsewhere.test" to="{romeo}" id="m2"/></send>',
      `<never at="romeo/orchard" ${A}><message id="m2"/></never>`,
    );
    expect(reason).to.match(/^juliet lost its stream: it sent the stream error invalid-from/);
  });
});
