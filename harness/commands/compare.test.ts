import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toJson } from '../../reports/json.js';
import { caseOf, checkOf, DELIVER, runOf } from '../../reports/testing/compare.js';
import { UsageError } from '../config.js';
import { xmppConform } from './cli.support.test.js';
import { compareCommand } from './compare.js';

describe('xmpp-conform compare', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'compare-'));
  const at = (name: string) => join(folder, name);
  after(() => rmSync(folder, { recursive: true }));

  before(() => {
    const kept = runOf([caseOf('one', [checkOf(DELIVER)])]);
    const broken = runOf([caseOf('one', [checkOf(DELIVER, { outcome: 'fail', reason: 'nothing came' })])]);
    mkdirSync(at('kept-1.0'));
    writeFileSync(join(at('kept-1.0'), 'results.json'), toJson(kept));
    writeFileSync(at('broken.json'), toJson(broken));
    writeFileSync(at('none.json'), '{}');
  });

  const compare = (...args: readonly string[]) => xmppConform('compare', ...args);

  it('puts servers side by side, named after their files where the software does not tell them apart', async () => {
    const { out, err, status } = await compare(at('kept-1.0'), at('broken.json'));
    expect(status, err).to.equal(0);
    expect(out).to.match(/- kept-1\.0: keeps it\n.*- broken: departs\n/);
  });

  it('writes a page to a file, with the names given', async () => {
    const args = ['--name', 'Old', '--name', 'New', '--format', 'html', '--output', at('compare.html')];
    const { out, err, status } = await compare(at('kept-1.0'), at('broken.json'), ...args);
    expect([status, out, err]).to.deep.equal([0, '', '']);
    expect(readFileSync(at('compare.html'), 'utf8')).to.include('Old, New: compared by xmpp-conform');
  });

  it('gives the comparison as JSON', async () => {
    const { out } = await compare(at('kept-1.0'), at('broken.json'), '--format', 'json');
    expect(JSON.parse(out)).to.have.keys(
      'servers',
      'remarks',
      'levels',
      'features',
      'differences',
      'sections',
    );
  });

  it('tells what broke since an earlier run, by its exit status too', async () => {
    const { out, status } = await compare(
      '--baseline',
      at('kept-1.0'),
      at('broken.json'),
      '--format',
      'markdown',
    );
    expect(status).to.equal(1);
    expect(out).to.match(/^## xmpp-conform: something broke\n/);
    const mended = await compare('--baseline', at('broken.json'), at('kept-1.0'));
    expect(mended.status).to.equal(0);
    expect(mended.out).to.match(/1 clause mended \(1 case compared, exit status 0\)\.\n$/);
  });

  const USAGE: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['one result', [at('broken.json')], /^One result compares with nothing: .*--baseline\.$/],
    [
      'a name too few',
      [at('kept-1.0'), at('broken.json'), '--name', 'x'],
      /^--name is given 1 times for 2 results/,
    ],
    [
      'two results for a baseline',
      ['--baseline', at('kept-1.0'), at('kept-1.0'), at('broken.json')],
      /^--baseline compares/,
    ],
    [
      'a page of a history',
      ['--baseline', at('kept-1.0'), at('broken.json'), '--format', 'html'],
      /has no HTML form/,
    ],
    [
      'strictness side by side',
      [at('kept-1.0'), at('broken.json'), '--strict'],
      /^--strict needs --baseline/,
    ],
    ['no result', [at('kept-1.0'), at('none.json')], /none\.json is no result of xmpp-conform: .*\.$/],
    ['a file that is missing', [at('kept-1.0'), at('gone')], /gone can't be read: ENOENT.*\.$/],
    [
      'an output that can not be written',
      [at('kept-1.0'), at('broken.json'), '--output', at('no/x')],
      /no\/x can't be written/,
    ],
  ];
  for (const [name, args, message] of USAGE) {
    it(`complains in a sentence about ${name}`, async () => {
      const error: unknown = await compareCommand()
        .parseAsync(args, { from: 'user' })
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      expect(error).to.be.instanceOf(UsageError);
      expect((error as UsageError).message).to.match(message);
      expect((error as UsageError).exitStatus).to.equal(2);
    });
  }
});
