import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Neighbours } from '../interop/run.support.test.js';
import { xmppConform } from './cli.support.test.js';

describe('xmpp-conform interop', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'interop-'));
  after(() => rmSync(folder, { recursive: true }));

  const interop = (...args: readonly string[]) => xmppConform('interop', ...args);

  it('plays a pair both ways and writes the matrix', async () => {
    const neighbours = new Neighbours('rfc6121');
    try {
      const a = await neighbours.start('a.test');
      const b = await neighbours.start('b.test');
      const output = join(folder, 'reports');
      const { out, err, status } = await interop(
        ...['--target', `${a.host}:${a.port}`, '--domain', 'a.test', '--name', 'first'],
        ...['--peer', `${b.host}:${b.port}`, '--peer-domain', 'b.test'],
        ...['--tls', 'off', '--spec', 'rfc6121', '--only', 'interop/message#full, chat', '--output', output],
      );
      expect(status, err).to.equal(0);
      expect(out).to.match(/first to b\.test: 1 of 1 agree\n {2}b\.test to first: 1 of 1 agree\n/);
      expect(readFileSync(join(output, 'matrix.md'), 'utf8')).to.contain('| first |');
      expect(existsSync(join(output, 'matrix.html'))).to.equal(true);
      const pair: unknown = JSON.parse(readFileSync(join(output, 'b.test-to-first.json'), 'utf8'));
      expect(pair).to.have.nested.property('cases[0].outcome', 'agree');
    } finally {
      await neighbours.end();
    }
  });

  const at = (name: string) => join(folder, name);
  const PAIR = [
    '--target',
    'localhost:1',
    '--domain',
    'a.test',
    '--peer',
    'localhost:2',
    '--peer-domain',
    'b.test',
  ];
  it('writes every report where a server is not there, and says why in one sentence', async () => {
    const output = join(folder, 'unplayed');
    const { out, err, status } = await interop(...PAIR, '--output', output);
    expect(status, err).to.equal(2);
    expect(err).to.equal('');
    expect(out).to.match(/a\.test to b\.test: not played\n {2}b\.test to a\.test: not played\n/);
    expect(out.replaceAll(/\s+/g, ' ')).to.match(/localhost:1 refuses connections: start the server/);
    for (const name of ['matrix.md', 'matrix.html', 'a.test-to-b.test.json', 'b.test-to-a.test.json']) {
      expect(readFileSync(join(output, name), 'utf8'), name).to.contain('localhost:1 refuses connections');
    }
  });

  const MISTAKES: readonly (readonly [string, readonly string[], RegExp, number])[] = [
    ['one server', ['--target', 'localhost'], /required option '--peer/, 2],
    [
      'one domain for both',
      ['--target', 'localhost:1', '--peer', 'localhost:2'],
      /^Both servers have the domain localhost: give each/,
      2,
    ],
    [
      'a pattern that matches nothing',
      [...PAIR, '--only', 'interop/nothing'],
      /^No case between servers matches "interop\/nothing"/,
      3,
    ],
    [
      'a record that is none',
      [...PAIR, '--target-results', at('none.json')],
      /none\.json is no result of xmpp-conform/,
      2,
    ],
    [
      'a record that is not there',
      [...PAIR, '--peer-results', at('missing.json')],
      /missing\.json can't be read/,
      2,
    ],
    ['a port of no use', [...PAIR, '--dns', '0', '--s2s-port', '99999'], /from 1 to 65535, not "99999"/, 2],
    [
      'an address of the peer that is none',
      [...PAIR, '--peer', ''],
      /^--peer needs a host, such as --peer/,
      2,
    ],
    ['ports without a name service', [...PAIR, '--s2s-port', '5269'], /need --dns/, 2],
    ['no address for the name service', [...PAIR, '--dns', 'here'], /^--dns must be \[HOST:\]PORT/, 2],
    [
      'names that files and tables would not tell apart',
      [...PAIR, '--name', 'a b', '--peer-name', 'a_b'],
      /^Reports can't tell a b from a_b: give other names/,
      2,
    ],
  ];
  for (const [title, args, message, wanted] of MISTAKES) {
    it(`says in one sentence what is wrong with ${title}`, async () => {
      writeFileSync(at('none.json'), '{}');
      const { err, status } = await interop(...args);
      expect(status, err).to.equal(wanted);
      expect(err).to.match(message);
      expect(err).not.to.match(/its own fault|\n {4}at /);
    });
  }
});
