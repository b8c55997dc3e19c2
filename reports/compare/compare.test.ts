import { expect } from 'chai';
import { createStyle, PLAIN } from '../style.js';
import { caseOf, checkOf, DELIVER, IGNORE, runOf } from '../testing/compare.js';
import { HOSTILE_TEXTS, hostileRun } from '../testing/hostile.js';
import { sampleOfEverything } from '../testing/sample.js';
import { type Comparison, compareServers } from './compare.js';
import { comparisonToMarkdown } from './markdown.js';
import { matrixSummary, replaceMatrix } from './matrix-summary.js';
import { nameServers } from './names.js';
import { comparisonToHtml } from './page.js';
import { viewServer } from './server.js';
import { formatComparison } from './terminal.js';
import { seenText } from './words.js';

const CHOICE = {
  name: 'an answer',
  scenario: 'subscription/inbound-subscribed',
  options: ['error', 'silence'],
  clauses: [DELIVER],
};

/** Follows RFC 6121, which demands the delivery that RFC 3921 forbids. */
const modern = runOf(
  [caseOf('one', [checkOf(DELIVER), checkOf(IGNORE, { outcome: 'fail', reason: 'came' })])],
  {
    [IGNORE]: 'fail',
  },
);
/** Delivers in neither of two cases, against RFC 6121. */
const old = runOf(
  [
    caseOf('one', [checkOf(DELIVER, { outcome: 'fail', reason: 'nothing came' }), checkOf(IGNORE)]),
    caseOf('two', [checkOf(DELIVER, { outcome: 'fail', reason: 'nothing came' })]),
  ],
  { [DELIVER]: 'fail' },
);

function compared(...runs: readonly (typeof modern)[]): Comparison {
  return compareServers(runs.map((run, index) => viewServer(`server ${index + 1}`, run)));
}

function rowOf(comparison: Comparison, id: string) {
  return comparison.sections.flatMap(({ clauses }) => clauses).find((clause) => clause.id === id);
}

describe('viewServer', () => {
  it('explains a departure by the clause of the other specification that every case keeps', () => {
    const seen = viewServer('s', modern).clauses.get(IGNORE);
    expect(seen).to.include({ standing: 'departs', cases: 1, broken: 1, reason: 'came' });
    expect(seen?.example).to.equal('subscription/inbound-subscribed#one');
    expect(seen?.demandedBy).to.deep.equal([DELIVER]);
    // In its second case the old server keeps nothing that would demand what it does.
    expect(viewServer('s', old).clauses.get(DELIVER)?.demandedBy).to.deep.equal([]);
  });

  it('tells a clause that is kept only by way of its rival', () => {
    const run = runOf([caseOf('one', [checkOf(DELIVER, { outcome: 'excused' })])]);
    expect(viewServer('s', run).clauses.get(DELIVER)?.standing).to.equal('excused');
  });

  it('says why a clause was not tested', () => {
    const reason = 'the target does not offer it';
    const skipped = runOf([caseOf('one', [], { outcome: 'skipped', reason })], { [DELIVER]: 'untested' });
    expect(viewServer('s', skipped).clauses.get(DELIVER)).to.include({ standing: 'untested', reason });
    const unplayed = runOf([], { [DELIVER]: 'untested' });
    expect(viewServer('s', unplayed).clauses.get(DELIVER)?.reason).to.equal(
      'none of its scenarios was played',
    );
  });

  it('has no verdict where cases were blocked and none was broken', () => {
    const run = runOf(
      [caseOf('one', [checkOf(DELIVER)]), caseOf('two', [], { outcome: 'blocked', reason: 'not reached' })],
      { [DELIVER]: 'blocked' },
    );
    expect(viewServer('s', run).clauses.get(DELIVER)).to.include({
      standing: 'unclear',
      reason: 'not reached',
    });
  });

  it('says what was left out of the run', () => {
    const { selection } = modern;
    const run = { ...modern, interrupted: 'Ctrl-C', selection: { ...selection, only: ['roster/*'] } };
    expect(viewServer('s', run).limits).to.equal('only roster/*; ended early: Ctrl-C');
    const shard = { index: 1, count: 3 };
    expect(viewServer('s', { ...modern, selection: { ...selection, shard } }).limits).to.equal(
      'shard 1 of 3',
    );
  });
});

