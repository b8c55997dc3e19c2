import type { CaseResult, CheckResult, ChoiceResult, RunResult, Spec } from '../../harness/verdict/result.js';
import { type Finding, findings } from '../findings.js';
import { specName } from '../scoreboard.js';
import { count } from '../text.js';
import { layOutDiagram } from './diagram.js';
import { renderFinding } from './finding.js';
import { renderDiagram } from './ladder.js';
import { html, type Markup } from './markup.js';
import { type CaseView, clauseAnchor } from './view.js';

const OTHER: Readonly<Record<Spec, Spec>> = { rfc3921: 'rfc6121', rfc6121: 'rfc3921' };

/** What opens below the row of a case: findings, exchange, notes, every verdict, and a place for its scenario. */
export function renderCaseDetail(view: CaseView, selection: RunResult['selection']): Markup {
  const { result } = view;
  const own = findings(result, selection.spec);
  const other = findings(result, OTHER[selection.spec]).filter(
    (finding) =>
      !own.some((it) => it.source === finding.source && it.at === finding.at && it.kind === finding.kind),
  );
  return html`<p class="facts"><a href="#${view.anchor}" title="Link to this case">${result.scenario}: ${result.case}</a>${result.title}${sections(view.sections)}${specs(result)}</p>
${result.reason === '' ? undefined : html`<p class="why">${result.reason}</p>`}${knownMarks(result)}
${own.map(renderFinding)}${otherFindings(other, OTHER[selection.spec])}
${exchange(result, [...own, ...other])}
${violations(result.schemaViolations)}${choices(result.choices)}${verdicts(result.checks)}
<details class="more prose"><summary>The scenario as prose</summary><pre></pre></details>`;
}

function sections(names: readonly string[]): Markup | undefined {
  return names.length === 0 ? undefined : html`<span>sections ${names.join(', ')}</span>`;
}

function specs({ specs: { rfc3921, rfc6121 } }: CaseResult): Markup {
  return html`<span>${specName('rfc3921')}: ${rfc3921}, ${specName('rfc6121')}: ${rfc6121}</span>`;
}

function knownMarks({ known }: CaseResult): Markup[] {
  const said = {
    expected: 'A known failure, as stated',
    'other-reason': 'Known to fail, but not like this',
    'unexpected-pass': 'Passes, but is listed as a known failure: remove the entry',
  };
  return known.map(
    ({ status, clause, why }) =>
      html`<p class="knownmark">${said[status]}: <a href="#${clauseAnchor(clause)}">${clause}</a>. ${why}</p>`,
  );
}

function otherFindings(other: readonly Finding[], spec: Spec): Markup | undefined {
  if (other.length === 0) return undefined;
  return html`<details class="more"><summary>What breaks ${specName(spec)} (${other.length})</summary>${other.map(renderFinding)}</details>`;
}

function exchange(result: CaseResult, found: readonly Finding[]): Markup | undefined {
  if (result.transcript.length === 0) return undefined;
  const showAll = result.outcome === 'blocked' || result.outcome === 'error';
  return html`<h4>Exchange</h4>
${renderDiagram(layOutDiagram(result.transcript, found, showAll))}`;
}

function violations(texts: readonly string[]): Markup | undefined {
  if (texts.length === 0) return undefined;
  return html`<h4>What the protocol schemas reject</h4>
<p class="hint">Sent by the server; no verdict follows from it but through a clause.</p>
<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function choices(list: readonly ChoiceResult[]): Markup | undefined {
  if (list.length === 0) return undefined;
  const rows = list.map(
    ({ name, taken, options }) =>
      html`<tr><th scope="row">${name}</th><td>${taken || 'none'}</td><td class="quiet">${options.join(', ')}</td></tr>`,
  );
  return html`<h4>Choices</h4>
<div class="wide"><table><thead><tr><th scope="col">choice</th><th scope="col">taken</th><th scope="col">options</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function verdicts(checks: readonly CheckResult[]): Markup | undefined {
  if (checks.length === 0) return undefined;
  const rows = checks.map(
    ({ clause, level, outcome, kind, at, source, reason }) =>
      html`<tr><td><span class="o ${outcome}">${outcome}</span></td><td>${level}</td><td><a href="#${clauseAnchor(clause)}">${clause}</a></td><td>${kind}, ${at}</td><td class="quiet">${lineOf(source)}</td><td>${outcome === 'pass' ? '' : reason}</td></tr>
`,
  );
  const headings = ['outcome', 'level', 'clause', 'expectation', 'line', 'why'].map(
    (name) => html`<th scope="col">${name}</th>`,
  );
  return html`<details class="more"><summary>${count(checks.length, 'verdict')}</summary><div class="wide"><table><thead><tr>${headings}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

/** The line alone: the file is the scenario's. */
function lineOf(source: string): string {
  return /:(\d+)$/.exec(source)?.[1] ?? source;
}
