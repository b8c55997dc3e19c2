import { hasReason } from '../harness/verdict/known.js';
import type { ClauseCounts, RunResult } from '../harness/verdict/result.js';
import { LEVELS } from '../harness/verdict/summary.js';
import { type Breach, breaches, unjudged } from './breaches.js';
import { closingSentence } from './closing.js';
import { groupBy } from './group.js';
import { specName } from './scoreboard.js';
import { clip, count, duration, oneLine } from './text.js';

const MAX_ROWS = 100;
const MAX_CELL = 300;
const MAX_CASES = 3;

/** What GitHub takes as the summary of one step, in bytes. */
export const MAX_SUMMARY = 1024 * 1024;

/**
 * The run on one page in GitHub's Markdown: the verdict, the scoreboard, what broke by clause, what could not be
 * judged. No text of the target can become markup.
 * @param limit bytes that the page may take; what is beyond the verdict and the scoreboard is left out where it
 *   doesn't fit, and where that is too much, all
 */
export function toMarkdown(run: RunResult, limit = MAX_SUMMARY): string {
  const top = [...verdict(run), ...scoreboard(run)];
  const page = [
    ...top,
    ...broken(run),
    ...stale(run),
    ...notJudged(run),
    ...warnings(run),
    ...known(run),
    ...skipped(run),
  ];
  const text = toText(page);
  if (Buffer.byteLength(text) <= limit) return text;
  const short = toText([...top, '', 'The rest does not fit here; the other reports have it.']);
  return Buffer.byteLength(short) <= limit ? short : '';
}

const VERDICTS = ['passed', 'failed', 'no verdict', 'nothing to judge'] as const;

function verdict(run: RunResult): string[] {
  const { cases } = run.summary;
  const { shard } = run.selection;
  const counted = Object.entries(cases).filter(([, number]) => number > 0);
  return [
    `## xmpp-conform: ${VERDICTS[run.exitStatus]}`,
    '',
    plain(closingSentence(run)),
    '',
    plain(
      [
        `Target ${run.target.name}, domain ${run.target.domain}, judged by ${specName(run.selection.spec)}`,
        ...(shard === undefined ? [] : [`shard ${shard.index} of ${shard.count}`]),
        `${counted.map(([outcome, number]) => `${number} ${outcome}`).join(', ') || 'no cases'}`,
        duration(run.durationMs),
      ].join('; '),
    ),
  ];
}

const COLUMNS: readonly (keyof ClauseCounts)[] = ['pass', 'fail', 'blocked', 'untested'];

function scoreboard(run: RunResult): string[] {
  const { spec } = run.selection;
  const levels = run.summary.specs[spec];
  const rows = LEVELS.filter((level) => COLUMNS.some((column) => levels[level][column] > 0));
  if (rows.length === 0) return [];
  return [
    '',
    `| ${specName(spec)} clauses | ${COLUMNS.join(' | ')} |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map((level) => `| ${level} | ${COLUMNS.map((column) => levels[level][column]).join(' | ')} |`),
  ];
}

function broken(run: RunResult): string[] {
  const counting = breaches(run).filter((breach) => breach.counts);
  if (counting.length === 0) return [];
  return ['', `### ${count(counting.length, 'clause')} broken`, '', ...breachTable(counting)];
}

function warnings(run: RunResult): string[] {
  const found = breaches(run).filter((breach) => !breach.counts);
  return folded(
    `${count(found.length, 'recommendation')} not followed (SHOULD)`,
    found.length,
    breachTable(found),
  );
}

function breachTable(found: readonly Breach[]): string[] {
  return [
    '| level | clause | what it demands | what came | cases |',
    '| --- | --- | --- | --- | --- |',
    ...limited(
      found.map(
        ({ level, clause, summary, reason, cases }) =>
          `| ${[level, plain(clause), plain(summary), plain(reason), namesOf(cases)].join(' | ')} |`,
      ),
    ),
  ];
}

function stale(run: RunResult): string[] {
  const { file, stale: entries } = run.knownFailures;
  if (entries.length === 0) return [];
  return [
    '',
    `### ${plain(file)} is out of date`,
    '',
    ...limited(entries.map((entry) => `- ${plain(entry)}`)),
  ];
}

function notJudged(run: RunResult): string[] {
  const found = unjudged(run);
  if (found.length === 0) return [];
  return [
    '',
    '### Not judged',
    '',
    ...limited(
      found.map(({ outcome, reason, cases }) => `- ${outcome}: ${plain(reason)} (${namesOf(cases)})`),
    ),
  ];
}

function known(run: RunResult): string[] {
  const matches = run.cases.flatMap((result) => result.known.filter((match) => match.status === 'expected'));
  const groups = [...groupBy(matches, (match) => `${match.clause} ${match.why}`).values()];
  const rows = groups.flatMap((group) =>
    group
      .slice(0, 1)
      .map(
        ({ clause, why }) =>
          `- ${plain(clause)}: ${hasReason(why) ? plain(why) : 'no reason is given yet'} (${count(group.length, 'case')})`,
      ),
  );
  return folded(`${count(groups.length, 'known failure')}, as expected`, groups.length, limited(rows));
}

function skipped(run: RunResult): string[] {
  const cases = run.cases.filter((result) => result.outcome === 'skipped');
  const rows = [...groupBy(cases, (result) => result.reason)].map(
    ([reason, group]) => `- ${count(group.length, 'case')}: ${plain(reason)}`,
  );
  return folded(`${count(cases.length, 'case')} skipped`, cases.length, limited(rows));
}

function folded(title: string, number: number, lines: readonly string[]): string[] {
  if (number === 0) return [];
  return ['', `<details><summary>${title}</summary>`, '', ...lines, '', '</details>'];
}

function limited(rows: readonly string[]): string[] {
  const left = rows.length - MAX_ROWS;
  return left > 0 ? [...rows.slice(0, MAX_ROWS), '', `And ${left} more.`] : [...rows];
}

function namesOf(cases: readonly string[]): string {
  const left = cases.length - MAX_CASES;
  return [...cases.slice(0, MAX_CASES).map(plain), ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
}

// Characters that Markdown or HTML could take for markup; as references they are text wherever they stand.
const MARKUP = /[&<>|\\`*_[\]#~!@$]/g;

/** Text that stays text: one line, clipped, without markup, and without links of GitHub's own making. */
export function plain(text: string): string {
  return oneLine(clip(text, MAX_CELL))
    .replace(MARKUP, reference)
    .replace(/:(?=\/\/|[\w-]+:)|(?<=\bwww)\./gi, reference)
    .replace(/^[-+=:]|(?<=^\d+)[.)](?=\s|$)/, reference);
}

function reference(char: string): string {
  return `&#${char.charCodeAt(0)};`;
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
