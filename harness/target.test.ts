import { expect } from 'chai';
import { resolveConfig } from './config.js';
import { type Meddler, startMeddler } from './meddler.support.test.js';
import { playCase } from './play/play.js';
import { type Reference, type ReferenceOptions, startReference } from './reference/server.js';
import { version } from './run.js';
import { expandScenario } from './scenario/expand.js';
import { loadStates } from './scenario/states.js';
import { GIVEN, scenarioOf } from './scenario/written.support.test.js';
import { openTarget, type Target } from './target.js';

const DOMAIN = 'embedded.test';
const COMPONENT = { domain: 'contact.test', secret: 'secret' };

describe('openTarget', () => {
  let server: Reference | undefined;
  let target: Target | undefined;
  afterEach(async () => {
    await target?.close();
    await server?.close();
    target = undefined;
    server = undefined;
  });

  async function open(parts: Partial<ReferenceOptions>, withComponent = true): Promise<Target> {
    const started = await startReference({ spec: 'rfc3921', domain: DOMAIN, component: COMPONENT, ...parts });
    server = started;
    const component = {
      component: `127.0.0.1:${started.componentPort}`,
      componentDomain: COMPONENT.domain,
      componentSecret: COMPONENT.secret,
    };
    const where = { target: `127.0.0.1:${started.port}`, domain: DOMAIN, insecure: true };
    const how = parts.tls === undefined ? {} : { tls: parts.tls };
    const opened = await openTarget(
      resolveConfig({ ...where, ...how, ...(withComponent ? component : {}) }, {}, {}),
    );
    target = opened;
    return opened;
  }

  const asks = '<send from="juliet"><presence from="{juliet}" to="{romeo}" type="subscribe"/></send>';
  const state = (is: string) =>
    `<state of="romeo" to="juliet" is="${is}" item="any" proves="rfc3921:9.3/a"/>`;
  const playing = async (found: Target, ...lines: string[]) => {
    const [play] = expandScenario(scenarioOf('<title>A sample</title>', GIVEN, ...lines));
    if (play === undefined) throw new Error('a scenario has a case');
    const played = await playCase(play, found, loadStates(), () => []);
    expect(played.ending, played.reason).to.equal('played');
    return played.findings.map(({ satisfied }) => satisfied);
  };

  it('tells what it found out, and which features there are', async () => {
    const found = await open({ spec: 'rfc6121' });
    expect(found).to.deep.include({ host: '127.0.0.1', domain: DOMAIN, requestSign: 'redelivered' });
    expect(found.software).to.equal(`xmpp-conform ${version()}`);
    expect([...found.features].sort()).to.deep.equal([
      'blocking',
      'contacts',
      'contacts-subdomain',
      'no-s2s',
      'pre-approval',
      'privacy',
      'roster-versioning',
    ]);
    const [loggedIn, features, contacts, ...more] = found.findings;
    expect(loggedIn).to.match(
      /^127\.0\.0\.1:\d+: logged in as preflight-\S+@embedded\.test\/preflight, TLS.*\.$/,
    );
    expect(features).to.match(/^Stream features: .*bind \(urn:ietf:params:xml:ns:xmpp-bind\)/);
    expect(contacts).to.match(/^Remote contacts live at contact\.test, a component connected at/);
    expect(more).to.deep.equal([]);
    await found.checkAlive();
  });

  it('ends each log-in before the next by the same resource, which a server may refuse', async () => {
    const events: string[] = [];
    let links: Meddler | undefined;
    server = await startReference({ spec: 'rfc3921', domain: DOMAIN, tls: 'off' });
    try {
      links = await startMeddler(server.port);
      links.meddle = (text, towards, { number }) => {
        if (towards === 'server' && text.includes('>preflight<')) events.push(`bind ${number}`);
        if (towards === 'server' && text.includes('</stream:stream>')) events.push(`end ${number}`);
        return text;
      };
      target = await openTarget(
        resolveConfig({ target: `127.0.0.1:${links.port}`, domain: DOMAIN, tls: 'off' }, {}, {}),
      );
      const bound = events.filter((event) => event.startsWith('bind'));
      expect(bound).to.have.length(2);
      const expected = bound.flatMap((event) => [event, event.replace('bind', 'end')]);
      expect(events.filter((event) => expected.includes(event))).to.deep.equal(expected);
    } finally {
      await target?.close();
      target = undefined;
      await links?.stop();
    }
  });

  it('says that contacts are missing without a component', async () => {
    const found = await open({ tls: 'off' }, false);
    expect(found.contacts).to.equal(undefined);
    expect([...found.features]).not.to.include('contacts');
    expect(found.findings[0]).to.match(/, without TLS\.$/);
    expect(found.findings[2]).to.match(
      /^Remote contacts: neither a component nor federation was asked for .*; scenarios with one are skipped\.$/,
    );
  });

  it('plays the contacts by federation with the embedded server', async () => {
    target = await openTarget(resolveConfig({ s2s: true }, {}, {}));
    expect(target.contacts?.domain).to.equal('remote.test');
    expect([...target.features]).to.include.members(['contacts', 's2s', 'contacts-subdomain']);
    expect(target.findings[2]).to.match(
      /^Remote contacts live at remote\.test, a server at .*, found through the DNS responder at .* by dialback, TLS, one stream in each direction\.$/,
    );
    expect(await playing(target, asks, state('None + Pending In'))).to.deep.equal(['yes']);
    await target.checkAlive();
  });

  it('federates by streams for both directions where it is asked to', async () => {
    target = await openTarget(resolveConfig({ s2s: true, s2sStreams: 'one' }, {}, {}));
    expect(target.findings[2]).to.match(/ by dialback, TLS, streams for both directions\.$/);
    expect(await playing(target, asks, state('None + Pending In'))).to.deep.equal(['yes']);
    await target.checkAlive();
  });

  it('gives contacts names that are unique in the run, and accounts that nobody had', async () => {
    const found = await open({ tls: 'direct' });
    expect(found.contactName('juliet')).not.to.equal(found.contactName('juliet'));
    const [first, second] = await Promise.all([found.account('romeo'), found.account('romeo')]);
    expect(first?.jid).not.to.equal(second?.jid);
  });

  it('reads states back by approving where waiting requests are not delivered again', async () => {
    const found = await open({ faults: ['request/not-redelivered-after-live'] });
    expect(found.requestSign).to.equal('approvable');
    expect(found.findings.at(-1)).to.match(
      /^Requests that wait are not delivered to each new resource; .*approving\.$/,
    );
    expect(await playing(found, asks, state('None + Pending In'))).to.deep.equal(['yes']);
    expect(await playing(found, state('None'))).to.deep.equal(['yes']);
  });

  it('judges no state that differs by a request alone where nothing shows whether one waits', async () => {
    const found = await open({
      faults: ['request/not-redelivered-after-live', 'cell/out/subscribed/none/state'],
    });
    expect(found.requestSign).to.equal('hidden');
    expect(found.findings.at(-1)).to.match(/nothing shows whether a request waits/);
    expect(await playing(found, asks, state('None + Pending In'))).to.deep.equal(['untested']);
    expect(await playing(found, asks, state('To'))).to.deep.equal(['no']);
    expect(await playing(found, state('None'))).to.deep.equal(['yes']);
  });
});
