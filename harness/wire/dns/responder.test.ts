import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { failed } from '../failed.support.test.js';
import { where } from '../failure.js';
import { writeName } from './message.js';
import { type DnsResponder, startResponder } from './responder.js';
import type { DomainRule, Zone } from './zone.js';

const ZONE: Zone = {
  address: '127.0.0.1',
  domains: new Map<string, DomainRule>([
    ['remote.test', { srv: { '_xmpp-server._tcp': 5269 }, hasAddress: true }],
    ['old.remote.test', { srv: { '_im._xmpp': 5270, '_pres._xmpp': 5271 }, hasAddress: false }],
    ['bare.test', { srv: {}, hasAddress: true }],
    ['silent.test', 'silent'],
    ['gone.remote.test', 'absent'],
  ]),
};

describe('DNS responder', () => {
  let responder: DnsResponder;
  let resolver: Resolver;
  const start = async (zone: Zone = ZONE) => {
    responder = await startResponder({ host: '127.0.0.1', port: 0 }, zone);
    resolver = new Resolver({ timeout: 150, tries: 1 });
    resolver.setServers([where(responder.address)]);
  };
  afterEach(() => responder.close());

  const code = (lookup: Promise<unknown>) =>
    lookup.then(
      (found) => `found ${JSON.stringify(found)}`,
      (error: { code?: string }) => error.code,
    );

  it('leads to a server by SRV and address records, and so for all domains below', async () => {
    await start();
    const record = { name: 'localhost', port: 5269, priority: 0, weight: 0 };
    for (const domain of ['remote.test', 'Rooms.Remote.test']) {
      expect(await resolver.resolveSrv(`_xmpp-server._tcp.${domain}`)).to.deep.equal([record]);
      expect(await resolver.resolve4(domain)).to.deep.equal(['127.0.0.1']);
    }
    expect(await resolver.resolve4('localhost')).to.deep.equal(['127.0.0.1']);
    expect(await code(resolver.resolve6('remote.test'))).to.equal('ENODATA');
    expect(await code(resolver.resolveSrv('_xmpps-server._tcp.remote.test'))).to.equal('ENOTFOUND');
    expect(await code(resolver.resolve4('outside.example'))).to.equal('ENOTFOUND');
  });

  it('keeps to the rule of each domain', async () => {
    await start();
    expect(await code(resolver.resolveSrv('_xmpp-server._tcp.old.remote.test'))).to.equal('ENOTFOUND');
    expect((await resolver.resolveSrv('_im._xmpp.old.remote.test')).map(({ port }) => port)).to.eql([5270]);
    expect((await resolver.resolveSrv('_pres._xmpp.old.remote.test')).map(({ port }) => port)).to.eql([5271]);
    expect(await code(resolver.resolve4('old.remote.test'))).to.equal('ENODATA');
    expect(await code(resolver.resolveSrv('_xmpp-server._tcp.bare.test'))).to.equal('ENOTFOUND');
    expect(await resolver.resolve4('bare.test')).to.deep.equal(['127.0.0.1']);
    expect(await code(resolver.resolve4('gone.remote.test'))).to.equal('ENOTFOUND');
    expect(await code(resolver.resolve4('silent.test'))).to.equal('ETIMEOUT');
  });

  it('keeps what was asked, in order, and answers by another zone when it is given one', async () => {
    await start();
    expect(responder.wasAsked('remote.test')).to.equal(false);
    await code(resolver.resolveSrv('_xmpp-server._tcp.remote.test'));
    await code(resolver.resolveSrv('_im._xmpp.remote.test'));
    await code(resolver.resolve4('remote.test'));
    expect(responder.asked.map(({ name, type }) => `${name} ${type}`)).to.deep.equal([
      '_xmpp-server._tcp.remote.test 33',
      '_im._xmpp.remote.test 33',
      'remote.test 1',
    ]);
    expect(responder.wasAsked('remote.test')).to.equal(true);
    expect(responder.wasAsked('mote.test')).to.equal(false);
    responder.serve({ address: '127.0.0.1', domains: new Map() });
    expect(await code(resolver.resolve4('remote.test'))).to.equal('ENOTFOUND');
  });

  it('names an address off loopback by the domain itself', async () => {
    await start({ ...ZONE, address: '2001:db8::5:0:7' });
    const [record] = await resolver.resolveSrv('_xmpp-server._tcp.remote.test');
    expect(record?.name).to.equal('remote.test');
    expect(await resolver.resolve6('remote.test')).to.deep.equal(['2001:db8::5:0:7']);
    expect(await resolver.resolve4('localhost')).to.deep.equal(['127.0.0.1']);
  });

  it('drops what is malformed and goes on', async () => {
    await start();
    const socket = createSocket('udp4');
    for (const bytes of [[], [1, 2, 3], Array(40).fill(0xff)]) {
      await new Promise((resolve) =>
        socket.send(Buffer.from(bytes), responder.address.port, '127.0.0.1', resolve),
      );
    }
    socket.close();
    expect(await resolver.resolve4('remote.test')).to.deep.equal(['127.0.0.1']);
  });

  it('answers over TCP, cut anywhere, and ends connections with impossible lengths', async () => {
    await start();
    const question = Buffer.concat([
      Buffer.from([0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      writeName('remote.test'),
      Buffer.from([0, 1, 0, 1]),
    ]);
    const framed = Buffer.concat([Buffer.from([0, question.length]), question]);
    const socket = connect(responder.address.port, '127.0.0.1').setNoDelay(true);
    let received = Buffer.alloc(0);
    const complete = new Promise<void>((resolve) => {
      socket.on('data', (bytes) => {
        received = Buffer.concat([received, bytes]);
        if (received.length === 2 * (2 + question.length + 16)) resolve();
      });
    });
    for (const byte of framed) socket.write(Buffer.from([byte]));
    socket.write(framed);
    await complete;
    expect([...received.subarray(-4)]).to.deep.equal([127, 0, 0, 1]);
    socket.write(Buffer.from([0xff, 0xff]));
    await once(socket, 'close');
  });

  it('says that an address is taken', async () => {
    await start();
    const error = await failed(startResponder(responder.address, ZONE));
    expect(error.kind).to.equal('listen');
    expect(error.message).to.match(
      /^Nothing can listen on 127\.0\.0\.1:\d+ \(it is taken\): give another address with --dns\.$/,
    );
  });
});
