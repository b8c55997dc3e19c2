import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { automaticReply } from '../../party/party.js';
import { type Element, NS, serialize } from '../element.js';
import { failed } from '../failed.support.test.js';
import type { StreamEnd } from '../failure.js';
import { type FakeServer, startFake } from '../fake-server.support.test.js';
import { type RemoteServer, type RemoteServerOptions, startRemoteServer } from './remote-server.js';

const ignore = () => {};
const LOOPBACK = { host: '127.0.0.1', port: 0 };

/** Ends what a test has started. */
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function server(domain: string, more: Partial<RemoteServerOptions> = {}): Promise<RemoteServer> {
  const started = await startRemoteServer({ domain, listen: LOOPBACK, record: ignore, ...more });
  cleanups.push(() => started.close());
  return started;
}

/** Federates two, each with the other, and answers what either is asked. */
async function federated() {
  const [left, right] = await Promise.all([server('left.test'), server('right.test')]);
  const got: Record<'left' | 'right', Element[]> = { left: [], right: [] };
  const ends: { end: StreamEnd; concerns: (jid: string) => boolean }[] = [];
  let wake: () => void = () => {};
  const receive = (own: RemoteServer, name: 'left' | 'right') => {
    own.onStanza((stanza) => {
      const reply = automaticReply(stanza);
      if (reply !== undefined) own.send(serialize(reply, NS.client));
      else got[name].push(stanza);
      wake();
    });
    own.onEnd((end, concerns) => {
      ends.push({ end, concerns });
      wake();
    });
  };
  receive(left, 'left');
  receive(right, 'right');
  const isSecured = await Promise.all([meet(left, right), meet(right, left)]);
  /** Waits for something to arrive until it holds. */
  const until = async (holds: () => boolean) => {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { left, right, got, ends, until, isSecured };
}

function meet(own: RemoteServer, other: RemoteServer): Promise<boolean> {
  const endpoint = { ...other.address, insecure: true };
  return own.federate({ domain: other.domain, endpoint, timeoutMs: 3000 });
}

const message = (from: string, to: string, id: string) => `<message from='${from}' to='${to}' id='${id}'/>`;

describe('RemoteServer with a server of good will', () => {
  it('federates both ways over TLS, and gives the stanzas on in order', async () => {
    const { left, right, got, until, isSecured } = await federated();
    expect(isSecured).to.deep.equal([true, true]);
    const ids = Array.from({ length: 50 }, (_, index) => `m${index}`);
    for (const id of ids) left.send(message('a@left.test', 'b@right.test/x', id));
    right.send(message('b@right.test', 'a@left.test', 'back'));
    await until(() => got.right.length === ids.length && got.left.length === 1);
    expect(got.right.map(({ attrs }) => attrs.id)).to.deep.equal(ids);
    expect(got.left[0]?.attrs).to.deep.equal({ from: 'b@right.test', to: 'a@left.test', id: 'back' });
  });

  it('speaks for the domains below its own, each proved by itself, and reaches those of the other', async () => {
    const { left, got, until } = await federated();
    left.send(message('rooms.left.test', 'b@right.test', 'from below'));
    left.send(message('a@left.test', 'chat.right.test', 'to below'));
    await until(() => got.right.length === 2);
    expect(got.right.map(({ attrs }) => attrs.id)).to.have.members(['from below', 'to below']);
  });

  it('opens a stream again that has ended, keeps the order, and tells whom the end concerns', async () => {
    const { left, right, got, ends, until } = await federated();
    left.send(message('a@left.test', 'b@right.test', 'before'));
    await until(() => got.right.length === 1);
    // No receiving server takes this, which ends the stream.
    left.send("<message from='mallory@elsewhere.test' to='b@right.test'/>");
    await until(() => ends.some(({ concerns }) => concerns('a@left.test') && !concerns('nobody@left.test')));
    for (const id of ['1', '2', '3']) left.send(message('a@left.test', 'b@right.test', id));
    await until(() => got.right.length === 4);
    expect(got.right.map(({ attrs }) => attrs.id)).to.deep.equal(['before', '1', '2', '3']);
    const [first] = ends.filter(({ concerns }) => !concerns('nobody@left.test'));
    expect(first?.end.streamError).to.equal('invalid-from');
    expect(right.domain).to.equal('right.test');
  });

  it('tells that what it could not send is lost', async () => {
    const { left, right, ends, until } = await federated();
    await right.close();
    await until(() => ends.length > 0);
    ends.length = 0;
    left.send(message('a@left.test', 'b@right.test', 'lost'));
    left.send(message('c@left.test', 'b@right.test', 'lost too'));
    await until(() => ends.length > 0);
    const [{ end, concerns } = { end: undefined, concerns: () => false }] = ends;
    expect(end?.message).to.match(/^what waited could not be sent: 127\.0\.0\.1:\d+ refuses connections/);
    expect(['a@left.test', 'c@left.test', 'd@left.test'].map(concerns)).to.deep.equal([true, true, false]);
  });

  it('refuses a certificate that nobody vouches for, unless it is told not to', async () => {
    const [left, right] = await Promise.all([server('left.test'), server('right.test')]);
    const endpoint = { ...right.address, insecure: false };
    const error = await failed(left.federate({ domain: 'right.test', endpoint, timeoutMs: 3000 }));
    expect(error.kind).to.equal('certificate');
    expect(error.message).to.match(
      /^The certificate of .* for right\.test .*: give its CA with --ca, or --insecure/,
    );
  });
});

describe('RemoteServer with servers that fail', () => {
  const header =
    "<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' id='77' from='right.test' version='1.0'>";
  const plain = `${header}<stream:features/>`;
  let fake: FakeServer | undefined;
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
  });

  const federate = async (port: number, more: Partial<RemoteServerOptions> = {}) => {
    const own = await server('left.test', more);
    const endpoint = { host: '127.0.0.1', port, insecure: true };
    const error = await failed(own.federate({ domain: 'right.test', endpoint, timeoutMs: 200 }));
    expect(error.message).to.match(/^[^\n]+[^.]\.$/);
    return { error, own };
  };
  /** A server that answers the header, and then the key. */
  const answering = async (answer: (received: string, socket: Socket) => string | undefined) => {
    fake = await startFake(() => {
      let step = 0;
      return (received, socket) => (++step === 1 ? plain : answer(received, socket));
    });
    return fake.port;
  };
  const result = (rest: string) => `<db:result from='right.test' to='left.test' ${rest}`;

  it('says where nothing listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    await new Promise((resolve) => closed.close(resolve));
    const { error } = await federate(typeof address === 'object' ? (address?.port ?? 0) : 0);
    expect(error.kind).to.equal('unreachable');
    expect(error.message).to.include('refuses connections');
  });

  it('gives up on a server that says nothing', async () => {
    fake = await startFake(() => () => undefined);
    const { error } = await federate(fake.port);
    expect(error.kind).to.equal('timeout');
    expect(error.message).to.include('did not send a stream header within 200 ms');
  });

  it('says what it found where no server for servers is', async () => {
    fake = await startFake(() => () => 'SSH-2.0-OpenSSH_9.6\r\n');
    const { error } = await federate(fake.port);
    expect(error.kind).to.equal('stream');
    expect(error.message).to.include('check that --s2s names its port for servers');
    await fake.stop();
    fake = await startFake(() => () => header.replace("id='77' ", ''));
    expect((await federate(fake.port)).error.message).to.include('no id');
  });

  it('tells a reset, an unknown domain and TLS that fails', async () => {
    fake = await startFake((_number, socket) => () => {
      socket.resetAndDestroy();
      return undefined;
    });
    expect((await federate(fake.port)).error.kind).to.equal('stream');
    await fake.stop();
    const unknown = `<stream:error><host-unknown xmlns='${NS.streamErrors}'/></stream:error></stream:stream>`;
    fake = await startFake(() => () => `${header}${unknown}`);
    expect((await federate(fake.port)).error.kind).to.equal('not-served');
    await fake.stop();
    const offered = `${header}<stream:features><starttls xmlns='${NS.tls}'/></stream:features>`;
    fake = await startFake(() => {
      const left = [offered, `<proceed xmlns='${NS.tls}'/>`, 'no TLS at all'];
      return () => left.shift();
    });
    expect((await federate(fake.port)).error.kind).to.equal('no-tls');
  });

  it('tells a key that is refused, and why it could not be checked', async () => {
    const invalid = await federate(await answering(() => result("type='invalid'/>")));
    expect(invalid.error.kind).to.equal('refused');
    expect(invalid.error.message).to.include(
      'does not accept left.test for right.test (dialback says invalid)',
    );
    await fake?.stop();
    const condition = `<remote-server-not-found xmlns='${NS.stanzaErrors}'/>`;
    const unfound = await federate(
      await answering(() => result(`type='error'><error type='cancel'>${condition}</error></db:result>`)),
    );
    expect(unfound.error.message).to.include('dialback says remote-server-not-found');
    await fake?.stop();
    const ended = await federate(
      await answering((_received, socket) => {
        socket.end('</stream:stream>');
        return undefined;
      }),
    );
    expect(ended.error.message).to.include('(it closed the stream)');
  });

  it('takes no answer for another pair of domains', async () => {
    const { error } = await federate(
      await answering(() => "<db:result from='right.test' to='other.test' type='valid'/>"),
    );
    expect(error.kind).to.equal('timeout');
  });

  it('says how far a server got that never answers the key', async () => {
    const nowhere = await federate(await answering(() => undefined));
    expect(nowhere.error.message).to.match(
      /did not connect to .*_xmpp-server\._tcp\.left\.test, or give --dns/,
    );
    await fake?.stop();
    const at = '127.0.0.1:5353';
    const unasked = await federate(await answering(() => undefined), {
      names: { at, wasAsked: () => false },
    });
    expect(unasked.error.message).to.include(`did not ask the DNS responder at ${at} for left.test`);
    await fake?.stop();
    const asked = await federate(await answering(() => undefined), { names: { at, wasAsked: () => true } });
    expect(asked.error.message).to.include('check that it can reach that address');
  });

  it('says that no answer came back, with what hindered the way back', async () => {
    const { error } = await federate(
      await answering((text) => (text.includes('<iq') ? undefined : result("type='valid'/>"))),
    );
    expect(error.kind).to.equal('timeout');
    expect(error.message).to.match(
      /takes stanzas from left\.test, but no answer came to 127\.0\.0\.1:\d+ within 200 ms/,
    );
  });

  it('says that an address can not be listened on', async () => {
    const first = await server('left.test');
    const error = await failed(
      startRemoteServer({ domain: 'left.test', listen: first.address, record: ignore }),
    );
    expect(error.kind).to.equal('listen');
    expect(error.message).to.match(
      /^Nothing can listen on .* \(it is taken\): give another address with --s2s-listen\.$/,
    );
  });
});

