import type { SrvRecord } from 'node:dns';
import { expect } from 'chai';
import { orderRecords, resolveTarget } from './endpoint.js';
import { failed } from './failed.support.test.js';

const none = () => Promise.reject(new Error('ENOTFOUND'));

describe('resolveTarget', () => {
  it('takes an explicit port without asking for SRV records', async () => {
    let asked = 0;
    const lookup = () => {
      asked++;
      return none();
    };
    expect(await resolveTarget('im.example.net:5299', 'd', lookup)).to.eql([
      { host: 'im.example.net', port: 5299 },
    ]);
    expect(await resolveTarget('[::1]:5299', 'd', lookup)).to.eql([{ host: '::1', port: 5299 }]);
    expect(asked).to.equal(0);
  });

  it('asks for no SRV records of addresses and localhost', async () => {
    const lookup = () => Promise.reject(new Error('asked'));
    for (const [target, host] of [
      ['127.0.0.1', '127.0.0.1'],
      ['[::1]', '::1'],
      ['::1', '::1'],
      ['localhost', 'localhost'],
    ]) {
      expect(await resolveTarget(target ?? '', 'd', lookup)).to.eql([{ host, port: 5222 }]);
    }
  });

  it('follows SRV records in their order', async () => {
    const asked: string[] = [];
    const found = await resolveTarget('example.net', 'example.net', async (name) => {
      asked.push(name);
      return [
        { name: 'b.example.net', port: 5, priority: 20, weight: 0 },
        { name: 'a.example.net', port: 4, priority: 10, weight: 0 },
      ];
    });
    expect(asked).to.eql(['_xmpp-client._tcp.example.net']);
    expect(found).to.eql([
      { host: 'a.example.net', port: 4 },
      { host: 'b.example.net', port: 5 },
    ]);
  });

  it('falls back on 5222 of the host itself', async () => {
    const fallback = [{ host: 'example.net', port: 5222 }];
    expect(await resolveTarget('example.net', 'd', none)).to.eql(fallback);
    expect(await resolveTarget('example.net', 'd', async () => [])).to.eql(fallback);
  });

  it('says that there is no service when the SRV record does', async () => {
    const lookup = async () => [{ name: '.', port: 0, priority: 0, weight: 0 }];
    const error = await failed(resolveTarget('example.net', 'im.example.net', lookup));
    expect(error.kind).to.equal('unreachable');
    expect(error.message).to.match(/no XMPP service.*im\.example\.net.*HOST:PORT/);
  });

  it('refuses what is no target', async () => {
    for (const target of [
      '',
      'a b',
      'host:',
      'host:0',
      'host:70000',
      'host:x',
      '[host]:1',
      '[::1',
      'a:1:2',
    ]) {
      expect((await failed(resolveTarget(target, 'd', none))).message, target).to.include(`"${target}"`);
    }
  });
});

describe('orderRecords', () => {
  const record = (name: string, priority: number, weight: number): SrvRecord => ({
    name,
    port: 1,
    priority,
    weight,
  });

  it('keeps every record, by ascending priority', () => {
    const records = [record('c', 2, 5), record('a', 1, 0), record('b', 1, 10)];
    for (const draw of [0, 0.5, 0.999]) {
      const names = orderRecords(records, () => draw).map(({ name }) => name);
      expect(names).to.have.members(['a', 'b', 'c']);
      expect(names[2]).to.equal('c');
    }
  });

  it('draws by weight within a priority', () => {
    const records = [record('light', 1, 10), record('heavy', 1, 90)];
    let heavyFirst = 0;
    for (let draw = 0; draw < 100; draw++) {
      if (orderRecords(records, () => draw / 100)[0]?.name === 'heavy') heavyFirst++;
    }
    expect(heavyFirst).to.be.within(85, 92);
  });
});
