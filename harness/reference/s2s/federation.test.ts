import { expect } from 'chai';
import { type Element, elements } from '../../wire/element.js';
import type { Mode } from '../policy.js';
import { brief, RawClient } from '../raw-client.support.test.js';
import { type Reference, type ReferenceOptions, startReference } from '../server.js';
import type { Resolve } from './resolve.js';

const ROMEO = 'romeo@montague.test';
const JULIET = 'juliet@capulet.test';

function ofType(type: string | undefined, from: string) {
  return ({ name, attrs }: Element) => name === 'presence' && attrs.type === type && attrs.from === from;
}

/** Name of the condition in an error stanza. */
function conditionOf(stanza: Element): string | undefined {
  const error = elements(stanza).find(({ name }) => name === 'error');
  return error && elements(error)[0]?.name;
}

describe('two embedded servers that federate', () => {
  const servers = new Map<string, Reference>();
  const resolve: Resolve = (domain) => {
    const server = servers.get(domain);
    const port = server?.s2sPort;
    return Promise.resolve(port === undefined ? [] : [{ host: '127.0.0.1', port }]);
  };

  async function start(
    domain: string,
    spec: Mode,
    options: Partial<ReferenceOptions> = {},
  ): Promise<Reference> {
    const server = await startReference({ spec, domain, s2s: { resolve }, ...options });
    servers.set(domain, server);
    return server;
  }

  async function login(server: Reference, user: string, resource: string): Promise<RawClient> {
    const client = await RawClient.login(server, user, resource);
    client.send(`<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>`);
    await client.settled();
    return client;
  }

  afterEach(async () => {
    await Promise.all([...servers.values()].map((server) => server.close()));
    servers.clear();
  });

  it('use one stream for both directions where both can', async () => {
    for (const [bidirectional, connections] of [
      [true, 2],
      [false, 4],
    ] as const) {
      let looked = 0;
      const counting: Resolve = (domain, kind) => {
        looked += 1;
        return resolve(domain, kind);
      };
      const options = { s2s: { resolve: counting, bidirectional } };
      const romeo = await login(await start('montague.test', 'rfc6121', options), 'romeo', 'orchard');
      const juliet = await login(await start('capulet.test', 'rfc6121', options), 'juliet', 'balcony');
      for (const id of ['1', '2']) {
        romeo.send(`<message to='${JULIET}/balcony' type='chat' id='${id}'><body>Hist!</body></message>`);
        await juliet.next(({ attrs }) => attrs.id === id);
        juliet.send(`<message to='${ROMEO}/orchard' type='chat' id='${id}'><body>Here.</body></message>`);
        await romeo.next(({ attrs }) => attrs.id === id);
      }
      // Each stream costs a connection more, by which its key is verified.
      expect(looked).to.equal(connections);
      await Promise.all([...servers.values()].map((server) => server.close()));
    }
  });

  const PAIRS: readonly (readonly [Mode, Mode])[] = [
    ['rfc3921', 'rfc3921'],
    ['rfc6121', 'rfc6121'],
    ['rfc3921', 'rfc6121'],
  ];
  for (const [one, other] of PAIRS) {
    it(`take users through subscriptions, presence, messages and IQs (${one} and ${other})`, async () => {
      const montague = await start('montague.test', one);
      const romeo = await login(montague, 'romeo', 'orchard');
      const juliet = await login(await start('capulet.test', other), 'juliet', 'balcony');

      romeo.send(`<presence to='${JULIET}' type='subscribe'/>`);
      await juliet.next(ofType('subscribe', ROMEO));
      juliet.send(`<presence to='${ROMEO}' type='subscribed'/><presence to='${ROMEO}' type='subscribe'/>`);
      await romeo.next(ofType('subscribed', JULIET));
      await romeo.next(ofType(undefined, `${JULIET}/balcony`));
      await romeo.next(ofType('subscribe', JULIET));
      romeo.send(`<presence to='${JULIET}' type='subscribed'/>`);
      await juliet.next(ofType('subscribed', ROMEO));
      await juliet.next(ofType(undefined, `${ROMEO}/orchard`));

      romeo.send(`<message to='${JULIET}/balcony' type='chat' id='m1'><body>Hist!</body></message>`);
      expect((await juliet.next(({ attrs }) => attrs.id === 'm1')).attrs.from).to.equal(`${ROMEO}/orchard`);
      juliet.send(`<iq to='${ROMEO}/orchard' type='get' id='q1'><query xmlns='urn:example:q'/></iq>`);
      const query = await romeo.next(({ attrs }) => attrs.id === 'q1');
      expect(brief(query)).to.equal(`iq get ${JULIET}/balcony`);
      romeo.send(`<iq to='${JULIET}/balcony' type='result' id='q1'/>`);
      await juliet.next(({ attrs }) => attrs.id === 'q1' && attrs.type === 'result');
      juliet.send(`<iq to='montague.test' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>`);
      await juliet.next(({ attrs }) => attrs.id === 'p1' && attrs.type === 'result');

      const again = await login(montague, 'tybalt', 'street');
      again.send(`<message to='nobody@capulet.test' id='m2'><body>Who?</body></message>`);
      const bounced = await again.next(({ attrs }) => attrs.id === 'm2');
      expect(conditionOf(bounced)).to.equal('service-unavailable');

      romeo.cut();
      await juliet.next(ofType('unavailable', `${ROMEO}/orchard`));
      juliet.send(`<presence to='${ROMEO}' type='unsubscribed'/>`);
      await juliet.settled();
    });
  }

  it('probe contacts at another domain at log-in', async () => {
    const montague = await start('montague.test', 'rfc6121');
    const capulet = await start('capulet.test', 'rfc6121');
    const romeo = await login(montague, 'romeo', 'orchard');
    const juliet = await login(capulet, 'juliet', 'balcony');
    romeo.send(`<presence to='${JULIET}' type='subscribe'/>`);
    await juliet.next(ofType('subscribe', ROMEO));
    juliet.send(`<presence to='${ROMEO}' type='subscribed'/>`);
    await romeo.next(ofType(undefined, `${JULIET}/balcony`));
    romeo.send(`<presence type='unavailable'/>`);
    await romeo.settled();
    romeo.send('<presence/>');
    await romeo.next(ofType(undefined, `${JULIET}/balcony`));
  });

  it('tell a stranger at another domain nothing, even where components are trusted', async () => {
    const variations = ['components-trusted'];
    const montague = await start('montague.test', 'rfc6121', { variations });
    await login(montague, 'romeo', 'orchard');
    const juliet = await login(await start('capulet.test', 'rfc6121'), 'juliet', 'balcony');
    juliet.send(`<presence to='${ROMEO}' type='probe'/>`);
    // An IQ travels behind the probe, over the same streams.
    juliet.send(`<iq to='montague.test' type='get' id='fence'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await juliet.next(({ attrs }) => attrs.id === 'fence');
    expect(juliet.inbox.filter(({ attrs }) => attrs.from?.startsWith(ROMEO))).to.deep.equal([]);
  });

  it('answer for a domain that has no server, and for one that does not listen', async () => {
    const montague = await start('montague.test', 'rfc6121');
    const romeo = await login(montague, 'romeo', 'orchard');
    romeo.send(`<message to='who@nowhere.test' id='m1'><body>Ho!</body></message>`);
    const lost = await romeo.next(({ attrs }) => attrs.id === 'm1');
    expect(conditionOf(lost)).to.equal('remote-server-not-found');
    const gone = await start('capulet.test', 'rfc6121');
    await gone.close();
    romeo.send(`<iq to='${JULIET}' type='get' id='q1'><query xmlns='urn:example:q'/></iq>`);
    const refused = await romeo.next(({ attrs }) => attrs.id === 'q1');
    expect(conditionOf(refused)).to.equal('remote-server-timeout');
    // What must not be answered is not.
    romeo.send(`<presence to='${JULIET}' type='unavailable'/><iq to='${JULIET}' type='result' id='r1'/>`);
    romeo.send(`<message to='${JULIET}' type='error' id='e1'/>`);
    romeo.send(`<message to='${JULIET}' id='m2'><body>Anyone?</body></message>`);
    await romeo.next(({ attrs }) => attrs.id === 'm2');
    expect(romeo.inbox.filter(({ attrs }) => attrs.type === 'error')).to.deep.equal([]);
  });
});
