import { expect } from 'chai';
import { registerProvisioner } from '../accounts/register.js';
import { openClient } from './client.js';
import { type ComponentOptions, openComponent } from './component.js';
import type { Element } from './element.js';
import { failed } from './failed.support.test.js';
import { type FakeServer, startFake } from './fake-server.support.test.js';
import { type Prosody, prosodyMissing, startProsody } from './prosody.support.test.js';
import type { XmppConnection } from './stream.js';
import type { WireEntry } from './transcript.js';

const ignore = () => {};

function message(connection: XmppConnection): Promise<Element> {
  return new Promise((resolve) => {
    connection.onStanza((element) => {
      if (element.name === 'message') resolve(element);
    });
  });
}

describe('openComponent against Prosody', () => {
  let prosody: Prosody;

  before(async function () {
    if (prosodyMissing() !== '') {
      console.log(`      skipped: ${prosodyMissing()}`);
      this.skip();
    }
    prosody = await startProsody();
  });
  after(async () => {
    await prosody?.stop();
  });

  const connect = (more: Partial<ComponentOptions> = {}) =>
    openComponent({ host: '127.0.0.1', ...prosody.component, timeoutMs: 3000, record: ignore, ...more });

  it('exchanges stanzas with a user, both ways', async () => {
    const context = { endpoint: prosody.endpoint, domain: prosody.domain, timeoutMs: 5000, record: ignore };
    const accounts = registerProvisioner(context);
    const romeo = await accounts.acquire('romeo');
    await accounts.close();
    const entries: WireEntry[] = [];
    const component = await connect({ record: (entry) => entries.push(entry) });
    const client = await openClient({ ...context, ...romeo });
    client.send("<message to='juliet@contact.test'><body>there</body></message>");
    expect((await message(component)).attrs.from).to.equal(client.jid);
    component.send(`<message from='juliet@contact.test' to='${client.jid}'><body>back</body></message>`);
    expect((await message(client)).attrs.from).to.equal('juliet@contact.test');
    expect(entries.filter(({ kind }) => kind === 'stanza').map(({ direction }) => direction)).to.eql([
      'received',
      'sent',
    ]);
    await Promise.all([client.close(), component.close()]);
  });

  it('tells a wrong secret, an unknown domain and a second connection apart', async () => {
    const secret = await failed(connect({ secret: 'wrong' }));
    expect(secret.kind).to.equal('authentication');
    expect(secret.message).to.include('secret of the component contact.test');
    const unknown = await failed(connect({ domain: 'other.test' }));

    expect(unknown.kind).to.equal('not-served');
    expect(unknown.message).to.include('knows no component other.test');
    const first = await connect();
    const second = await failed(connect());
    expect(second.kind).to.equal('refused');
    expect(second.message).to.include('stop the other one');
    await first.close();
  });
});

describe('openComponent against servers that fail', () => {
  let fake: FakeServer | undefined;
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
  });

  const connect = (port: number) =>
    openComponent({ host: '127.0.0.1', port, domain: 'c.test', secret: 's', timeoutMs: 300, record: ignore });
  const header =
    "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='9' from='c.test'>";

  it('takes a connection that is closed on the handshake for a refusal', async () => {
    fake = await startFake((_number, socket) => {
      let step = 0;
      return () => {
        if (++step === 1) return header;
        socket.end();
        return undefined;
      };
    });
    const error = await failed(connect(fake.port));
    expect(error.kind).to.equal('refused');
    expect(error.message).to.include('check domain and secret');
  });

  it('gives up when the handshake is not answered', async () => {
    fake = await startFake(() => {
      const left = [header];
      return () => left.shift();
    });
    const error = await failed(connect(fake.port));
    expect(error.kind).to.equal('timeout');
    expect(error.message).to.include('an answer to the handshake');
  });

  it('sends the digest of stream id and secret (XEP-0114 section 3)', async () => {
    let digest = '';
    fake = await startFake(() => {
      let step = 0;
      return (received) => {
        if (++step === 1) return header;
        digest = received;
        return '<handshake/>';
      };
    });
    const component = await connect(fake.port);
    // SHA-1 of "9s"
    expect(digest).to.equal('<handshake>f2ad7e1cfab50a58e799a43bebf3712489f1918c</handshake>');
    component.cut();
  });
});
