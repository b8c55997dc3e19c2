import { expect } from 'chai';
import { UsageError } from '../../harness/config.js';
import type { RunResult } from '../../harness/verdict/result.js';
import { PLAIN } from '../style.js';
import { caseOf, checkOf, DELIVER, IGNORE, runOf } from '../testing/compare.js';
import { HOSTILE_TEXTS, hostileRun } from '../testing/hostile.js';
import { sampleOfEverything, sampleRun } from '../testing/sample.js';
import { compareRuns } from './history.js';
import { formatHistory, historyToMarkdown } from './history-text.js';

const kept = runOf([caseOf('one', [checkOf(DELIVER)]), caseOf('two', [checkOf(DELIVER)])]);
const broken = runOf([
  caseOf('one', [checkOf(DELIVER, { outcome: 'fail', reason: 'nothing came' })]),
  caseOf('two', [checkOf(DELIVER, { outcome: 'fail', reason: 'nothing came' })]),
]);

function kinds(before: RunResult, after: RunResult): string[] {
  return compareRuns(before, after, false).changes.map(({ kind, cases }) => `${kind}: ${cases.join(', ')}`);
}

describe('compareRuns', () => {
  it('finds nothing where nothing changed', () => {
    for (const run of [kept, broken, sampleOfEverything()]) {
      const history = compareRuns(run, run, true);
      expect(history.changes).to.deep.equal([]);
      expect(history.exitStatus).to.equal(0);
    }
  });

  it('tells a MUST that broke, cases with the same change together', () => {
    const history = compareRuns(kept, broken, false);
    expect(history.exitStatus).to.equal(1);
    expect(history.changes).to.have.length(1);
    expect(history.changes[0]).to.deep.include({
      kind: 'broke-must',
      cases: ['one', 'two'],
      clause: DELIVER,
      level: 'MUST',
      detail: 'nothing came',
    });
  });

  it('tells what was mended', () => {
    expect(kinds(broken, kept)).to.deep.equal(['mended: one, two']);
    expect(compareRuns(broken, kept, true).exitStatus).to.equal(0);
  });

  it('counts a SHOULD only when it is strict', () => {
    const warned = runOf([caseOf('one', [checkOf(DELIVER, { outcome: 'warn', level: 'SHOULD' })])]);
    expect(kinds(kept, warned)).to.deep.equal(['broke-should: one', 'gone: two']);
    expect(compareRuns(kept, warned, false).exitStatus).to.equal(0);
    expect(compareRuns(kept, warned, true).exitStatus).to.equal(1);
  });

  it('decides by the specification of the new run', () => {
    const other = runOf([caseOf('one', [checkOf(DELIVER), checkOf(IGNORE, { outcome: 'fail' })])]);
    expect(kinds(kept, other)).to.deep.equal(['gone: two']);
    const old = caseOf('one', [checkOf(DELIVER), checkOf(IGNORE)]);
    const { selection } = other;
    const judged = { ...other, selection: { ...selection, spec: 'rfc3921' } } as const;
    const history = compareRuns(runOf([old]), judged, false);
    expect(history).to.include({ exitStatus: 1, spec: 'rfc3921' });
    expect(history.remarks[0]).to.match(/^The old run was judged by RFC 6121, the new one by RFC 3921;/);
  });

  it('tells a failure of another kind, and not one whose nearest stanza alone differs', () => {
    const failing = (reason: string, received: string) =>
      runOf([caseOf('one', [checkOf(DELIVER, { outcome: 'fail', reason, received })])]);
    const before = failing('it did not come', "<presence to='romeo-1@a'/>");
    expect(kinds(before, failing('it did not come', "<presence to='romeo-2@a'/>"))).to.deep.equal([]);
    expect(kinds(before, failing('it came twice', ''))).to.deep.equal(['other-failure: one']);
  });

  it('tells a choice that changed', () => {
    const choosing = (taken: string) => {
      const where = { scenario: 'subscription/inbound-subscribed', case: 'one' };
      const choice = {
        name: 'an answer',
        ...where,
        taken,
        options: ['error', 'silence'],
        clauses: [DELIVER],
      };
      return runOf([caseOf('one', [checkOf(DELIVER)], { choices: [choice] })]);
    };
    const [change] = compareRuns(choosing('error'), choosing('silence'), true).changes;
    expect(change).to.include({ kind: 'choice', about: 'an answer', detail: 'error before, silence now' });
  });

  it('does not call a case broken or mended that only one run knows or judged', () => {
    const one = caseOf('one', [checkOf(DELIVER)]);
    const failing = caseOf('two', [checkOf(DELIVER, { outcome: 'fail' })]);
    const blocked = caseOf('two', [], {
      specs: { rfc3921: 'blocked', rfc6121: 'blocked' },
      reason: 'not reached',
    });
    const skipped = caseOf('two', []);
    expect(kinds(runOf([one]), runOf([one, failing]))).to.deep.equal(['new: two']);
    expect(kinds(runOf([one, failing]), runOf([one]))).to.deep.equal(['gone: two']);
    expect(kinds(runOf([one, blocked]), runOf([one, failing]))).to.deep.equal(['now-judged: two']);
    expect(kinds(runOf([one, failing]), runOf([one, skipped]))).to.deep.equal(['skipped: two']);
    expect(kinds(runOf([one, blocked]), runOf([one, blocked]))).to.deep.equal([]);
    expect(compareRuns(runOf([one]), runOf([one, failing]), false).exitStatus).to.equal(0);
  });

  it('gives no clean bill where cases are blocked that were not', () => {
    const specs = { rfc3921: 'blocked', rfc6121: 'blocked' } as const;
    const blocked = runOf([
      caseOf('one', [checkOf(DELIVER)]),
      caseOf('two', [], { specs, reason: 'not reached' }),
    ]);
    const history = compareRuns(kept, blocked, false);
    expect(history.exitStatus).to.equal(2);
    expect(history.changes[0]).to.include({ kind: 'not-judged' });
    expect(history.changes[0]?.detail).to.equal('pass before, blocked now: not reached');
    expect(compareRuns(kept, { ...kept, interrupted: 'Ctrl-C' }, false).exitStatus).to.equal(2);
  });

  it('remarks on other versions, selections and features', () => {
    const { target, selection } = kept;
    const other = {
      ...kept,
      tool: { name: 'xmpp-conform', version: '9.9.9' } as const,
      selection: { ...selection, only: ['roster/*'] },
      target: { ...target, features: ['blocking', 'no-pre-approval'] },
    };
    expect(compareRuns(kept, other, false).remarks.map((remark) => remark.slice(0, 30))).to.deep.equal([
      'The runs are of xmpp-conform 0',
      'The runs were given different ',
      'No longer offered: stream:sess',
      'Newly offered: blocking.',
    ]);
  });

  it('refuses runs without a case in common', () => {
    const elsewhere = runOf([caseOf('one', [], { scenario: 'roster/kept' })]);
    expect(() => compareRuns(kept, elsewhere, false)).to.throw(UsageError, 'have no case in common');
    const empty = sampleRun([], { interrupted: 'refused' });
    expect(() => compareRuns(kept, empty, false)).to.throw(UsageError, /holds no case \(refused\)/);
  });
});

