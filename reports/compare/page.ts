import { createHash } from 'node:crypto';
import { SPECS } from '../../harness/verdict/summary.js';
import { html, Markup } from '../html/markup.js';
import { specName } from '../scoreboard.js';
import { clip, count, oneLine } from '../text.js';
import type { ClauseRow, Comparison, SectionRows } from './compare.js';
import { type ChoicePart, type ClausePart, type Difference, RANKING } from './differences.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-assets.js';
import type { Seen } from './server.js';
import { aboutServer, casesText, levelText, partTitle, sayings, seenText, weightText } from './words.js';

const MAX_REASON = 300;

/** A comparison as one HTML page that loads nothing; all of it is readable without its script, which filters. */
export function comparisonToHtml(comparison: Comparison): string {
  const names = comparison.servers.map(({ name }) => name);
  const title = oneLine(`${names.join(', ')}: compared by xmpp-conform`);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<header><p class="tool">xmpp-conform</p>
<h1>Servers compared</h1>
<ul>${comparison.servers.map((server) => html`<li>${aboutServer(server)}</li>`)}</ul>
${comparison.remarks.map((remark) => html`<p class="remark">${remark}</p>`)}
<nav aria-label="Parts"><a href="#scores">Scores</a> <a href="#differences">Differences</a> <a href="#clauses">Clauses</a></nav></header>
<main>
${renderScores(comparison)}
<form id="filter" hidden><label>Show what holds <input type="search" name="words" autocomplete="off"></label>
<label><input type="checkbox" name="split"> only where servers differ</label> <output></output></form>
<section id="differences"><h2>Differences, what matters most first</h2>
${RANKING.map(
  (line) => html`<p class="quiet">${line}</p>
`,
)}<ol>
${comparison.differences.map((difference) => renderDifference(difference, names))}</ol></section>
<section id="clauses"><h2>All clauses judged, by section</h2>
${comparison.sections.map((section) => renderSection(section, names))}</section>
</main>
<script type="module">${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return page.source;
}

function policy(): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(PAGE_STYLE)}; script-src ${hash(PAGE_SCRIPT)}; base-uri 'none'; form-action 'none'`;
}

function headRow(first: string, names: readonly string[]): Markup {
  return html`<thead><tr><th scope="col">${first}</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`;
}

function renderScores({ servers, levels, features }: Comparison): Markup {
  const row = (label: string, cells: readonly string[]) =>
    html`<tr><th scope="row">${label}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  return html`<section id="scores"><h2>Scores</h2><div class="wide"><table>
${headRow(
  '',
  servers.map(({ name }) => name),
)}<tbody>
${SPECS.map((spec) =>
  row(
    `Cases, ${specName(spec)}`,
    servers.map(({ cases }) => casesText(cases[spec])),
  ),
)}${levels.map(({ spec, level, cells }) =>
  row(
    `${specName(spec)} ${level}`,
    cells.map((cell) => levelText(cell, spec, level)),
  ),
)}${features.map(({ feature, cells }) =>
  row(
    `Offers ${feature}`,
    cells.map((isOffered) => (isOffered ? 'yes' : 'no')),
  ),
)}</tbody></table></div></section>
`;
}

function renderDifference(difference: Difference, names: readonly string[]): Markup {
  return html`<li class="item" data-split="${difference.isSplit ? 'yes' : 'no'}"><details><summary><b>${difference.title}</b>
<span class="quiet">${difference.scenario}</span> <span class="tag ${difference.gravity}">${weightText(difference)}</span></summary>
${difference.parts.map((part) => renderPart(part, difference, names))}</details></li>
`;
}

function renderPart(part: ClausePart | ChoicePart, difference: Difference, names: readonly string[]): Markup {
  return html`<div class="part"><p><b>${partTitle(part)}</b>${part.kind === 'clause' ? html` ${part.summary}` : undefined}</p>
<ul>${sayings(part, difference, names).map(
    ({ servers, text }) => html`<li><b>${servers.join(', ')}</b>: ${text}</li>
`,
  )}</ul>${part.kind === 'clause' ? examples(part.cells, names) : undefined}</div>
`;
}

function examples(cells: readonly (Seen | null)[], names: readonly string[]): Markup[] {
  return cells.flatMap((cell, index) =>
    cell === null || cell.example === ''
      ? []
      : [
          html`<p class="quiet">${names[index] ?? ''}, for example ${cell.example}: ${clip(cell.reason, MAX_REASON)}</p>
`,
        ],
  );
}

function renderSection({ document, section, title, clauses }: SectionRows, names: readonly string[]): Markup {
  const kept = clauses.filter(({ cells }) => cells.every((cell) => cell?.standing === 'kept')).length;
  return html`<details class="section"><summary><b>${specDocument(document)} ${section}</b> ${title} <span class="quiet">${kept} of ${count(clauses.length, 'clause')} kept by all</span></summary><div class="wide"><table>
${headRow('Clause', names)}<tbody>
${clauses.map(renderClause)}</tbody></table></div></details>
`;
}

function specDocument(document: string): string {
  return document.replace(/^(rfc|xep)/, (kind) => `${kind.toUpperCase()} `);
}

function renderClause(clause: ClauseRow): Markup {
  const standings = new Set(
    clause.cells.flatMap((cell) =>
      cell && ['kept', 'excused', 'departs'].includes(cell.standing) ? cell.standing : [],
    ),
  );
  const rivals = [
    ...(clause.contradicts.length > 0 ? [`contradicted by ${clause.contradicts.join(', ')}`] : []),
    ...(clause.differs.length > 0 ? [`differs from ${clause.differs.join(', ')}`] : []),
  ];
  return html`<tr class="item" data-split="${standings.size > 1 ? 'yes' : 'no'}"><th scope="row"><span class="level">${clause.level}</span> <code>${clause.id}</code> ${clause.summary}${
    rivals.length === 0 ? undefined : html` <span class="quiet">(${rivals.join('; ')})</span>`
  }</th>${clause.cells.map((cell) => renderCell(cell, clause))}</tr>
`;
}

function renderCell(cell: Seen | null, clause: ClauseRow): Markup {
  if (cell === null) return html`<td class="untested">not known to this run</td>`;
  const tint = cell.standing === 'departs' ? departureTint(cell) : cell.standing;
  const why =
    cell.standing === 'departs'
      ? html`<span class="quiet">${cell.example}: ${clip(cell.reason, MAX_REASON)}</span>`
      : undefined;
  return html`<td class="${tint}"><span class="standing">${seenText(cell, clause.spec)}</span>${why}</td>`;
}

function departureTint({ demandedBy, isGrave }: Seen): string {
  if (demandedBy.length > 0) return 'excused';
  return isGrave ? 'fail' : 'warn';
}