describe('RemoteServer as the server that is connected to', () => {
  /** A peer that sends text as it stands and reads what comes. */
  async function peer(own: RemoteServer) {
    const socket = connect(own.address.port, '127.0.0.1');
    cleanups.push(async () => socket.destroy());
    let received = '';
    let wake: () => void = () => {};
    socket.on('data', (bytes) => {
      received += bytes.toString();
      wake();
    });
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    const until = async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(received)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return received;
    };
    return { socket, until, closed, received: () => received };
  }
  const open = (version = " version='1.0'") =>
    `<stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' xmlns:stream='${NS.streams}' from='right.test' to='left.test'${version}>`;
  const key = (to: string) => `<db:result from='right.test' to='${to}'>abc</db:result>`;

  it('offers TLS and dialback with errors, and neither to a server from before XMPP 1.0', async () => {
    const own = await server('left.test');
    const modern = await peer(own);
    modern.socket.write(open());
    const features = await modern.until(/<\/stream:features>/);
    expect(features).to.match(/ id='[0-9a-f]{16}' from='left\.test' to='right\.test' version='1\.0'>/);
    expect(features)
      .to.include('<starttls')
      .and.to.include("<dialback xmlns='urn:xmpp:features:dialback'><errors/>");
    const old = await peer(own);
    old.socket.write(open(''));
    old.socket.write("<db:verify from='right.test' to='left.test' id='x'>no key</db:verify>");
    const answered = await old.until(/<db:verify/);
    expect(answered).not.to.include('features').and.not.to.include("version='1.0'>");
    expect(answered).to.include("<db:verify from='left.test' to='right.test' id='x' type='invalid'>");
  });

  it('knows no other domain than its own, and says so without ending the stream', async () => {
    const { socket, until } = await peer(await server('left.test'));
    socket.write(open());
    socket.write(`<db:verify from='right.test' to='other.test' id='x'>abc</db:verify>${key('other.test')}`);
    const answered = await until(/<db:result/);
    expect(answered.match(/type='error'><error type='cancel'><item-not-found/g)).to.have.length(2);
    expect(answered).not.to.include('</stream:stream>');
  });

  it('asks the server whose domain it is before it takes anything', async () => {
    const own = await server('left.test');
    const verifying = await startFake(() => {
      let step = 0;
      return (received) => {
        if (++step === 1)
          return open().replace('<stream:stream', "<stream:stream id='9'").concat('<stream:features/>');
        const id = /id='([^']*)'/.exec(received)?.[1] ?? '';
        return `<db:verify from='right.test' to='left.test' id='${id}' type='invalid'/>`;
      };
    });
    cleanups.push(() => verifying.stop());
    const endpoint = { host: '127.0.0.1', port: verifying.port, insecure: true };
    // It will not be answered: only where the other server is to be asked matters here.
    const federating = failed(own.federate({ domain: 'right.test', endpoint, timeoutMs: 300 }));
    const { socket, until } = await peer(own);
    socket.write(`${open()}${key('left.test')}`);
    const answered = await until(/<\/stream:stream>/);
    expect(answered).to.include("<db:result from='left.test' to='right.test' type='invalid'>");
    await federating;
  });

  it('takes no stanza that is not proved, nor one without addresses', async () => {
    const own = await server('left.test');
    const taken: Element[] = [];
    own.onStanza((stanza) => taken.push(stanza));
    for (const [stanza, condition] of [
      ["<message from='a@right.test' to='b@left.test'/>", 'invalid-from'],
      ["<message from='a@right.test'/>", 'improper-addressing'],
    ]) {
      const { socket, until } = await peer(own);
      socket.write(`${open()}${stanza}${stanza}`);
      const told = await until(new RegExp(`<stream:error><${condition} .*</stream:stream>`));
      expect(told.match(/<stream:error>/g)).to.have.length(1);
    }
    expect(taken).to.deep.equal([]);
  });

  it('survives garbage, floods, resets and TLS that goes wrong', async () => {
    const own = await server('left.test');
    for (const bytes of [
      '\x16\x03\x01\x02',
      '<',
      'GET / HTTP/1.1\r\n\r\n',
      `${open()}<db:result>`,
      '\xff\xfe\x00',
    ]) {
      const { socket } = await peer(own);
      socket.write(Buffer.from(bytes, 'latin1'));
      await once(socket, 'connect').catch(() => undefined);
      socket.resetAndDestroy();
    }
    const flooding = await peer(own);
    flooding.socket.write(`${open()}<message to='${'x'.repeat(2_000_000)}`);
    await flooding.closed;
    const tls = await peer(own);
    tls.socket.write(`${open()}<starttls xmlns='${NS.tls}'/>`);
    await tls.until(/<proceed/);
    tls.socket.write('no handshake');
    await tls.closed;
    const well = await peer(own);
    well.socket.write(open());
    await well.until(/<\/stream:features>/);
  });

  it('drops a peer that says nothing, or no more in the middle', async () => {
    const own = await server('left.test');
    const silent = await startFake(() => () => undefined);
    cleanups.push(() => silent.stop());
    const endpoint = { host: '127.0.0.1', port: silent.port, insecure: true };
    await failed(own.federate({ domain: 'right.test', endpoint, timeoutMs: 100 }));
    for (const bytes of ['', open(), `${open()}<starttls xmlns='${NS.tls}'/>`]) {
      const { socket, closed } = await peer(own);
      socket.write(bytes);
      await closed;
    }
  });

  it('ends with its streams open, at once', async () => {
    const own = await startRemoteServer({ domain: 'left.test', listen: LOOPBACK, record: ignore });
    const { socket, until, closed } = await peer(own);
    socket.write(open());
    await until(/<\/stream:features>/);
    await Promise.all([own.close(), closed]);
  });
});

