import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import { child, type Element, elements, NS } from '../wire/element.js';
import { brief, handshakeDigest, RawClient } from './raw-client.support.test.js';
import { type Reference, type ReferenceOptions, startReference } from './server.js';

const DOMAIN = 'montague.test';
const ROMEO = `romeo@${DOMAIN}`;
const JULIET = 'juliet@capulet.test';

function hasId(id: string): (received: Element) => boolean {
  return ({ attrs }) => attrs.id === id;
}

function conditionOf(stanza: Element): string | undefined {
  const error = elements(stanza).find(({ name }) => name === 'error') ?? stanza;
  return elements(error)[0]?.name;
}

describe('the reference server', () => {
  let reference: Reference | undefined;

  async function start(options: Partial<ReferenceOptions> = {}): Promise<Reference> {
    reference = await startReference({
      spec: 'rfc6121',
      domain: DOMAIN,
      component: { domain: 'capulet.test', secret: 'hush' },
      ...options,
    });
    return reference;
  }

  afterEach(async () => {
    await reference?.close();
    reference = undefined;
  });

  async function romeo(server: Reference, resource = 'orchard'): Promise<RawClient> {
    const client = await RawClient.login(server, 'romeo', resource);
    client.send(`<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>`);
    await client.settled();
    return client;
  }

  /** Waits until the component's stanzas before this have been handled. */
  async function handled(component: RawClient): Promise<Element[]> {
    const id = `fence-${Math.random()}`;
    component.send(
      `<iq from='${JULIET}' to='${ROMEO}' type='get' id='${id}'><query xmlns='urn:example:unknown'/></iq>`,
    );
    await component.next(hasId(id));
    return component.inbox.splice(0);
  }

  it('takes a subscription through request, approval and cancellation', async () => {
    const server = await start();
    const juliet = await RawClient.component(server, 'capulet.test', 'hush');
    const client = await romeo(server);
    client.send(`<presence to='${JULIET}/balcony' type='subscribe'/>`);
    expect((await client.settled()).map(brief)).to.deep.equal([`iq set ${JULIET} none subscribe`]);
    const request = await juliet.next(({ attrs }) => attrs.type === 'subscribe');
    expect(request.attrs).to.deep.include({ from: ROMEO, to: JULIET });

    juliet.send(`<presence from='${JULIET}' to='${ROMEO}' type='subscribed'/>`);
    await handled(juliet);
    expect((await client.settled()).map(brief)).to.deep.equal([
      `presence subscribed ${JULIET}`,
      `iq set ${JULIET} to`,
    ]);

    juliet.send(`<presence from='${JULIET}' to='${ROMEO}' type='subscribe'/>`);
    await handled(juliet);
    client.send(`<presence to='${JULIET}' type='subscribed'/>`);
    expect((await client.settled()).map(brief)).to.deep.equal([
      `presence subscribe ${JULIET}`,
      `iq set ${JULIET} both`,
    ]);
    expect((await handled(juliet)).map(brief)).to.deep.equal([
      `presence subscribed ${ROMEO}`,
      `presence available ${ROMEO}/orchard`,
    ]);

    client.send(`<presence to='${JULIET}' type='unsubscribed'/>`);
    expect((await client.settled()).map(brief)).to.deep.equal([`iq set ${JULIET} to`]);
    expect((await handled(juliet)).map(brief)).to.deep.equal([
      `presence unavailable ${ROMEO}/orchard`,
      `presence unsubscribed ${ROMEO}`,
    ]);
  });

  it('keeps a request for a user who is away and delivers it, complete, until it is answered', async () => {
    const server = await start({ spec: 'rfc3921' });
    const juliet = await RawClient.component(server, 'capulet.test', 'hush');
    (await RawClient.login(server, 'romeo', 'orchard')).send('</stream:stream>');
    juliet.send(
      `<presence from='${JULIET}' to='${ROMEO}' type='subscribe'><status>It is I</status>` +
        `<x xmlns='urn:example:x'/></presence>`,
    );
    await handled(juliet);
    for (let login = 0; login < 2; login += 1) {
      const client = await RawClient.login(server, 'romeo', 'orchard');
      client.send('<presence/>');
      const [own, request, ...more] = await client.settled();
      expect(own?.attrs.from).to.equal(`${ROMEO}/orchard`);
      expect(more).to.deep.equal([]);
      expect(request && elements(request).map(({ name }) => name)).to.deep.equal(['status', 'x']);
      if (login === 1) {
        client.send(`<presence to='${JULIET}' type='unsubscribed'/>`);
        await client.settled();
      }
      client.send('</stream:stream>');
      await client.closed;
    }
    const client = await romeo(server);
    expect(client.inbox).to.deep.equal([]);
  });

  it('tells subscribers that a cut connection is gone, and probes for contacts at log-in', async () => {
    const server = await start({ spec: 'rfc3921' });
    const juliet = await RawClient.component(server, 'capulet.test', 'hush');
    const client = await romeo(server);
    client.send(`<presence to='${JULIET}' type='subscribe'/>`);
    await juliet.next(({ attrs }) => attrs.type === 'subscribe');
    juliet.send(`<presence from='${JULIET}' to='${ROMEO}' type='subscribed'/>`);
    juliet.send(`<presence from='${JULIET}' to='${ROMEO}' type='subscribe'/>`);
    await handled(juliet);
    client.send(`<presence to='${JULIET}' type='subscribed'/>`);
    await client.settled();
    await handled(juliet);
    client.cut();
    expect(brief(await juliet.next(({ name }) => name === 'presence'))).to.equal(
      `presence unavailable ${ROMEO}/orchard`,
    );
    await romeo(server, 'cellar');
    expect((await handled(juliet)).map(brief)).to.deep.equal([
      `presence available ${ROMEO}/cellar`,
      `presence probe ${ROMEO}/cellar`,
    ]);
  });

  it('pushes to available interested resources under RFC 3921 and to all interested ones under RFC 6121', async () => {
    for (const [spec, expected] of [
      ['rfc3921', []],
      ['rfc6121', ['iq set nurse@capulet.test none']],
    ] as const) {
      const server = await start({ spec });
      const client = await romeo(server);
      const away = await RawClient.login(server, 'romeo', 'cellar');
      away.send(`<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>`);
      await away.settled();
      client.send(
        `<iq type='set' id='set'><query xmlns='jabber:iq:roster'><item jid='nurse@capulet.test'/></query></iq>`,
      );
      await client.next(hasId('set'));
      expect((await away.settled()).map(brief)).to.deep.equal(expected);
      await server.close();
    }
  });

  it('answers what it does not know with service-unavailable, at bare JID and server', async () => {
    const server = await start();
    const juliet = await RawClient.component(server, 'capulet.test', 'hush');
    await romeo(server);
    for (const to of [ROMEO, DOMAIN, `nobody@${DOMAIN}`, `${ROMEO}/orchard`]) {
      juliet.send(`<iq from='${JULIET}' to='${to}' type='get' id='x'><q xmlns='urn:example:x'/></iq>`);
      expect(conditionOf(await juliet.next(hasId('x')))).to.equal('service-unavailable');
    }
  });

  it('stores messages, and delivers them to the next resource that is available', async () => {
    const server = await start();
    const juliet = await RawClient.component(server, 'capulet.test', 'hush');
    const first = await RawClient.login(server, 'romeo', 'orchard');
    juliet.send(`<message from='${JULIET}' to='${ROMEO}' type='chat' id='m1'><body>Hist!</body></message>`);
    await handled(juliet);
    first.send('<presence/>');
    expect((await first.next(hasId('m1'))).attrs.to).to.equal(ROMEO);
  });

  it('replaces a resource of the same name and tells it why', async () => {
    const server = await start();
    const first = await romeo(server);
    await romeo(server);
    expect(elements(await first.next(({ name }) => name === 'error'))[0]?.name).to.equal('conflict');
    await first.closed;
  });

  it('names the stream error that bad input deserves', async () => {
    const server = await start();
    const open = `<stream:stream xmlns='jabber:client' xmlns:stream='${NS.streams}' version='1.0'`;
    const cases: [input: string, condition: string][] = [
      [`${open} to='elsewhere.test'>`, 'host-unknown'],
      [`${open.replace('jabber:client', 'urn:example:x')} to='${DOMAIN}'>`, 'invalid-namespace'],
      [`${open.replace('1.0', '0.9')} to='${DOMAIN}'>`, 'unsupported-version'],
      [`${open} to='${DOMAIN}'><message/>`, 'not-authorized'],
      [`${open} to='${DOMAIN}'><a><b></a>`, 'not-well-formed'],
      [`${open} to='${DOMAIN}'><!-- no -->`, 'restricted-xml'],
    ];
    for (const [input, condition] of cases) {
      const client = await RawClient.connect(server);
      client.send(input);
      const error = await client.next(({ name, ns }) => name === 'error' && ns === NS.streams);
      expect(elements(error)[0]?.name).to.equal(condition);
      await client.closed;
    }
    const client = await romeo(server);
    client.send('<unknown/>');
    expect(elements(await client.next(({ name }) => name === 'error'))[0]?.name).to.equal(
      'unsupported-stanza-type',
    );
  });

  it('registers accounts, refuses a name that is taken, and removes an account with its streams', async () => {
    const server = await start({ tls: 'off' });
    const client = await RawClient.connect(server);
    const features = await client.features(DOMAIN);
    expect(elements(features).map(({ name }) => name)).to.deep.equal(['mechanisms', 'register']);
    const registration = (user: string) =>
      `<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>${user}</username>` +
      `<password>p</password></query></iq>`;
    for (const [user, type] of [
      ['one', 'result'],
      ['two', 'result'],
      ['one', 'error'],
    ] as const) {
      client.send(registration(user));
      expect((await client.next(hasId('r'))).attrs.type).to.equal(type);
    }
    client.send(`<auth xmlns='${NS.sasl}' mechanism='PLAIN'>${btoa('\0one\0p')}</auth>`);
    await client.next(({ name }) => name === 'success');
    client.restart();
    await client.features(DOMAIN);
    client.send(`<iq type='set' id='b'><bind xmlns='${NS.bind}'/></iq>`);
    const bound = await client.next(hasId('b'));
    expect(child(bound, 'bind', NS.bind)).to.have.property('name', 'bind');
    client.send(`<iq type='set' id='x'><query xmlns='jabber:iq:register'><remove/></query></iq>`);
    expect((await client.next(hasId('x'))).attrs.type).to.equal('result');
    await client.closed;
    const again = await RawClient.connect(server);
    await again.features(DOMAIN);
    again.send(registration('one'));
    expect((await again.next(hasId('r'))).attrs.type).to.equal('result');
  });

  it('offers PLAIN and the -PLUS mechanisms once TLS is there', async () => {
    const server = await start();
    const client = await RawClient.connect(server);
    const offered = (features: Element) =>
      elements(child(features, 'mechanisms', NS.sasl) ?? features).map(({ children }) => children[0]);
    expect(offered(await client.features(DOMAIN))).to.deep.equal(['SCRAM-SHA-256', 'SCRAM-SHA-1']);
    await client.startTls(server);
    expect(offered(await client.features(DOMAIN))).to.deep.equal([
      'SCRAM-SHA-256-PLUS',
      'SCRAM-SHA-1-PLUS',
      'SCRAM-SHA-256',
      'SCRAM-SHA-1',
      'PLAIN',
    ]);
  });

  it('speaks TLS from the first byte where it is asked to', async () => {
    const server = await start({ tls: 'direct' });
    const socket = connectTls({ port: server.port, host: server.host, servername: DOMAIN, ca: server.ca });
    const client = new RawClient(socket, NS.client);
    const features = await client.features(DOMAIN);
    expect(child(features, 'starttls', NS.tls)).to.equal(undefined);
    expect(socket.authorized).to.equal(true);
  });

  it('routes between users of its own as between servers', async () => {
    const server = await start();
    const one = await romeo(server);
    const other = await RawClient.login(server, 'benvolio', 'street');
    other.send('<presence/>');
    await other.settled();
    one.send(`<presence to='benvolio@${DOMAIN}' type='subscribe'/>`);
    await one.settled();
    other.send(`<presence to='${ROMEO}' type='subscribed'/>`);
    expect((await other.settled()).map(brief)).to.deep.equal([`presence subscribe ${ROMEO}`]);
    expect((await one.settled()).map(brief)).to.deep.equal([
      `presence subscribed benvolio@${DOMAIN}`,
      `iq set benvolio@${DOMAIN} to`,
      `presence available benvolio@${DOMAIN}/street`,
    ]);
  });

  it('answers a request to a domain that it cannot reach with an error', async () => {
    const server = await start();
    const client = await romeo(server);
    client.send(`<presence id='s' to='someone@nowhere.test' type='subscribe'/>`);
    const error = await client.next(({ attrs }) => attrs.type === 'error');
    expect(conditionOf(error)).to.equal('remote-server-not-found');
  });

  it('admits components of several domains, each once', async () => {
    const server = await start();
    await RawClient.component(server, 'capulet.test', 'hush');
    await RawClient.component(server, 'verona.test', 'hush');
    const second = await RawClient.connect(server, 'component');
    second.open('capulet.test');
    const header = await second.next(({ name }) => name === 'stream');
    second.send(`<handshake>${handshakeDigest(header, 'hush')}</handshake>`);
    expect(elements(await second.next(({ name }) => name === 'error'))[0]?.name).to.equal('conflict');
  });

  it('says which deviation it does not know', async () => {
    const outcome = await startReference({ spec: 'rfc3921', domain: DOMAIN, faults: ['no/such'] }).then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(outcome).to.contain('no/such');
  });
});
