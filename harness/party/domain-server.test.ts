import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { type Federation, startFederation } from '../federation.js';
import type { DomainReach } from '../scenario/types.js';
import { where } from '../wire/failure.js';
import { GOOD_CONDUCT } from '../wire/s2s/conduct.js';
import type { DomainServer, DomainServerOptions } from './domain-server.js';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const HEADER =
  "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
const OPTIONS: DomainServerOptions = {
  reach: 'up',
  conduct: GOOD_CONDUCT,
  onlooker: { onElement: () => {}, onClosing: () => {}, onKey: () => {} },
  record: () => {},
  onAsked: () => {},
};

describe('DomainServer', () => {
  let federation: Federation;
  let resolver: Resolver;
  before(async () => {
    federation = await startFederation({
      address: undefined,
      streams: 'two',
      domain: 'remote.test',
      listen: LOOPBACK,
      dns: LOOPBACK,
    });
    resolver = new Resolver({ timeout: 1000, tries: 1 });
    resolver.setServers([federation.responder === undefined ? '' : where(federation.responder.address)]);
  });
  after(() => federation.close());

  const start = (name: string, more: Partial<DomainServerOptions> = {}): Promise<DomainServer> =>
    federation.domain(
      name,
      { ...OPTIONS, ...more },
      { domain: 'embedded.test', endpoint: { ...LOOPBACK, insecure: true }, timeoutMs: 1000 },
    );

  /** What becomes of somebody who looks for the domain. */
  const found = async ({ domain }: DomainServer): Promise<string> => {
    const ports = async (service: string) => {
      const records = await resolver.resolveSrv(`${service}.${domain}`).catch(() => []);
      return records.map(({ port }) => port);
    };
    const [port] = await ports('_xmpp-server._tcp');
    const [old] = [...(await ports('_im._xmpp')), ...(await ports('_pres._xmpp'))];
    if (port === undefined && old === undefined) {
      return resolver.resolve4(domain).then(
        () => 'only an address',
        () => 'nothing',
      );
    }
    const socket = connect(port ?? old ?? 0, '127.0.0.1');
    const how = await Promise.race([
      once(socket, 'error').then(([error]: unknown[]) => String((error as NodeJS.ErrnoException).code)),
      once(socket, 'close').then(() => 'closed'),
      once(socket, 'connect').then(() => {
        socket.write(HEADER);
        return once(socket, 'data').then(
          () => 'answers',
          (error: unknown) => String((error as NodeJS.ErrnoException).code),
        );
      }),
    ]);
    socket.destroy();
    return `${port === undefined ? 'by _im, ' : ''}${how}`;
  };

  /** Connects, and tells later what had been heard when the connection ended. */
  const waiting = async ({ server }: DomainServer): Promise<() => Promise<string>> => {
    const socket = connect(server.address.port, '127.0.0.1');
    await once(socket, 'connect');
    let heard = '';
    socket.on('data', (bytes: Buffer) => {
      heard += bytes.toString();
    });
    // With something unread the connection is reset, which is an end like any other.
    const ended = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
    socket.write(HEADER);
    // The listener has taken the connection when this turn is over.
    await new Promise((resolve) => setImmediate(resolve));
    return () => ended.then(() => heard);
  };

  it('is found, or not, as its reach says, and can change it', async () => {
    const expected: Readonly<Record<Exclude<DomainReach, 'silent'>, RegExp>> = {
      up: /^answers$/,
      refusing: /^ECONNREFUSED$/,
      resetting: /^ECONNRESET$/,
      unknown: /^nothing$/,
      unlisted: /^only an address$/,
      'only-im-and-pres': /^by _im, answers$/,
    };
    const changing = await start('changing');
    for (const [reach, outcome] of Object.entries(expected) as [keyof typeof expected, RegExp][]) {
      const domain = await start(`is-${reach}`, { reach });
      expect(await found(domain)).to.match(outcome);
      await domain.close();
      await changing.goes(reach);
      expect(await found(changing)).to.match(outcome);
    }
    await changing.close();
    // The name is forgotten, and counts as one below the domain of the contacts again.
    expect(await found(changing)).to.equal('answers');
  });

  it('says nothing to those who come while it is silent, and drops them when it goes elsewhere', async () => {
    for (const next of ['up', 'refusing'] as const) {
      const domain = await start(`quiet-${next}`, { reach: 'silent' });
      const held = await waiting(domain);
      await domain.goes(next);
      expect(await held()).to.equal('');
      expect(await found(domain)).to.equal(next === 'up' ? 'answers' : 'ECONNREFUSED');
      await domain.close();
    }
  });

  it('ends while it keeps somebody waiting', async () => {
    const domain = await start('quiet', { reach: 'silent' });
    const held = await waiting(domain);
    await domain.close();
    expect(await held()).to.equal('');
  });

  it('tells what was looked up about it, in order, and nothing of others', async () => {
    let told = 0;
    const verona = await start('verona', { onAsked: () => told++ });
    const mantua = await start('mantua');
    await resolver.resolve4(verona.domain);
    await resolver.resolveSrv(`_xmpp-server._tcp.${verona.domain}`);
    await resolver.resolveSrv(`_xmpp-server._tcp.street.${verona.domain}`);
    await resolver.resolveTxt(verona.domain).catch(() => []);
    expect(verona.asked).to.deep.equal(['address', '_xmpp-server._tcp']);
    expect(told).to.equal(2);
    expect(mantua.asked).to.deep.equal([]);
    await Promise.all([verona.close(), mantua.close()]);
  });

  it('can not be found without a responder', async () => {
    const alone = await startFederation({
      address: undefined,
      streams: 'two',
      domain: 'remote.test',
      listen: LOOPBACK,
      dns: undefined,
    });
    const peer = { domain: 'embedded.test', endpoint: { ...LOOPBACK, insecure: true }, timeoutMs: 1000 };
    expect(() => alone.domain('verona', OPTIONS, peer)).to.throw('by the responder alone');
    await alone.close();
  });
});
