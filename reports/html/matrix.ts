import type { SectionTitle, Spec } from '../../harness/verdict/result.js';
import { groupBy } from '../group.js';
import { count, printable } from '../text.js';
import { documentName } from './documents.js';
import { html, type Markup } from './markup.js';
import { tellCounts } from './scoreboard.js';
import { type CaseView, type ClauseView, clauseAnchor, type RunView, sectionOf } from './view.js';

/** The traceability matrix: every clause, section by section, with who judges it and what came out. */
export function renderMatrix({ run, clauses }: RunView): Markup {
  const titles = new Map(run.sections.map((section) => [sectionOf(section), section]));
  const documents = [...groupBy(clauses, (clause) => clause.result.document)];
  return html`<section id="clauses" aria-labelledby="clauses-title"><h2 id="clauses-title">Clauses</h2>
<p class="hint">What each document demands, in our words; the scenarios that judge it; what this run says of it.</p>
${renderBroken(clauses, run.selection.spec)}${documents.map(([name, own]) => renderDocument(name, own, titles))}</section>
`;
}

/** Failures first: the broken clauses, a line each, those of the specification chosen before the others. */
function renderBroken(clauses: readonly ClauseView[], spec: Spec): Markup | undefined {
  const broken = clauses.filter(({ status }) => status === 'fail' || status === 'warn');
  if (broken.length === 0) return undefined;
  const rank = ({ result, status }: ClauseView) =>
    (result.spec === spec ? 0 : 2) + (status === 'fail' ? 0 : 1);
  const lines = [...broken]
    .sort((a, b) => rank(a) - rank(b))
    .map(
      ({ result, status, anchor, failedBy }) =>
        html`<li><span class="level ${status}">${result.level}</span> <a href="#${anchor}">${result.id}</a> <small>${count(failedBy.length, 'case')}</small></li>
`,
    );
  return html`<div id="broken"><h3>Broken <small>${count(broken.length, 'clause')}</small></h3>
<ul>${lines}</ul></div>
`;
}

function renderDocument(
  name: string,
  clauses: readonly ClauseView[],
  titles: ReadonlyMap<string, SectionTitle>,
): Markup {
  const sections = [...groupBy(clauses, (clause) => sectionOf(clause.result))];
  return html`<section class="document"><h3>${documentName(name)} <small>${tellCounts(clauses)}</small></h3>
${sections.map(([key, own]) => renderSection(key, own, titles.get(key)?.title))}</section>
`;
}

function renderSection(key: string, clauses: readonly ClauseView[], title: string | undefined): Markup {
  const [document = '', number = ''] = key.split(':');
  return html`<section class="section" data-section="${key}"><h4>${documentName(document)}, ${number} ${title}</h4>
<ul>${clauses.map(renderClause)}</ul></section>
`;
}

function renderClause(view: ClauseView): Markup {
  const { id, level, summary, why } = view.result;
  return html`<li class="clause" id="${view.anchor}" tabindex="-1" data-status="${view.status}" data-level="${level}"><span class="o ${view.status}">${WORDS[view.status]}</span><span class="level">${level}</span><div><p><a class="id" href="#${view.anchor}">${id}</a> ${summary}</p>${
    why === '' ? undefined : html`<p class="quiet">Not judged: ${why}</p>`
  }${relations(view)}${judges(view)}${failures(view)}</div></li>
`;
}

const WORDS: Readonly<Record<ClauseView['status'], string>> = {
  fail: 'broken',
  warn: 'broken',
  blocked: 'blocked',
  pass: 'kept',
  untested: 'untested',
  unjudged: 'not judged',
};

function relations({ result }: ClauseView): Markup[] {
  const links = (text: string, ids: readonly string[]) =>
    ids.length === 0
      ? []
      : [
          html`<p class="quiet">${text} ${list(ids.map((id) => html`<a href="#${clauseAnchor(id)}">${id}</a>`))}</p>`,
        ];
  return [
    ...links('Contradicted by', result.contradicts),
    ...links('Cannot be kept together with', result.differs),
  ];
}

const SHOWN = 3;

function judges({ result: { scenarios, outcome } }: ClauseView): Markup | undefined {
  if (scenarios.length === 0) return undefined;
  const links = scenarios.map((id) => html`<a href="#?text=${encodeURIComponent(printable(id))}">${id}</a>`);
  const untested = outcome === 'untested' ? ' (no case of this run put it to the test)' : '';
  if (links.length <= SHOWN) return html`<p class="quiet">Judged by ${list(links)}${untested}</p>`;
  return html`<details class="quiet"><summary>Judged by ${links.length} scenarios${untested}</summary><p>${list(links)}</p></details>`;
}

function failures({ failedBy }: ClauseView): Markup | undefined {
  if (failedBy.length === 0) return undefined;
  const links = failedBy.map(
    (view: CaseView) => html`<a href="#${view.anchor}">${view.result.scenario}: ${view.result.case}</a>`,
  );
  if (links.length <= SHOWN) return html`<p class="by">Broken in ${list(links)}</p>`;
  return html`<details class="by"><summary>Broken in ${count(links.length, 'case')}</summary><ul>${links.map((link) => html`<li>${link}</li>`)}</ul></details>`;
}

function list(items: readonly Markup[]): Markup[] {
  return items.map((item, index) => (index === 0 ? item : html`, ${item}`));
}
