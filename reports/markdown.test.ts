import { expect } from 'chai';
import { MAX_SUMMARY, toMarkdown } from './markdown.js';
import { HOSTILE_TEXTS, hostileRun } from './testing/hostile.js';
import { sampleCase, sampleCheck, sampleOfEverything, sampleRun } from './testing/sample.js';

/** What a reader of Markdown sees of text that is escaped. */
const shown = (text: string) =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

describe('toMarkdown', () => {
  it('tells verdict, counts and what broke, by clause', () => {
    const run = sampleRun(sampleOfEverything().cases, {
      knownFailures: { file: 'known.xml', stale: ['known.xml:12: passes now; delete the line.'] },
    });
    const text = shown(toMarkdown(run));
    expect(text).to.match(/^## xmpp-conform: failed\n/);
    expect(text).to.include('Target 127.0.0.1:5222, domain example.net, judged by RFC 6121; ');
    expect(text).to.include('| MUST | 90 | 2 | 0 | 7 |');
    expect(text).to.match(
      /### 1 clause broken\n\n\| level .*\n\| --- .*\n\| MUST \| rfc6121:A\.3\.3\/deliver \| An approval/,
    );
    expect(text).to.include('- known.xml:12: passes now; delete the line.');
    expect(text).to.include('- error: The connection was lost. (roster/set: error)');
    expect(text).to.include('- blocked: State To was not reached. (roster/set: blocked)');
    expect(text).to.include('<details><summary>1 recommendation not followed (SHOULD)</summary>');
    expect(text).to.include('- rfc6121:A.3.3/deliver: bug 17 (1 case)');
    expect(text).to.include('- 1 case: No component given.');
  });

  it('has a word for each way to end, and names the shard', () => {
    const titleOf = (exitStatus: 0 | 1 | 2 | 3) =>
      toMarkdown(sampleRun([sampleCase()], { exitStatus })).split('\n')[0];
    expect(([0, 1, 2, 3] as const).map(titleOf)).to.deep.equal([
      '## xmpp-conform: passed',
      '## xmpp-conform: failed',
      '## xmpp-conform: no verdict',
      '## xmpp-conform: nothing to judge',
    ]);
    const run = sampleRun([sampleCase()]);
    const shard = { ...run, selection: { ...run.selection, shard: { index: 2, count: 4 } } };
    expect(toMarkdown(shard)).to.include('shard 2 of 4');
  });

  it('says of a known failure that nobody gave a reason', () => {
    const known = { status: 'expected', clause: 'rfc6121:A.3.3/deliver', why: 'TODO: why' } as const;
    const run = sampleRun([sampleCase({ outcome: 'fail', checks: [sampleCheck()], known: [known] })], {
      exitStatus: 0,
    });
    expect(toMarkdown(run)).to.include('no reason is given yet (1 case)');
  });

  it('lets no text of the target become markup, and keeps tables whole', () => {
    for (const text of [
      ...HOSTILE_TEXTS,
      '| a | b |\n---|---',
      '](http://evil.example) ![x](y)',
      '@team :tada: www.evil.example',
      '# heading',
      '- item',
      '1. item',
      '===',
      '`code`',
      '~~gone~~',
      '&lt;b&gt;',
    ]) {
      const page = toMarkdown(hostileRun(text));
      const own = page.replace(/<\/?(?:details|summary)>/g, '');
      expect(own, text.slice(0, 40)).not.to.match(/[<>`*_[\]~@]|https?:\/\/|www\.|\|\|/);
      const columns = page.split('\n').filter((line) => line.startsWith('|'));
      for (const line of columns) expect(line.split('|').length - 2, line.slice(0, 80)).to.equal(5);
      expect(page).not.to.match(/[^\P{C}\n]/u);
      // What stands alone on a line or opens an item must not begin another block.
      const blocks = page.split('\n').map((line) => line.replace(/^- (?:error: |blocked: )?/, ''));
      for (const line of blocks) expect(line, text.slice(0, 40)).not.to.match(/^(?:[-+=] ?|\d+[.)]\s)/);
    }
  });

  it('stays within what GitHub takes', () => {
    const checks = Array.from({ length: 400 }, (_, at) =>
      sampleCheck({
        clause: `rfc6121:1/${at}${'*'.repeat(5000)}`,
        reason: '|'.repeat(5000),
        summary: '漢'.repeat(5000),
      }),
    );
    const run = sampleRun([sampleCase({ case: '_'.repeat(5000), outcome: 'fail', checks })]);
    const text = toMarkdown(run);
    expect(Buffer.byteLength(text)).to.be.below(MAX_SUMMARY);
    expect(text).to.include('And 300 more.');
    const short = toMarkdown(run, 2000);
    expect(Buffer.byteLength(short)).to.be.at.most(2000);
    expect(short)
      .to.match(/^## xmpp-conform: failed\n/)
      .and.to.include('does not fit here');
    expect(toMarkdown(run, 10)).to.equal('');
  });
});
