import type { ClauseCounts, Level, RunResult, Spec } from '../../harness/verdict/result.js';
import { groupBy } from '../group.js';
import { specName } from '../scoreboard.js';
import { count } from '../text.js';
import { documentName } from './documents.js';
import { html, type Markup } from './markup.js';
import { CLAUSE_STATUSES, type ClauseStatus, type ClauseView, type RunView } from './view.js';

const LEVELS: readonly Level[] = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'];
const SPECS: readonly Spec[] = ['rfc3921', 'rfc6121'];
/** Widths in pixels. */
const BAR = 160;
const SHORT_BAR = 72;

/** What each status of a clause is called at the head of a column. */
const HEADINGS: Readonly<Record<ClauseStatus, string>> = {
  fail: 'MUST broken',
  warn: 'SHOULD broken',
  blocked: 'blocked',
  pass: 'kept',
  untested: 'untested',
  unjudged: 'not judged',
};

/** Clauses counted by specification and level, the specification chosen first, then by document and chapter. */
export function renderScoreboard({ run, clauses }: RunView): Markup {
  const { spec } = run.selection;
  const specs = [spec, ...SPECS.filter((other) => other !== spec)];
  const documents = [...groupBy(clauses, (clause) => clause.result.document)];
  return html`<section id="scoreboard" aria-labelledby="scoreboard-title"><h2 id="scoreboard-title">Scoreboard</h2>
<div class="boards">${specs.map((each) => levelTable(run, each))}</div>
<h3>By section</h3>
<div class="boards">${documents.map(([name, own]) => chapterTable(run, name, own))}</div></section>
`;
}

function levelTable(run: RunResult, spec: Spec): Markup | undefined {
  const title = `${specName(spec)}${spec === run.selection.spec ? '' : ' (for information)'}`;
  const levels = run.summary.specs[spec];
  const rows = LEVELS.filter((level) => total(levels[level]) > 0).map((level) => {
    const { pass, fail, blocked, untested } = levels[level];
    const broken = level.startsWith('MUST') ? 'fail' : 'warn';
    return html`<tr><th scope="row"><span class="level">${level}</span></th>${cell(pass, 'pass')}${cell(fail, broken)}${cell(blocked, 'blocked')}${cell(untested, 'untested')}<td class="bar">${bar(
      [
        ['pass', pass],
        [broken, fail],
        ['blocked', blocked],
        ['untested', untested],
      ],
      BAR,
    )}</td></tr>`;
  });
  return board(title, ['level', 'kept', 'broken', 'blocked', 'untested'], rows);
}

function chapterTable(run: RunResult, name: string, clauses: readonly ClauseView[]): Markup | undefined {
  const titles = new Map(
    run.sections.filter((it) => it.document === name).map(({ section, title }) => [section, title]),
  );
  const order: readonly ClauseStatus[] = ['pass', 'fail', 'warn', 'blocked', 'untested', 'unjudged'];
  const rows = [...groupBy(clauses, chapterOf)].map(([chapter, own]) => {
    const counts = countByStatus(own);
    return html`<tr><th scope="row"><a href="#?section=${name}:${chapter}">${chapter}</a> ${titles.get(chapter)}</th>${order.map(
      (status) => cell(counts[status], status),
    )}<td class="bar">${bar(
      order.filter((status) => status !== 'unjudged').map((status) => [status, counts[status]]),
      SHORT_BAR,
    )}</td></tr>`;
  });
  return board(
    `${documentName(name)}: ${count(clauses.length, 'clause')}`,
    ['section', ...order.map((status) => HEADINGS[status])],
    rows,
  );
}

function board(title: string, headings: readonly string[], rows: readonly Markup[]): Markup | undefined {
  if (rows.length === 0) return undefined;
  return html`<div class="wide"><table class="board"><caption>${title}</caption><thead><tr>${headings.map(
    (heading) => html`<th scope="col">${heading}</th>`,
  )}<td></td></tr></thead><tbody>${rows}</tbody></table></div>
`;
}

function cell(number: number, status: ClauseStatus): Markup {
  return html`<td class="${number === 0 ? 'zero' : status}">${number}</td>`;
}

/** The table beside it says the same in numbers, so it is hidden from screen readers. */
function bar(parts: readonly (readonly [ClauseStatus, number])[], length: number): Markup {
  const sum = parts.reduce((so, [, number]) => so + number, 0);
  let x = 0;
  const pieces = parts.map(([status, number]) => {
    const width = sum === 0 ? 0 : (number / sum) * length;
    const piece =
      width === 0
        ? undefined
        : html`<rect class="${status}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="10"/>`;
    x += width;
    return piece;
  });
  return html`<svg width="${length}" height="10" aria-hidden="true">${pieces}</svg>`;
}

/** How many clauses have each status. */
function countByStatus(clauses: readonly ClauseView[]): Record<ClauseStatus, number> {
  const counts = { fail: 0, blocked: 0, warn: 0, pass: 0, untested: 0, unjudged: 0 };
  for (const { status } of clauses) counts[status] += 1;
  return counts;
}

/** `3 kept, 1 MUST broken`, the gravest first. */
export function tellCounts(clauses: readonly ClauseView[]): string {
  const counts = countByStatus(clauses);
  const told = CLAUSE_STATUSES.filter((status) => counts[status] > 0);
  return `${count(clauses.length, 'clause')}: ${told.map((status) => `${counts[status]} ${HEADINGS[status]}`).join(', ')}`;
}

function chapterOf({ result }: ClauseView): string {
  return result.section.split('.')[0] ?? '';
}

function total({ pass, fail, blocked, untested }: ClauseCounts): number {
  return pass + fail + blocked + untested;
}
