import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../harness/config.js';
import { toJson } from './json.js';
import { parseResult, readResult } from './read.js';
import { HOSTILE_TEXTS, hostileRun } from './testing/hostile.js';
import { sampleOfEverything } from './testing/sample.js';

function complaint(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('nothing was complained about');
}

describe('parseResult', () => {
  it('gives back what was written', () => {
    const run = sampleOfEverything();
    expect(parseResult(toJson(run), 'results.json')).to.deep.equal(run);
  });

  it('takes a result whatever the target sent', () => {
    for (const text of HOSTILE_TEXTS) {
      const run = { ...hostileRun(text), tool: { name: 'xmpp-conform', version: text } } as const;
      expect(parseResult(toJson(run), 'results.json')).to.deep.equal(run);
    }
  });

  it('says that a file is no complete JSON', () => {
    const text = toJson(sampleOfEverything());
    for (const broken of ['', '{', text.slice(0, text.length / 2), '\u001b[2J']) {
      const said = complaint(() => parseResult(broken, 'a/results.json'));
      expect(said).to.match(
        /^a\/results\.json is no complete JSON \(.+\): give the results\.json of a run\.$/,
      );
      expect(said).not.to.include('\u001b');
    }
  });

  for (const text of ['null', '1', '[]', '{}', '{"tool":null}', '{"tool":{"name":"h2spec","version":"1"}}']) {
    it(`says that ${text} is no result`, () => {
      expect(complaint(() => parseResult(text, 'x.json'))).to.equal(
        'x.json is no result of xmpp-conform: give the results.json of a run.',
      );
    });
  }

  it('says what another form lacks, and who wrote it', () => {
    const { clauses, scenarios, ...old } = sampleOfEverything();
    expect(clauses).not.to.equal(scenarios);
    const text = JSON.stringify({ ...old, tool: { name: 'xmpp-conform', version: '0.0.9' } });
    expect(complaint(() => parseResult(text, 'old.json'))).to.equal(
      'old.json, written by xmpp-conform 0.0.9, does not have the form that this version reads ($ lacks clauses; $ lacks scenarios): judge the server again with this version.',
    );
  });

  it('keeps the complaint short and harmless', () => {
    const run = sampleOfEverything();
    const cases = run.cases.map((item) => ({ ...item, outcome: 1, ['\u001b['.repeat(999)]: 1 }));
    const said = complaint(() => parseResult(JSON.stringify({ ...run, cases }), 'bad\u001b.json'));
    expect(said).to.match(/and \d+ more faults\)/);
    expect(said).not.to.include('\u001b');
    expect(said.length).to.be.below(1200);
  });
});

describe('readResult', () => {
  const folder = mkdtempSync(join(tmpdir(), 'read-'));
  after(() => rmSync(folder, { recursive: true }));

  it('reads a file, and the results.json of a directory', () => {
    const file = join(folder, 'results.json');
    writeFileSync(file, toJson(sampleOfEverything()));
    expect(readResult(file)).to.deep.equal(sampleOfEverything());
    expect(readResult(folder)).to.deep.equal(sampleOfEverything());
  });

  it('says which file can not be read', () => {
    expect(complaint(() => readResult(join(folder, 'none.json')))).to.match(
      /none\.json can't be read: ENOENT/,
    );
    const empty = mkdtempSync(join(folder, 'empty-'));
    expect(complaint(() => readResult(empty))).to.match(/empty-.*results\.json can't be read: ENOENT/);
  });
});
