import { createSocket } from 'node:dgram';
import type { SrvRecord } from 'node:dns';
import { once } from 'node:events';
import { expect } from 'chai';
import type { Mode } from '../policy.js';
import { soundFederation } from './policy.js';
import { type Address, dnsNames, nameResolver, ordered, srvNames } from './resolve.js';

const srv = (name: string, port: number, priority = 0, weight = 0): SrvRecord => ({
  name,
  port,
  priority,
  weight,
});

describe('finding the server of a domain', () => {
  /** Resolves `capulet.test` in a zone of SRV records and addresses. */
  async function find(
    mode: Mode,
    kind: string | undefined,
    services: Readonly<Record<string, readonly SrvRecord[]>>,
    hosts: Readonly<Record<string, readonly string[]>>,
    domain = 'capulet.test',
  ): Promise<string[]> {
    const resolve = nameResolver(mode, soundFederation(mode), {
      srv: (name) =>
        services[name] === undefined ? Promise.reject(new Error(name)) : Promise.resolve(services[name]),
      addresses: (name) =>
        hosts[name] === undefined ? Promise.reject(new Error(name)) : Promise.resolve(hosts[name]),
    });
    return (await resolve(domain, kind)).map(({ host, port }: Address) => `${host} ${port}`);
  }

  it('asks for xmpp-server first; RFC 3921 then for the service of the kind of stanza', () => {
    expect(srvNames('rfc3921', 'a.test', 'message')).to.deep.equal([
      '_xmpp-server._tcp.a.test',
      '_im._xmpp.a.test',
    ]);
    expect(srvNames('rfc3921', 'a.test', 'presence')).to.deep.equal([
      '_xmpp-server._tcp.a.test',
      '_pres._xmpp.a.test',
    ]);
    for (const kind of ['iq', undefined]) {
      expect(srvNames('rfc3921', 'a.test', kind)).to.deep.equal(['_xmpp-server._tcp.a.test']);
    }
    expect(srvNames('rfc6121', 'a.test', 'message')).to.deep.equal(['_xmpp-server._tcp.a.test']);
  });

  it('takes the addresses of all targets in the order of the records', async () => {
    const services = { '_xmpp-server._tcp.capulet.test': [srv('b.test', 2, 20), srv('a.test', 1, 10)] };
    const hosts = { 'a.test': ['10.0.0.1', '::1'], 'b.test': ['10.0.0.2'], 'capulet.test': ['10.0.0.9'] };
    const found = ['10.0.0.1 1', '::1 1', '10.0.0.2 2'];
    expect(await find('rfc6121', 'message', services, hosts)).to.deep.equal(found);
  });

  it('falls back to the address of the domain where there is no record', async () => {
    const hosts = { 'capulet.test': ['10.0.0.9'] };
    expect(await find('rfc3921', 'iq', {}, hosts)).to.deep.equal(['10.0.0.9 5269']);
    expect(await find('rfc6121', 'message', {}, hosts)).to.deep.equal(['10.0.0.9 5269']);
    expect(await find('rfc6121', 'message', {}, {})).to.deep.equal([]);
  });

  it('heeds records that lead nowhere, and the one that says that there is no service', async () => {
    const hosts = { 'capulet.test': ['10.0.0.9'] };
    for (const target of ['gone.test', '.', '']) {
      const services = { '_xmpp-server._tcp.capulet.test': [srv(target, 1)] };
      expect(await find('rfc6121', 'message', services, hosts), target).to.deep.equal([]);
    }
  });

  it('knows addresses and the loopback without asking', async () => {
    expect(await find('rfc6121', undefined, {}, {}, '127.0.0.1')).to.deep.equal(['127.0.0.1 5269']);
    expect(await find('rfc6121', undefined, {}, {}, '[::1]')).to.deep.equal(['::1 5269']);
    expect(await find('rfc6121', undefined, {}, {}, 'localhost')).to.deep.equal([
      '127.0.0.1 5269',
      '::1 5269',
    ]);
  });

  it('does not follow a zone without end', async () => {
    const many = Array.from({ length: 500 }, (_, index) => srv('10.0.0.1', index + 1));
    const services = { '_xmpp-server._tcp.capulet.test': many };
    expect(await find('rfc6121', undefined, services, {})).to.have.length(8);
  });

  it('draws within one priority by weight', () => {
    const records = [srv('light', 1, 0, 1), srv('heavy', 2, 0, 99), srv('later', 3, 1, 99)];
    let heavyFirst = 0;
    for (let draw = 0; draw < 100; draw += 1) {
      const numbers = [((draw * 37) % 100) / 100, ((draw * 73 + 11) % 100) / 100, 0.5];
      const order = ordered(records, () => numbers.shift() ?? 0.5).map(({ name }) => name);
      expect(order[2]).to.equal('later');
      if (order[0] === 'heavy') heavyFirst += 1;
    }
    expect(heavyFirst).to.be.greaterThan(90);
  });

  it('asks the name servers given', async () => {
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    // One SRV record, whatever the question: priority 1, weight 2, port 5270, target `a`.
    const record = Buffer.from('c00c00210001000000010009' + '0001000214960161' + '00', 'hex');
    server.on('message', (query, { port, address }) => {
      const question = query.subarray(12, query.indexOf(0, 12) + 5);
      const counts = Buffer.from('85800001000100000000', 'hex');
      server.send(Buffer.concat([query.subarray(0, 2), counts, question, record]), port, address);
    });
    const names = dnsNames([`127.0.0.1:${server.address().port}`], 2_000);
    expect(await names.srv('_xmpp-server._tcp.capulet.test')).to.deep.equal([srv('a', 5270, 1, 2)]);
    server.close();
  });
});