describe('the forms of a history', () => {
  it('end with the verdict on a terminal', () => {
    const text = formatHistory(compareRuns(kept, broken, false), PLAIN);
    expect(text).to.match(/^Broke: a MUST that was kept \(2 cases\)\n/);
    expect(text).to.match(
      /\n1 MUST of RFC 6121 broke that was kept before \(2 cases compared, exit status 1\)\.\n$/,
    );
    expect(formatHistory(compareRuns(broken, kept, false), PLAIN)).to.match(
      /No MUST of RFC 6121 broke that was kept before; 1 clause mended \(2 cases compared, exit status 0\)\.\n$/,
    );
  });

  it('are short in Markdown: what broke is open, the rest folded', () => {
    const text = historyToMarkdown(compareRuns(kept, broken, false));
    expect(text).to.match(/^## xmpp-conform: something broke\n/);
    expect(text).to.include('### Broke: a MUST that was kept (2 cases)').and.not.to.include('<details>');
    expect(historyToMarkdown(compareRuns(broken, kept, false))).to.include(
      '<details><summary>Mended (2 cases)</summary>',
    );
  });

  it('are not harmed by what a server says', () => {
    for (const text of HOSTILE_TEXTS) {
      const hostile = hostileRun(text);
      const before = {
        ...hostile,
        cases: hostile.cases.map((item) => ({
          ...item,
          checks: item.checks.map((check) => ({ ...check, outcome: 'pass' as const })),
        })),
      };
      const history = compareRuns(before, hostile, true);
      const markdown = historyToMarkdown(history);
      for (const form of [formatHistory(history, PLAIN), markdown]) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get through
        expect(form).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e\ufeff]/);
      }
      expect(markdown.replace(/<\/?(?:details|summary)>|<br>/g, '')).not.to.match(/<[a-z!/]/i);
    }
  }).timeout(60_000);
});
