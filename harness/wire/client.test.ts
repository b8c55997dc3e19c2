import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Account } from '../accounts/provisioner.js';
import { registerProvisioner } from '../accounts/register.js';
import { makeCertificate, type TestCertificate } from './certificate.support.test.js';
import { type ClientOptions, type ClientStream, openClient } from './client.js';
import { type Element, elements } from './element.js';
import type { Endpoint } from './endpoint.js';
import { failed } from './failed.support.test.js';
import type { StreamEnd } from './failure.js';
import { type FakeServer, opening, startFake } from './fake-server.support.test.js';
import { freePorts, type Prosody, prosodyMissing, startProsody } from './prosody.support.test.js';
import { MECHANISMS } from './sasl.js';
import type { XmppConnection } from './stream.js';
import type { WireEntry } from './transcript.js';

const ignore = () => {};

function stanza(connection: XmppConnection, wanted: (element: Element) => boolean): Promise<Element> {
  return new Promise((resolve) => {
    connection.onStanza((element) => {
      if (wanted(element)) resolve(element);
    });
  });
}

function ended(connection: XmppConnection): Promise<StreamEnd> {
  return new Promise((resolve) => connection.onEnd(resolve));
}

describe('openClient against Prosody', () => {
  let prosody: Prosody;
  let romeo: Account;
  let juliet: Account;
  const open: ClientStream[] = [];

  const login = async (account: Account, more: Partial<ClientOptions> = {}) => {
    const client = await openClient({
      endpoint: prosody.endpoint,
      domain: prosody.domain,
      username: account.username,
      password: account.password,
      timeoutMs: 5000,
      record: ignore,
      ...more,
    });
    open.push(client);
    return client;
  };

  before(async function () {
    const missing = prosodyMissing();
    if (missing !== '') {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    prosody = await startProsody();
    const accounts = registerProvisioner({
      endpoint: prosody.endpoint,
      domain: prosody.domain,
      timeoutMs: 5000,
      record: ignore,
    });
    [romeo, juliet] = await Promise.all([accounts.acquire('romeo'), accounts.acquire('juliet')]);
    await accounts.close();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });

  after(async () => {
    await prosody?.stop();
  });

  it('logs in over STARTTLS and binds the resource', async () => {
    const client = await login(romeo, { resource: 'orchard' });
    expect(client.jid).to.equal(`${romeo.jid}/orchard`);
    expect(client.features.name).to.equal('features');
  });

  it('logs in over direct TLS', async () => {
    const client = await login(romeo, { endpoint: prosody.direct });
    expect(client.jid).to.match(new RegExp(`^${romeo.jid}/.+`));
  });

  it('logs in without TLS, with SCRAM where it is offered', async () => {
    const entries: WireEntry[] = [];
    await login(romeo, {
      endpoint: { ...prosody.endpoint, tls: 'off' },
      record: (entry) => entries.push(entry),
    });
    expect(entries.filter(({ xml }) => xml.includes("mechanism='SCRAM-SHA"))).to.have.length(1);
  });

  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] as const) {
    it(`logs in with ${mechanism} when told to`, async () => {
      const entries: WireEntry[] = [];
      await login(romeo, { mechanism, record: (entry) => entries.push(entry) });
      const auth = entries.find(({ xml }) => xml.startsWith('<auth'));
      expect(auth?.xml).to.include(`mechanism='${mechanism}'`);
      expect(JSON.stringify(entries)).not.to.include(
        Buffer.from(`\0${romeo.username}\0${romeo.password}`).toString('base64'),
      );
    });
  }

  it('records everything in the order of the wire, the password withheld', async () => {
    const entries: WireEntry[] = [];
    const client = await login(romeo, { mechanism: 'PLAIN', record: (entry) => entries.push(entry) });
    await client.close();
    const shape = entries.map(
      ({ direction, kind, xml }) => `${direction} ${kind} ${/^[\w ]+|<\/?[\w:?]+/.exec(xml)?.[0]}`,
    );
    expect(shape.slice(0, 3)).to.eql([
      'none note connected to 127',
      'sent stream <?xml',
      'received stream <?xml',
    ]);
    expect(entries.find(({ xml }) => xml.startsWith('TLS established'))?.xml).to.match(/TLSv1\.[23], \w+/);
    expect(entries.find(({ xml }) => xml.startsWith('<auth'))?.xml).to.match(
      />\(password withheld\)<\/auth>$/,
    );
    expect(shape.slice(-4)).to.eql([
      'sent stanza <iq',
      'received stanza <iq',
      'sent stream </stream:stream',
      'received stream </stream:stream',
    ]);
    const times = entries.map(({ atMs }) => atMs);
    expect(times).to.eql([...times].sort((a, b) => a - b));
  });

  it('passes stanzas between two users, also those that come before anybody listens', async () => {
    const [from, to] = await Promise.all([login(romeo), login(juliet)]);
    to.send('<presence/>');
    from.send(`<message to='${to.jid}'><body>früh &amp; spät</body></message>`);
    from.send(`<iq type='get' id='p' to='${prosody.domain}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await stanza(from, (element) => element.attrs.id === 'p');
    // The presence is echoed first; only then does a listener come.
    const message = await stanza(to, (element) => element.name === 'message');
    expect(message.attrs.from).to.equal(from.jid);
    expect(message.children[0]).to.have.deep.property('children', ['früh & spät']);
  });

  it('reports a stream error as the end, and sends nothing after it', async () => {
    const client = await login(romeo);
    client.sendBytes(Buffer.from('<message></presence>'));
    const end = await ended(client);
    expect(end).to.include({ kind: 'error', streamError: 'not-well-formed' });
    expect(() => client.send('<presence/>')).to.throw(/can be sent.*not-well-formed/);
  });

  it('closes with a farewell on both sides', async () => {
    const client = await login(romeo);
    const end = ended(client);
    await client.close();
    expect((await end).kind).to.equal('closed');
  });

  it('cuts the connection, so that the server makes the resource unavailable', async () => {
    const [watcher, gone] = await Promise.all([login(romeo), login(romeo, { resource: 'cellar' })]);
    watcher.send('<presence/>');
    gone.send('<presence/>');
    const unavailable = stanza(watcher, (element) => element.attrs.type === 'unavailable');
    await stanza(gone, (element) => element.attrs.from === gone.jid);
    gone.cut();
    expect((await unavailable).attrs.from).to.equal(gone.jid);
    expect((await ended(gone)).kind).to.equal('lost');
  });

  it('tells a wrong password from an unknown domain', async () => {
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-1'] as const) {
      const wrong = await failed(login({ ...romeo, password: 'wrong' }, { mechanism }));
      expect(wrong.kind).to.equal('authentication');
      expect(wrong.message).to.match(
        new RegExp(`${romeo.jid} with ${mechanism} \\(not-authorized.*password`),
      );
    }
    const unknown = await failed(login(romeo, { domain: 'elsewhere.test' }));
    expect(unknown.kind).to.equal('not-served');
    expect(unknown.message).to.match(/does not serve the domain elsewhere\.test .*--domain/);
  });

  it('refuses a mechanism that is not on offer', async () => {
    const error = await failed(login(romeo, { mechanism: 'SCRAM-SHA-256-PLUS' }));
    expect(error.message).to.match(/does not offer SCRAM-SHA-256-PLUS .* only .*PLAIN/);
  });

  it('refuses a certificate without a trusted authority unless told to accept it', async () => {
    const { ca: _ca, ...bare } = prosody.endpoint;
    for (const endpoint of [bare, { ...bare, port: prosody.direct.port, tls: 'direct' as const }]) {
      const error = await failed(login(romeo, { endpoint }));
      expect(error.kind).to.equal('certificate');
      expect(error.message).to.match(
        /^The certificate of 127\.0\.0\.1:\d+ for xmpp\.test .*--ca, or --insecure/,
      );
      await login(romeo, { endpoint: { ...endpoint, insecure: true } });
    }
  });

  it('tells direct TLS and plain ports apart', async () => {
    const noTls = await failed(login(romeo, { endpoint: { ...prosody.endpoint, tls: 'direct' } }));
    expect(noTls.kind).to.equal('no-tls');
    expect(noTls.message).to.include('--tls starttls');
    const tls = await failed(login(romeo, { endpoint: { ...prosody.direct, tls: 'starttls' } }));
    expect(tls.kind).to.equal('stream');
  });
});

describe('openClient with channel binding', () => {
  it('binds to the TLS 1.2 connection with tls-unique', async function () {
    if (prosodyMissing() !== '') {
      console.log(`      skipped: ${prosodyMissing()}`);
      this.skip();
    }
    const prosody = await startProsody({ protocol: 'tlsv1_2' });
    try {
      const context = { endpoint: prosody.endpoint, domain: prosody.domain, timeoutMs: 5000, record: ignore };
      const accounts = registerProvisioner(context);
      const account = await accounts.acquire('romeo');
      await accounts.close();
      for (const mechanism of MECHANISMS) {
        const entries: WireEntry[] = [];
        const client = await openClient({
          ...context,
          ...account,
          mechanism,
          record: (entry) => entries.push(entry),
        });
        expect(entries.some(({ xml }) => xml.includes(`mechanism='${mechanism}'`))).to.equal(true);
        expect(entries.some(({ xml }) => xml.startsWith('TLS established: TLSv1.2'))).to.equal(true);
        await client.close();
      }
    } finally {
      await prosody.stop();
    }
  });
});

describe('openClient against servers that fail', () => {
  let fake: FakeServer | undefined;
  let folder: string;
  let good: TestCertificate;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'xmpp-conform-certs-'));
    good = makeCertificate(folder, 'xmpp.test');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
  });

  const login = (endpoint: Endpoint, more: Partial<ClientOptions> = {}) =>
    openClient({
      endpoint,
      domain: 'xmpp.test',
      username: 'romeo',
      password: 'pencil',
      timeoutMs: 300,
      record: ignore,
      ...more,
    });

  const silent = () => () => undefined;
  const says =
    (...replies: string[]) =>
    () => {
      const left = [...replies];
      return () => left.shift();
    };
  const mechanisms = (...names: string[]) =>
    `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${names.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`;

  it('names a refused connection, and an unknown name', async () => {
    const [port] = await freePorts(3);
    const refused = await failed(login({ host: '127.0.0.1', port, tls: 'off', insecure: false }));
    expect(refused.kind).to.equal('unreachable');
    expect(refused.message).to.include(`127.0.0.1:${port} refuses connections`);
    const unknown = await failed(
      login({ host: 'no-such-host.invalid', port, tls: 'off', insecure: false }, { timeoutMs: 5000 }),
    );
    expect(unknown.kind).to.equal('unreachable');
    expect(unknown.message).to.match(/host name no-such-host\.invalid can't be resolved/);
  });

  it('gives up on a server that says nothing, in time', async () => {
    fake = await startFake(silent);
    const before = performance.now();
    const error = await failed(login(fake.endpoint('off')));
    expect(error.kind).to.equal('timeout');
    expect(error.message).to.match(/did not send a stream header within 300 ms.*--timeout/);
    expect(performance.now() - before).to.be.within(290, 1500);
  });

  it('gives up on a TLS handshake that does not go on', async () => {
    fake = await startFake(silent);
    const error = await failed(login(fake.endpoint('direct')));
    expect(error.kind).to.equal('timeout');
    expect(error.message).to.include('TLS handshake');
  });

  it('recognises what is not XMPP', async () => {
    for (const reply of [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      '<html><body>no</body></html>',
      '220 mail ESMTP\r\n',
      Buffer.from([0xff, 0xfe]).toString('latin1'),
    ]) {
      fake = await startFake(says(reply));
      const error = await failed(login(fake.endpoint('off')));
      expect(error.kind, reply).to.equal('stream');
      expect(error.message, reply).to.include('does not speak XMPP');
      await fake.stop();
    }
  });

  it('recognises a TLS port, and a banner that comes unasked', async () => {
    fake = await startFake((_number, socket) => () => {
      // A fatal TLS alert, protocol_version.
      socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]));
      return undefined;
    });
    const alert = await failed(login(fake.endpoint('off')));
    expect(alert.message).to.include('--tls direct');
    await fake.stop();
    fake = await startFake(silent, good);
    const dropped = await failed(login(fake.endpoint('off')));
    expect(dropped.message).to.match(/kind of TLS/);
    await fake.stop();
    fake = await startFake((_number, socket) => {
      socket.write('SSH-2.0-OpenSSH_9.2\r\n');
      return () => undefined;
    });
    expect((await failed(login(fake.endpoint('off')))).message).to.include('does not speak XMPP');
  });

  it('says when STARTTLS is not offered or not carried out', async () => {
    fake = await startFake(says(opening('')));
    const error = await failed(login(fake.endpoint('starttls')));
    expect(error.kind).to.equal('no-tls');
    expect(error.message).to.match(/offers no STARTTLS for xmpp\.test/);
    await fake.stop();
    fake = await startFake(
      says(
        opening("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>",
      ),
    );
    expect((await failed(login(fake.endpoint('starttls')))).message).to.include('refused STARTTLS');
  });

  it('tells an expired certificate from one for another host', async () => {
    const expired = makeCertificate(folder, 'xmpp.test', -1);
    fake = await startFake(silent, expired);
    const late = await failed(login(fake.endpoint('direct', { ca: expired.cert })));
    expect(late.kind).to.equal('certificate');
    expect(late.message).to.match(/has expired/);
    await fake.stop();
    fake = await startFake(silent, good);
    const other = await failed(login(fake.endpoint('direct', { ca: good.cert }), { domain: 'other.test' }));
    expect(other.kind).to.equal('certificate');
    expect(other.message).to.match(/is not for other\.test.*--domain/);
  });

  it('refuses a CA that is no certificate', async () => {
    fake = await startFake(silent, good);
    const error = await failed(login(fake.endpoint('direct', { ca: 'no PEM' })));
    expect(error.kind).to.equal('certificate');
    expect(error.message).to.include('--ca');
  });

  it('binds SCRAM to TLS 1.3 with tls-exporter, and refuses a server that does not know the password', async () => {
    let header = '';
    fake = await startFake(() => {
      let step = 0;
      return (received) => {
        step++;
        if (step === 1) return opening(mechanisms('SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1', 'PLAIN'));
        const content = Buffer.from(/>([^<]*)</.exec(received)?.[1] ?? '', 'base64').toString();
        if (step === 2) {
          header = content;
          const nonce = /r=(.*)$/.exec(content)?.[1];
          const challenge = Buffer.from(`r=${nonce}more,s=QSXCR+Q6sek8bf92,i=4096`).toString('base64');
          return `<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${challenge}</challenge>`;
        }
        return `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=').toString('base64')}</success>`;
      };
    }, good);
    const error = await failed(login(fake.endpoint('direct', { ca: good.cert }), { timeoutMs: 3000 }));
    expect(header).to.match(/^p=tls-exporter,,n=romeo,r=/);
    expect(error.kind).to.equal('authentication');
    expect(error.message).to.match(/signature is wrong/);
  });

  it('goes on without binding where the server refuses a type that it did not name', async () => {
    const failure =
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>Invalid channel binding</text></failure>";
    const tried = async (features: string) => {
      const headers: string[] = [];
      fake = await startFake(() => {
        let step = 0;
        return (received) => {
          if (++step === 1) return opening(features);
          const [, mechanism = '', content = ''] = /mechanism='([^']*)'>([^<]*)</.exec(received) ?? [];
          headers.push(`${mechanism} ${Buffer.from(content, 'base64').toString().split(',')[0]}`);
          return failure;
        };
      }, good);
      await failed(login(fake.endpoint('direct', { ca: good.cert }), { timeoutMs: 3000 }));
      await fake.stop();
      return headers;
    };
    const offer = mechanisms('SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1');
    const named =
      "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding>";
    expect(await tried(offer)).to.deep.equal(['SCRAM-SHA-1-PLUS p=tls-exporter', 'SCRAM-SHA-1 n']);
    expect(await tried(offer + named)).to.deep.equal(['SCRAM-SHA-1-PLUS p=tls-exporter']);
    expect(await tried(mechanisms('SCRAM-SHA-1-PLUS'))).to.deep.equal(['SCRAM-SHA-1-PLUS p=tls-exporter']);
  });

  it('sends y when the server offers no channel binding, n without TLS', async () => {
    const first = async (tls: Endpoint['tls'], ...names: string[]) => {
      let seen = '';
      const certificate = tls === 'direct' ? good : undefined;
      fake = await startFake(() => {
        let step = 0;
        return (received) => {
          if (++step === 1) return opening(mechanisms(...names));
          seen = Buffer.from(/>([^<]*)</.exec(received)?.[1] ?? '', 'base64').toString();
          return "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><temporary-auth-failure/><text>later</text></failure>";
        };
      }, certificate);
      const error = await failed(
        login(fake.endpoint(tls, { ca: good.cert }), { mechanism: 'SCRAM-SHA-1', timeoutMs: 3000 }),
      );
      expect(error.message).to.include('(temporary-auth-failure, "later")');
      await fake.stop();
      return seen.slice(0, 3);
    };
    expect(await first('direct', 'SCRAM-SHA-1')).to.equal('y,,');
    expect(await first('direct', 'SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS')).to.equal('n,,');
    expect(await first('off', 'SCRAM-SHA-1')).to.equal('n,,');
  });

  it('prepares name and password with SASLprep, and refuses what that forbids', async () => {
    let seen = '';
    fake = await startFake(() => {
      let step = 0;
      return (received) => {
        if (++step === 1) return opening(mechanisms('PLAIN'));
        seen = Buffer.from(/>([^<]*)</.exec(received)?.[1] ?? '', 'base64').toString();
        return "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>";
      };
    });
    // RFC 4013 section 3: a soft hyphen goes, a Roman numeral nine becomes letters.
    await failed(login(fake.endpoint('off'), { username: 'I\u00adX', password: '\u2168ü' }));
    expect(seen).to.equal('\0IX\0IXü');
    const forbidden = await failed(login(fake.endpoint('off'), { password: '\u0007' }));
    expect(forbidden.message).to.match(/password given for xmpp\.test holds characters/);
    const empty = await failed(login(fake.endpoint('off'), { password: '' }));
    expect(empty.message).to.match(/password given for xmpp\.test is empty/);
  });

  it('says what a server without a usable mechanism offers', async () => {
    fake = await startFake(says(opening(mechanisms('GSSAPI', 'EXTERNAL'))));
    const error = await failed(login(fake.endpoint('off')));
    expect(error.kind).to.equal('authentication');
    expect(error.message).to.include('GSSAPI, EXTERNAL');
  });

  it('says when nobody may log in without TLS', async () => {
    fake = await startFake(
      says(opening("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>")),
    );
    const error = await failed(login(fake.endpoint('off')));
    expect(error.kind).to.equal('refused');
    expect(error.message).to.include('--tls starttls');
  });

  const success = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";
  const bindFeature = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>";
  const session = (content: string) =>
    `<session xmlns='urn:ietf:params:xml:ns:xmpp-session'>${content}</session>`;
  const bound =
    "<iq type='result' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>romeo@xmpp.test/x</jid></bind></iq>";

  it('establishes a session exactly when it is offered and not optional', async () => {
    for (const [feature, asked] of [
      [session(''), 1],
      [session('<optional/>'), 0],
      ['', 0],
    ] as const) {
      fake = await startFake(
        says(
          opening(mechanisms('PLAIN')),
          success,
          opening(bindFeature + feature),
          `<message><body>early</body></message>${bound}`,
          "<iq type='result' id='session'/>",
        ),
      );
      const entries: WireEntry[] = [];
      const client = await login(fake.endpoint('off'), { record: (entry) => entries.push(entry) });
      expect(client.jid).to.equal('romeo@xmpp.test/x');
      expect((await stanza(client, () => true)).name).to.equal('message');
      expect(
        entries.filter(({ direction, xml }) => direction === 'sent' && xml.includes('<session')),
      ).to.have.length(asked);
      client.cut();
      await fake.stop();
    }
  });

  it('leaves a log-in off where it is told to, with the latest features and replies', async () => {
    for (const [stage, jid, features, replies] of [
      ['secured', '', 'mechanisms', 0],
      ['authenticated', '', 'bind', 0],
      ['bound', 'romeo@xmpp.test/x', 'bind', 1],
    ] as const) {
      fake = await startFake(says(opening(mechanisms('PLAIN')), success, opening(bindFeature), bound));
      const client = await login(fake.endpoint('off'), { stage });
      expect([client.jid, client.isComplete, client.replies.length]).to.deep.equal([jid, false, replies]);
      expect(elements(client.features)[0]?.name).to.equal(features);
      client.cut();
      await fake.stop();
    }
  });

  it('takes a refusal for an answer where a log-in is merely attempted', async () => {
    const refusal = (id: string) =>
      `<iq type='error' id='${id}'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
    for (const [replies, ids] of [
      [[refusal('bind')], ['bind']],
      [
        [bound, refusal('session')],
        ['bind', 'session'],
      ],
    ] as const) {
      fake = await startFake(
        says(
          opening(mechanisms('PLAIN')),
          success,
          opening(bindFeature + session('<optional/>')),
          ...replies,
        ),
      );
      const client = await login(fake.endpoint('off'), { stage: 'attempted' });
      expect(client.isComplete).to.equal(false);
      expect(client.replies.map(({ attrs }) => attrs.id)).to.deep.equal(ids);
      client.cut();
      await fake.stop();
    }
  });

  it('tells a stream error, the closing tag and the end of the connection apart', async () => {
    const conflict = "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    for (const [last, ends, closed] of [
      [conflict, false, []],
      [`${conflict}</stream:stream>`, false, ['stream']],
      [`${conflict}</stream:stream>`, true, ['stream', 'connection']],
      ['', true, ['connection']],
    ] as const) {
      fake = await startFake((_number, socket) => {
        const left = [opening(mechanisms('PLAIN')), success, opening(bindFeature), bound];
        let isSaid = false;
        return () => {
          const reply = left.shift();
          if (reply !== undefined) return reply;
          if (last !== '' && !isSaid) socket.write(last);
          isSaid = true;
          if (ends) socket.end();
          return undefined;
        };
      });
      const client = await login(fake.endpoint('off'));
      const seen: string[] = [];
      const told: string[] = [];
      client.onClosing((what) => seen.push(what));
      client.onStanza(({ name }) => told.push(name));
      client.send('<presence/>');
      await ended(client);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(seen).to.deep.equal(closed);
      expect(told).to.deep.equal(last === '' ? [] : ['error']);
      client.cut();
      await fake.stop();
    }
  });

  it('says why binding was refused', async () => {
    fake = await startFake(
      says(
        opening(mechanisms('PLAIN')),
        success,
        opening(bindFeature),
        "<iq type='error' id='bind'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
      ),
    );
    const error = await failed(login(fake.endpoint('off'), { resource: 'orchard' }));
    expect(error.kind).to.equal('refused');
    expect(error.message).to.match(/binding the resource orchard .*resource-constraint/);
  });

  it('repeats a log-in that an internal error of the server ended, and says so in the transcript', async () => {
    const streamError =
      "<stream:error><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
    const bindError =
      "<iq type='error' id='bind'><error type='wait'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>";
    fake = await startFake((number) => {
      const left = [
        opening(mechanisms('PLAIN')),
        number === 1 ? streamError : success,
        opening(bindFeature),
        number === 2 ? bindError : bound,
      ];
      return () => left.shift();
    });
    const notes: string[] = [];
    const client = await login(fake.endpoint('off'), {
      timeoutMs: 3000,
      record: ({ kind, xml }) => {
        if (kind === 'note') notes.push(xml);
      },
    });
    expect(client.jid).to.equal('romeo@xmpp.test/x');
    expect(fake.connections()).to.equal(3);
    expect(notes.filter((note) => /internal-server-error.*attempt [23] of/.test(note))).to.have.length(2);
    client.cut();
  });

  it('does not repeat a log-in for ever, nor one that failed otherwise', async () => {
    for (const [condition, attempts] of [
      ['internal-server-error', 9],
      ['policy-violation', 1],
    ] as const) {
      fake = await startFake(
        says(
          opening(mechanisms('PLAIN')),
          `<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`,
        ),
      );
      const error = await failed(login(fake.endpoint('off'), { timeoutMs: 5000 }));
      expect(error.message).to.include(condition);
      expect(fake.connections()).to.equal(attempts);
      await fake.stop();
    }
  });

  it('reports a lost connection and XML that breaks off as the end, with the bytes recorded', async () => {
    for (const [last, kind, entry] of [
      ['', 'lost', 'it dropped the connection'],
      ['<message><!-- x --></message>', 'error', '<message><!-- x --></message>'],
    ] as const) {
      fake = await startFake((_number, socket) => {
        const left = [opening(mechanisms('PLAIN')), success, opening(bindFeature), bound];
        return () => {
          const reply = left.shift();
          if (reply !== undefined) return reply;
          socket.end(last);
          return undefined;
        };
      });
      const entries: WireEntry[] = [];
      const client = await login(fake.endpoint('off'), { record: (item) => entries.push(item) });
      client.send('<presence/>');
      expect((await ended(client)).kind).to.equal(kind);
      expect(entries.map(({ xml }) => xml)).to.include(entry);
      await fake.stop();
    }
  });

  it('does not wait for ever for a farewell', async () => {
    fake = await startFake(says(opening(mechanisms('PLAIN')), success, opening(bindFeature), bound));
    const client = await login(fake.endpoint('off'));
    const before = performance.now();
    await client.close();
    expect(performance.now() - before).to.be.within(290, 1500);
    expect((await ended(client)).kind).to.equal('lost');
  });

  it('names the other host of a redirection', async () => {
    fake = await startFake(
      says(
        `${opening(mechanisms('PLAIN'))}<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>im2.xmpp.test:5299</see-other-host></stream:error></stream:stream>`,
      ),
    );
    const error = await failed(login(fake.endpoint('off')));
    expect(error.kind).to.equal('refused');
    expect(error.message).to.include('im2.xmpp.test:5299');
  });
});
