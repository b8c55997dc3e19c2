import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { NS } from '../../wire/element.js';
import type { RawClient } from '../raw-client.support.test.js';
import type { Reference } from '../server.js';
import type { RawPeer } from './raw-peer.support.test.js';
import type { Resolve } from './resolve.js';
import { AWAY, conditionOf, HOME, hasId, Stage } from './stage.support.test.js';

const JULIET = `juliet@${AWAY}`;
/** Milliseconds where running into the time-out is the point. */
const SHORT = 60;
/** Where a sound exchange must be done by then, but another that rests on it is waited for. */
const FAIR = 500;
/** Where nothing rests on it. */
const LONG = 5_000;
const HEADER = `<stream:stream xmlns='${NS.server}' xmlns:db='${NS.dialback}' xmlns:stream='${NS.streams}'`;

describe('hostile servers', () => {
  let stage: Stage;
  const listeners: { server: Server; sockets: Set<Socket> }[] = [];
  afterEach(async () => {
    await stage.end();
    for (const { server, sockets } of listeners.splice(0)) {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  /** A server that does as told with each connection. */
  async function listen(serve: (socket: Socket) => void): Promise<Resolve> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('data', () => {});
      serve(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    listeners.push({ server, sockets });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return () => Promise.resolve([{ host: '127.0.0.1', port }]);
  }

  /** The error for a message to the server, and for one after it: nothing of the first attempt is in the way. */
  async function bounces(romeo: RawClient): Promise<string[]> {
    const conditions: string[] = [];
    for (const id of ['m1', 'm2']) {
      romeo.send(`<message to='${JULIET}' id='${id}'><body>Hist!</body></message>`);
      conditions.push(conditionOf(await romeo.next(hasId(id))));
    }
    return conditions;
  }

  const ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
    'say nothing': () => {},
    'reset the connection': (socket) => socket.resetAndDestroy(),
    'end the connection': (socket) => socket.end(),
    'send what is no XML': (socket) => socket.end('\u0000\u0001 220 mail.test ESMTP <<<'),
    'send no text at all': (socket) => socket.write(Buffer.from([0xff, 0xfe, 0x16, 0x03, 0x01, 0x00])),
    'send a header without end': (socket) => {
      const more = () => {
        if (socket.writable) socket.write(` a${Math.random()}='${'x'.repeat(50_000)}'`, more);
      };
      socket.write(HEADER, more);
    },
    'send a header of another namespace': (socket) =>
      socket.write(HEADER.replace(NS.server, NS.client).concat(` id='1'>`)),
    'send a header without id': (socket) => socket.write(`${HEADER} version='1.0'>`),
    'send a header and no features': (socket) => socket.write(`${HEADER} id='1' version='1.0'>`),
    'never answer the key': (socket) => socket.write(`${HEADER} id='1'>`),
    'answer for others': (socket) =>
      socket.write(`${HEADER} id='1'><db:result from='else.test' to='${HOME}' type='valid'/>`),
    'answer with a key of their own': (socket) =>
      socket.write(`${HEADER} id='1'><db:result from='${AWAY}' to='${HOME}'>mine</db:result>`),
    'send a stream error': (socket) =>
      socket.write(
        `${HEADER} id='1' version='1.0'><stream:error><host-unknown xmlns='${NS.streamErrors}'/></stream:error>`,
      ),
    'promise TLS and speak none': (socket) => {
      socket.write(
        `${HEADER} id='1' version='1.0'><stream:features><starttls xmlns='${NS.tls}'/></stream:features>`,
      );
      socket.once('data', () => socket.write(`<proceed xmlns='${NS.tls}'/>no TLS at all`));
    },
    'send stanzas where they were not asked': (socket) =>
      socket.write(
        `${HEADER} id='1'><message xmlns='${NS.server}' from='${JULIET}' to='romeo@${HOME}/orchard' id='bad'/>`,
      ),
  };
  for (const [what, serve] of Object.entries(ANSWERS)) {
    it(`that ${what} cost a time-out, and the user hears of it`, async () => {
      stage = new Stage('rfc6121', [], SHORT);
      const server = await stage.server(await listen(serve));
      const romeo = await stage.romeo(server);
      const timeout = 'remote-server-timeout';
      expect(await bounces(romeo)).to.deep.equal([timeout, timeout]);
      expect((await romeo.settled()).filter(hasId('bad'))).to.deep.equal([]);
    });
  }

  it('that hang while a key is verified are waited for no longer than others', async () => {
    stage = new Stage('rfc6121', [], FAIR);
    const peer = await stage.peer();
    const server = await stage.server(await listen(() => {}));
    const stream = await peer.dial(server);
    expect(conditionOf(await peer.prove(stream, AWAY, HOME))).to.equal('remote-server-timeout');
  });

  it('that ask for more and more domains are stopped', async () => {
    stage = new Stage('rfc6121');
    const peer = await stage.peer();
    const connections: Socket[] = [];
    const server = await stage.server(await listen((socket) => connections.push(socket)));
    const stream = await peer.dial(server);
    const keys = Array.from(
      { length: 40 },
      (_, index) => `<db:result from='d${index}.test' to='${HOME}'>k</db:result>`,
    );
    stream.send(keys.join(''));
    const refused = await stream.next(({ attrs }) => attrs.to === 'd39.test');
    expect(conditionOf(refused)).to.equal('resource-constraint');
    expect(connections.length).to.be.at.most(20);
  });

  it('that answer another question are not believed', async () => {
    for (const wrong of [`id='other'`, `from='else.test'`, `to='else.test'`]) {
      for (const mode of ['rfc3921', 'rfc6121'] as const) {
        stage = new Stage(mode, [], FAIR);
        const { peer, server } = await stage.both({
          verify: ({ attrs }) => {
            const [name] = wrong.split('=');
            const right = [`from='${attrs.to}'`, `to='${attrs.from}'`, `id='${attrs.id}'`];
            const answer = right.map((attr) => (attr.startsWith(`${name}=`) ? wrong : attr));
            return `<db:verify ${answer.join(' ')} type='valid'/>`;
          },
        });
        const answer = await peer.prove(await peer.dial(server), AWAY, HOME);
        const expected = mode === 'rfc3921' ? 'remote-connection-failed' : 'remote-server-timeout';
        expect(conditionOf(answer), `${wrong} ${mode}`).to.equal(expected);
        await stage.end();
      }
    }
  });

  describe('that connect', () => {
    /** Connects, and collects what the server says until it ends the connection. */
    async function said(server: Reference, text: string | Buffer): Promise<string> {
      const socket = connect({ port: server.s2sPort ?? 0, host: server.host });
      let answer = '';
      socket.on('data', (data: Buffer) => {
        answer += data.toString();
      });
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(text);
      await once(socket, 'close');
      return answer;
    }

    /** Whether servers of good will are still served. */
    async function serves(peer: RawPeer, server: Reference): Promise<void> {
      (await peer.proved(server)).cut();
    }

    const WORDS: Readonly<Record<string, readonly [string | Buffer, RegExp]>> = {
      'send what is no XML': ['EHLO mail.test\r\n', /not-well-formed/],
      'send no text at all': [
        Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0xff, 0xff]),
        /unsupported-encoding|not-well-formed/,
      ],
      'send a header without end': [`${HEADER} a='${'x'.repeat(1 << 21)}`, /policy-violation/],
      'send an element without end': [`${HEADER}><db:result>${'x'.repeat(1 << 21)}`, /policy-violation/],
      'nest without end': [`${HEADER}>${'<a>'.repeat(2_000)}`, /policy-violation/],
      'declare entities': [`<!DOCTYPE x [<!ENTITY a "b">]>${HEADER}>`, /restricted-xml/],
      'speak another protocol': [HEADER.replace(NS.server, NS.client).concat(`>`), /invalid-namespace/],
      'declare another dialback': [HEADER.replace(NS.dialback, 'urn:x').concat(`>`), /invalid-namespace/],
      'send an element of their own': [`${HEADER}><surprise xmlns='urn:x'/>`, /unsupported-stanza-type/],
      'send a key for nobody': [`${HEADER}><db:result>key</db:result>`, /improper-addressing/],
      'ask about nobody': [`${HEADER}><db:verify id='1'>key</db:verify>`, /improper-addressing/],
      'close at once': [`${HEADER}></stream:stream>`, /<\/stream:stream>$/],
    };
    for (const [what, [text, expected]] of Object.entries(WORDS)) {
      it(`and ${what} are sent away`, async () => {
        stage = new Stage('rfc6121', [], LONG);
        const { peer, server } = await stage.both();
        expect(await said(server, text)).to.match(expected);
        await serves(peer, server);
      });
    }

    it('and say nothing are sent away', async () => {
      stage = new Stage('rfc6121', [], SHORT);
      expect(await said(await stage.server(() => Promise.resolve([])), '')).to.match(/connection-timeout/);
    });

    it('and start TLS and speak none are sent away, and what they say in the clear is not heard', async () => {
      stage = new Stage('rfc6121', [], SHORT);
      const text = `${HEADER} version='1.0'><starttls xmlns='${NS.tls}'/><db:verify from='a.test' to='${HOME}' id='1'/>`;
      const answer = await said(await stage.server(() => Promise.resolve([])), text);
      expect(answer)
        .to.match(/proceed/)
        .and.not.to.match(/db:verify/);
    });

    it('and leave while their key is verified cost nothing', async () => {
      stage = new Stage('rfc6121');
      const { peer, server } = await stage.both();
      for (let turn = 0; turn < 5; turn += 1) {
        const stream = await peer.dial(server);
        stream.send(`<db:result from='${AWAY}' to='${HOME}'>key</db:result>`);
        stream.socket.resetAndDestroy();
      }
      await serves(peer, server);
    });

    it('and send whatever they like do not bring the server down', async () => {
      stage = new Stage('rfc6121', [], FAIR);
      const { peer, server } = await stage.both();
      const part = fc.constantFrom(
        `${HEADER} from='${AWAY}' to='${HOME}' version='1.0'>`,
        `<db:result from='${AWAY}' to='${HOME}'>k</db:result>`,
        `<db:result from='${AWAY}' to='${HOME}' type='valid'/>`,
        `<db:verify from='${AWAY}' to='${HOME}' id='1' type='error'><error/></db:verify>`,
        `<db:verify from='${AWAY}' to='${HOME}' id='1'>k</db:verify>`,
        `<message from='${JULIET}' to='romeo@${HOME}'/>`,
        `<iq from='${JULIET}' to='${HOME}' type='get'/>`,
        `<presence/>`,
        `<starttls xmlns='${NS.tls}'/>`,
        `<stream:error/>`,
        `<stream:features/>`,
        '</stream:stream>',
        '\u0000',
        '&',
      );
      const bytes = fc.uint8Array({ maxLength: 30 }).map((octets) => Buffer.from(octets).toString('latin1'));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof({ weight: 6, arbitrary: part }, bytes), { maxLength: 12 }),
          async (parts) => {
            await said(server, `${parts.join('')}</stream:stream>\u0000`);
          },
        ),
        { numRuns: 60 },
      );
      await serves(peer, server);
    });
  });

  it('leave no connection behind when the server stops', async () => {
    const count = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = count();
    stage = new Stage('rfc6121');
    const accepted: Promise<unknown>[] = [];
    const server = await stage.server(await listen((socket) => accepted.push(once(socket, 'close'))));
    const romeo = await stage.romeo(server);
    romeo.send(`<message to='${JULIET}' id='m1'/><message to='all@else.test' id='m2'/>`);
    await romeo.settled();
    await server.close();
    romeo.cut();
    await Promise.all(accepted);
    expect(count()).to.be.at.most(before);
  });
});