describe('compareServers', () => {
  it('counts what each keeps, and what the other specification demands', () => {
    const { levels } = compared(modern, old);
    expect(levels.map(({ spec, level }) => `${spec} ${level}`)).to.deep.equal([
      'rfc3921 MUST',
      'rfc6121 MUST',
    ]);
    expect(levels[0]?.cells.map(({ kept, departs, demanded }) => [kept, departs, demanded])).to.deep.equal([
      [0, 1, 1],
      [1, 0, 0],
    ]);
  });

  it('ranks a departure that the other specification demands as a choice', () => {
    const [difference] = compared(modern, old).differences;
    expect(difference).to.include({ reach: 'servers', gravity: 'MUST', isSplit: true, cases: 2 });
    expect(difference?.parts.map((part) => part.kind === 'clause' && [part.id, part.gravity])).to.deep.equal([
      [DELIVER, 'MUST'],
      [IGNORE, 'choice'],
    ]);
  });

  it('ranks by who notices, then by level, then by whether servers differ, then by how often', () => {
    const area = (scenario: string, parts: Parameters<typeof checkOf>[1], names = ['one']) =>
      names.map((name) => caseOf(name, [checkOf(DELIVER, { outcome: 'fail', ...parts })], { scenario }));
    const first = [
      ...area('roster/kept', { at: 'romeo/orchard' }),
      ...area('presence/alike', {}),
      ...area('presence/should', { outcome: 'warn' }),
      ...area('presence/once', {}),
      ...area('presence/often', {}, ['one', 'two']),
      ...area('delivery/people', { at: 'romeo/orchard' }),
    ];
    const second = [
      ...area('presence/alike', {}),
      ...['presence/once', 'presence/often', 'presence/should', 'delivery/people', 'roster/kept'].flatMap(
        (scenario) => area(scenario, { outcome: 'pass' }),
      ),
    ];
    const { differences } = compared(runOf(first), runOf(second));
    expect(differences.map(({ scenario }) => scenario)).to.deep.equal([
      'presence/often',
      'presence/once',
      'presence/alike',
      'presence/should',
      'delivery/people',
      'roster/kept',
    ]);
  });

  it('tells choices that differ in the same case, and no others', () => {
    const choosing = (taken: readonly string[]) =>
      runOf(
        taken.map((option, index) =>
          caseOf(`case ${index}`, [checkOf(DELIVER, { kind: 'choice' })], {
            choices: [{ ...CHOICE, case: `case ${index}`, taken: option }],
          }),
        ),
      );
    const { differences } = compared(
      choosing(['error', 'error', 'silence']),
      choosing(['error', 'silence', '']),
    );
    const [part] = differences[0]?.parts ?? [];
    expect(part).to.include({ kind: 'choice', gravity: 'choice', reach: 'servers', cases: 1 });
    expect(part?.cells[0]).to.deep.equal([
      { option: 'error', cases: 2 },
      { option: 'silence', cases: 1 },
    ]);
    expect(compared(choosing(['error']), choosing(['error'])).differences).to.deep.equal([]);
  });

  it('remarks on other versions, specifications and selections, and knows what only one run knows', () => {
    const other = {
      ...old,
      tool: { name: 'xmpp-conform', version: '0.0.9' } as const,
      clauses: old.clauses.filter(({ id }) => id !== IGNORE),
      selection: { ...old.selection, spec: 'rfc3921', skip: ['roster/*'] } as const,
    };
    const comparison = compared(modern, other);
    expect(comparison.remarks.map((remark) => remark.slice(0, 40))).to.deep.equal([
      'The runs are of different versions of xm',
      'The runs were judged by different specif',
      'The run of server 2 is not complete (wit',
    ]);
    expect(rowOf(comparison, IGNORE)?.cells[1]).to.equal(null);
  });

  it('lists features that not all offer', () => {
    const features = (...names: string[]) => ({ ...modern, target: { ...modern.target, features: names } });
    expect(
      compared(features('component', 'blocking'), features('component', 'no-blocking')).features,
    ).to.deep.equal([{ feature: 'blocking', cells: [true, false] }]);
  });
});

describe('seenText', () => {
  it('says how a server stands to a clause', () => {
    const departure = viewServer('s', modern).clauses.get(IGNORE) ?? null;
    expect(seenText(departure, 'rfc3921')).to.equal(`departs, as RFC 6121 demands (${DELIVER})`);
    expect(seenText(viewServer('s', old).clauses.get(DELIVER) ?? null, 'rfc6121')).to.equal(
      'departs in 2 of 2 cases',
    );
    expect(seenText(null, 'rfc6121', 'no component')).to.equal('not judged (no component)');
  });
});

