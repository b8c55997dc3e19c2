import { createHash } from 'node:crypto';
import type { RunResult } from '../../harness/verdict/result.js';
import { closingSentence } from '../closing.js';
import { specName } from '../scoreboard.js';
import { duration, oneLine } from '../text.js';
import { renderAbout } from './about.js';
import type { Assets } from './assets.js';
import { renderCaseDetail } from './case-detail.js';
import { renderCases } from './case-list.js';
import { Chunks } from './chunks.js';
import { renderFilters } from './filters.js';
import { html, jsonForScript, Markup } from './markup.js';
import { renderMatrix } from './matrix.js';
import { renderScoreboard } from './scoreboard.js';
import { type CaseView, type RunView, viewOf } from './view.js';

/**
 * The whole run as one HTML page that needs nothing but itself: scoreboard, matrix and cases are readable as they are,
 * what a case opens to is packed and shown by the client script.
 * @param assets stylesheet and script of the page, trusted
 */
export function toHtml(run: RunResult, assets: Assets): string {
  const view = viewOf(run);
  const { chunks, index } = pack(view);
  const title = oneLine(`${run.target.name}, ${specName(run.selection.spec)}: xmpp-conform`);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(assets)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(assets.style)}</style>
</head>
<body>
<a class="skip" href="#cases">To the cases</a>
${renderHeader(run)}
<main>
${renderScoreboard(view)}${renderFilters(view)}${renderCases(view)}${renderMatrix(view)}${renderAbout(run)}</main>
<script type="application/json" id="index">${jsonForScript(index)}</script>
${chunks.map(
  (chunk) => html`<script type="application/octet-stream" class="chunk">${new Markup(chunk)}</script>
`,
)}<script type="module">${new Markup(assets.script)}</script>
</body>
</html>
`;
  return page.source;
}

function renderHeader(run: RunResult): Markup {
  const { target, exitStatus, knownFailures } = run;
  const verdict = { 0: 'pass', 1: 'fail', 2: 'error', 3: 'error' }[exitStatus];
  const stale = knownFailures.stale.map((entry) => html`<li>${entry}</li>`);
  return html`<header><p class="tool">xmpp-conform <span>${specName(run.selection.spec)}</span></p>
<h1>${target.software ?? target.name}</h1>
<p class="quiet">${target.name}, domain ${target.domain}, ${run.startedAt}, ${duration(run.durationMs)}</p>
<p class="verdict ${verdict}"><span class="o ${verdict}">${VERDICTS[exitStatus]}</span> ${closingSentence(run)}</p>
${stale.length === 0 ? undefined : html`<p class="why">${knownFailures.file} is out of date:</p><ul>${stale}</ul>`}
<nav aria-label="Parts"><a href="#scoreboard">Scoreboard</a><a href="#cases">Cases</a><a href="#clauses">Clauses</a><a href="#run">The run</a></nav></header>
`;
}

const VERDICTS: Readonly<Record<RunResult['exitStatus'], string>> = {
  0: 'passed',
  1: 'failed',
  2: 'no verdict',
  3: 'nothing judged',
};

/** The client's data: details and prose in chunks, and an index of what cases are found by, in the order of the page. */
function pack(view: RunView): { chunks: readonly string[]; index: unknown } {
  const { run, cases, clauses } = view;
  const chunks = new Chunks();
  // In the order of the run cases of one scenario are neighbours, whose texts are alike.
  const inRunOrder = new Map(run.cases.map((result, at) => [result, at]));
  const position = ({ result }: CaseView) => inRunOrder.get(result) ?? 0;
  const details = new Map(
    [...cases]
      .sort((a, b) => position(a) - position(b))
      .map((it) => [it, chunks.add(renderCaseDetail(it, run.selection).source)]),
  );
  const prose = new Map(run.scenarios.map(({ id, prose: text }) => [id, chunks.add(text)]));
  const clauseNumber = new Map(clauses.map((clause, at) => [clause, at]));
  const sections = [...new Set(cases.flatMap((it) => it.sections))];
  const sectionNumber = new Map(sections.map((section, at) => [section, at]));
  const index = {
    sections,
    cases: cases.map((it) => ({
      at: details.get(it),
      prose: prose.get(it.result.scenario),
      status: it.status,
      clauses: it.clauses.map((clause) => clauseNumber.get(clause)),
      broken: it.broken.map((clause) => clauseNumber.get(clause)),
      sections: it.sections.map((section) => sectionNumber.get(section)),
      reasons: reasonsOf(it),
    })),
  };
  return { chunks: chunks.finish(), index };
}

/** What the row doesn't say of why, on one line each. */
function reasonsOf({ result }: CaseView): string[] {
  const all = [
    result.title,
    ...result.checks.filter(({ outcome }) => outcome !== 'pass').map(({ reason }) => reason),
  ];
  return [...new Set(all.filter((reason) => reason !== '').map(oneLine))];
}

function policy({ style, script }: Assets): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
}