describe('RemoteServer with streams for both directions', () => {
  /** Two that could, the second of which has only been met; what came to each, in order. */
  async function pair(wants: { left: boolean; right: boolean }) {
    const [left, right] = await Promise.all([
      server('left.test', { wantsBidi: wants.left }),
      server('right.test', { wantsBidi: wants.right }),
    ]);
    const got: Record<string, Element[]> = {};
    let wake: () => void = () => {};
    for (const own of [left, right]) {
      const mine: Element[] = [];
      got[own.domain] = mine;
      own.onStanza((stanza) => {
        const reply = automaticReply(stanza);
        if (reply === undefined) mine.push(stanza);
        else own.send(serialize(reply, NS.client));
        wake();
      });
    }
    right.meet({ domain: 'left.test', endpoint: { ...left.address, insecure: true }, timeoutMs: 3000 });
    await meet(left, right);
    const arrived = async (domain: string, id: string) => {
      while (!got[domain]?.some(({ attrs }) => attrs.id === id)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return { left, right, got, arrived };
  }

  it('uses one stream both ways, whoever has opened it', async () => {
    const { left, right, arrived } = await pair({ left: true, right: true });
    expect([left.hasBidi, right.hasBidi]).to.deep.equal([true, true]);
    right.send(message('b@right.test', 'a@left.test', 'back'));
    await arrived('left.test', 'back');
    left.send(message('a@left.test', 'b@right.test', 'there'));
    await arrived('right.test', 'there');
  });

  it('uses one stream for each direction where either does not want that', async () => {
    for (const wants of [
      { left: true, right: false },
      { left: false, right: true },
    ]) {
      const { left, right, arrived } = await pair(wants);
      expect([left.hasBidi, right.hasBidi]).to.deep.equal([false, false]);
      right.send(message('b@right.test', 'a@left.test', 'back'));
      await arrived('left.test', 'back');
    }
  });

  it('takes over its own stream only what the other server may send on it', async () => {
    const { left, right, arrived, got } = await pair({ left: true, right: true });
    const ended = new Promise<StreamEnd>((resolve) => left.onEnd(resolve));
    const told = new Promise<StreamEnd>((resolve) => right.onEnd(resolve));
    right.send(message('a@elsewhere.test', 'a@left.test', 'forged'));
    expect((await ended).message).to.include('was answered invalid-from');
    expect(got['left.test']).to.deep.equal([]);
    expect((await told).streamError).to.equal('invalid-from');
    right.send(message('b@right.test', 'a@left.test', 'again'));
    await arrived('left.test', 'again');
  });

  it('opens another stream when that has ended', async () => {
    const { left, right, arrived } = await pair({ left: true, right: true });
    await left.goes('refusing');
    await left.goes('up');
    expect([left.hasBidi, right.hasBidi]).to.deep.equal([false, false]);
    right.send(message('b@right.test', 'a@left.test', 'back'));
    await arrived('left.test', 'back');
    left.send(message('a@left.test', 'b@right.test', 'there'));
    await arrived('right.test', 'there');
  });
});