describe('nameServers', () => {
  const sources = (...software: string[]) =>
    software.map((name, index) => ({ software: name, file: `run${index}` }));

  it('takes the names given, else the software, else the files', () => {
    expect(nameServers(sources('A 1', 'B 2'), ['x', 'y'])).to.deep.equal(['x', 'y']);
    expect(nameServers(sources('A 1', 'B 2'), [])).to.deep.equal(['A 1', 'B 2']);
    expect(nameServers(sources('A 1', 'A 1'), [])).to.deep.equal(['run0', 'run1']);
    expect(nameServers(sources('A 1', ''), [])).to.deep.equal(['run0', 'run1']);
  });

  it('numbers what is the same', () => {
    expect(nameServers(sources('', '', ''), ['x', 'x', 'x'])).to.deep.equal(['x', 'x (2)', 'x (3)']);
  });
});

describe('the forms of a comparison', () => {
  const comparison = compared(modern, old);

  it('tell on a terminal who departs and why it matters', () => {
    const text = formatComparison(comparison, PLAIN);
    expect(text).to.include(' 1. An approval counts only while a request is pending');
    expect(text).to.include('across servers, MUST, servers differ');
    expect(text).to.include('- server 2: departs in 2 of 2 cases');
    expect(text).to.include(`- server 1: departs, as RFC 6121 demands (${DELIVER})`);
    expect(text).not.to.include('\u001b');
    expect(formatComparison(comparison, createStyle(true))).to.include('\u001b');
  });

  it('say so where nothing differs', () => {
    const same = runOf([caseOf('one', [checkOf(DELIVER)])]);
    expect(formatComparison(compared(same, same), PLAIN)).to.include('No server departs from a clause');
  });

  it('are short in Markdown: clauses that all keep are only counted', () => {
    const text = comparisonToMarkdown(comparison);
    expect(text).to.match(/^# Servers compared\n/);
    expect(text).to.include('| RFC 6121 MUST | 1 of 1 kept | 0 of 1 kept |');
    const same = runOf([caseOf('one', [checkOf(DELIVER), checkOf(IGNORE)])]);
    expect(comparisonToMarkdown(compared(same, same))).not.to.include('<details>');
  });

  it('are complete in HTML, which loads nothing', () => {
    const page = comparisonToHtml(comparison);
    expect(page).to.match(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(page).to.include('default-src &#39;none&#39;');
    expect(page).to.include(DELIVER).and.to.include('nothing came');
    expect(page).not.to.match(/<(?:link|img|iframe)|\ssrc=|https?:/);
  });

  it('summarise for the README, the same each time', () => {
    const summary = matrixSummary(comparison, comparison);
    expect(summary).to.equal(matrixSummary(compared(modern, old), comparison));
    expect(summary).to.include('| 0 of 1; 1 as the other demands | 1 of 1 |');
    expect(summary).to.match(/^- `subscription\/inbound-subscribed`: An approval/m);
    expect(
      Math.max(
        ...summary
          .split('\n')
          .filter((line) => !line.startsWith('|'))
          .map((line) => line.length),
      ),
    ).to.be.at.most(120);
  });

  it('go between the markers, and nowhere else', () => {
    const document = 'before\n<!-- matrix:begin -->\nold\n<!-- matrix:end -->\nbehind\n';
    expect(replaceMatrix(document, 'new')).to.equal(document.replace('old', 'new'));
    expect(replaceMatrix('before', 'new')).to.equal(undefined);
    expect(replaceMatrix('<!-- matrix:end --><!-- matrix:begin -->', 'new')).to.equal(undefined);
  });

  it('are not harmed by what a server says', () => {
    for (const text of HOSTILE_TEXTS) {
      const hostile = compareServers([
        viewServer(text, hostileRun(text)),
        viewServer('fine', sampleOfEverything()),
      ]);
      for (const form of [
        formatComparison(hostile, PLAIN),
        comparisonToMarkdown(hostile),
        matrixSummary(hostile, hostile),
      ]) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get through
        expect(form).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e\ufeff]/);
      }
      const markdown = comparisonToMarkdown(hostile);
      expect(markdown.replace(/<\/?(?:details|summary)>/g, '')).not.to.match(/<[a-z!/]/i);
      const page = comparisonToHtml(hostile);
      expect(page.match(/<script/g)).to.have.length(1);
      expect(page).not.to.include('<presence').and.not.to.include('<aaa').and.not.to.include('<![CDATA[');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get through
      expect(page).not.to.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e\ufeff]/);
    }
  }).timeout(60_000);
});
