import { createHash } from 'node:crypto';
import { formatExchange } from '../exchange.js';
import { html, Markup } from '../html/markup.js';
import { specName } from '../scoreboard.js';
import { PLAIN } from '../style.js';
import { count } from '../text.js';
import {
  cellText,
  type Expectation,
  type InteropMatrix,
  interruptions,
  LEGEND,
  type Sighting,
  serverText,
  shownText,
  sightingLines,
  tintOf,
} from './matrix.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --fail: #b3261e; --warn: #8a5300; --pass: #146c2e; }
@media (prefers-color-scheme: dark) { :root { --fail: #ff8a80; --warn: #ffc46b; --pass: #7fd896; } }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: 0.5rem 0; }
th, td { border: 1px solid var(--line); padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; min-width: 8rem; }
thead th { background: var(--soft); } .agree { color: var(--pass); } .departs { color: var(--fail); } .gap { color: var(--warn); }
article { border-top: 1px solid var(--line); padding: 0.4rem 0; } h3 { font-size: 1rem; margin: 0.2rem 0; }
pre { white-space: pre-wrap; font: 0.8rem/1.4 ui-monospace, monospace; background: var(--soft); padding: 0.5rem; } summary { cursor: pointer; }
dl { font-size: 0.9rem; } dt { font-weight: bold; } dd { margin: 0 0 0.2rem 1rem; }
`;

/** The matrix as one HTML page that loads nothing and needs no script; all text of servers is escaped. */
export function interopToHtml(matrix: InteropMatrix): string {
  const { servers, departures, gaps, unattributed, notJudged } = matrix;
  const names = servers.map(({ name }) => name);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${names.join(', ')}: between servers, by xmpp-conform</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>Between servers</h1>
<p>Judged by ${specName(matrix.spec)}. The user (romeo) is on the server of the row, the contact (juliet) on that of the column.</p>
<ul>${servers.map((server) => html`<li>${serverText(server)}</li>`)}</ul>
${pairs(matrix, names)}
<dl>${LEGEND.map(([word, meaning]) => html`<dt>${word}</dt><dd>${meaning}</dd>`)}</dl>
${interruptions(matrix).map((text) => html`<p class="departs">${text}</p>`)}
${section(
  count(departures.length, 'departure'),
  departures.map(
    ({
      server,
      clauses,
      expectation,
      sightings,
    }) => html`<article><h3 class="departs">${server}: ${expectation.title}</h3>
<ul>${clauses.map(
      (broken) =>
        html`<li>${broken.level} <code>${broken.clause}</code>: ${broken.summary} ${shownText(broken)}</li>`,
    )}</ul>
${seen(sightings)}${exchange(expectation)}</article>
`,
  ),
)}
${section(
  count(gaps.length, 'gap'),
  gaps.map(
    ({
      says,
      by,
      choice,
      expectation,
      sightings,
    }) => html`<article><h3 class="gap">${by === '' ? says : `${by} may, but ${says}`}</h3>
<p>${choice}</p>${seen(sightings)}${expectation === undefined ? undefined : exchange(expectation)}</article>
`,
  ),
)}
${section(
  count(unattributed.length, 'difference not attributed', 'differences not attributed'),
  unattributed.map(
    ({
      says,
      clauses,
      expectation,
      sightings,
    }) => html`<article><h3 class="gap">${expectation.title}: ${says}</h3>
<ul>${clauses.map((clause) => html`<li>${clause}</li>`)}</ul>${seen(sightings)}${exchange(expectation)}</article>
`,
  ),
)}
${section(
  `${count(notJudged.length, 'case')} not judged`,
  notJudged.map(
    ({
      outcome,
      reason,
      ...sighting
    }) => html`<article>${seen([sighting])}<p>${outcome}: ${reason}</p></article>
`,
  ),
)}
${choices(matrix, names)}
</main>
</body>
</html>
`;
  return page.source;
}

function policy(): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function pairs({ cells }: InteropMatrix, names: readonly string[]): Markup {
  const cell = (target: string, peer: string) => {
    const found = cells.find((item) => item.target === target && item.peer === peer);
    return found === undefined ? html`<td></td>` : html`<td class="${tintOf(found)}">${cellText(found)}</td>`;
  };
  return html`<div class="wide"><table>
${head(names)}
<tbody>${names.map((target) => html`<tr><th scope="row">${target}</th>${names.map((peer) => cell(target, peer))}</tr>`)}</tbody>
</table></div>`;
}

function head(names: readonly string[]): Markup {
  return html`<thead><tr><td></td>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>`;
}

function choices({ choices: rows }: InteropMatrix, names: readonly string[]): Markup | undefined {
  if (rows.length === 0) return undefined;
  return html`<section><h2>What servers choose</h2><div class="wide"><table>
${head(names)}
<tbody>${rows.map(
    ({ name, taken }) =>
      html`<tr><th scope="row">${name}</th>${taken.map((options) => html`<td>${options.join('; ')}</td>`)}</tr>`,
  )}</tbody>
</table></div></section>`;
}

function section(title: string, articles: readonly Markup[]): Markup | undefined {
  return articles.length === 0 ? undefined : html`<section><h2>${title}</h2>${articles}</section>`;
}

function seen(sightings: readonly Sighting[]): Markup {
  return html`<ul>${sightingLines(sightings).map((text) => html`<li>seen from ${text}</li>`)}</ul>`;
}

function exchange({ at, source, reason, exchange: entries }: Expectation): Markup {
  const lines = formatExchange(entries, PLAIN).map((line) => `${line}\n`);
  return html`<details><summary>At ${at}, ${source}: ${reason}</summary><pre>${lines}</pre></details>`;
}
