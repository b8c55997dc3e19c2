import type { Level, SectionTitle } from '../../harness/verdict/result.js';
import { groupBy } from '../group.js';
import { documentName } from './documents.js';
import { html, type Markup } from './markup.js';
import { CASE_STATUSES, CLAUSE_STATUSES, type ClauseView, type RunView, sectionOf } from './view.js';

const LEVELS: readonly Level[] = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'];

/** The form that narrows cases and clauses; the client script shows it and makes it work. */
export function renderFilters({ run, cases, clauses }: RunView): Markup {
  const inCases = CASE_STATUSES.map((status) => ({
    status,
    number: cases.filter((it) => it.status === status).length,
  }));
  const inClauses = CLAUSE_STATUSES.filter((status) => status === 'untested' || status === 'unjudged').map(
    (status) => ({ status, number: clauses.filter((it) => it.status === status).length }),
  );
  const outcomes = [...inCases, ...inClauses].filter(({ number }) => number > 0);
  return html`<form id="filters" role="search" aria-label="Filter cases and clauses" hidden>
<input type="search" name="text" placeholder="scenario, case, clause, reason" aria-label="Text" autocomplete="off" spellcheck="false" aria-keyshortcuts="/">
<select name="section" aria-label="Section"><option value="">all sections</option>${sectionOptions(run.sections, clauses)}</select>
<fieldset><legend class="vh">Outcome</legend>${outcomes.map(
    ({ status, number }) =>
      html`<label class="chip"><input type="checkbox" name="outcome" value="${status}"><span class="o ${status}">${status === 'unjudged' ? 'not judged' : status}</span> ${number}</label>`,
  )}</fieldset>
<fieldset><legend class="vh">Level</legend>${LEVELS.map(
    (level) =>
      html`<label class="chip"><input type="checkbox" name="level" value="${level}">${level}</label>`,
  )}</fieldset>
<p class="shown"><span role="status" id="shown"></span> <button type="reset">Show all</button> <span class="keys"><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> cases <kbd>Enter</kbd> opens <kbd>Esc</kbd> closes</span></p>
</form>
`;
}

/** The sections that have clauses, and those above them that have a title or are a chapter. */
function sectionOptions(sections: readonly SectionTitle[], clauses: readonly ClauseView[]): Markup[] {
  const titles = new Map(sections.map((section) => [sectionOf(section), section.title]));
  return [...groupBy(clauses, ({ result }) => result.document)].map(([document, own]) => {
    const numbers = new Set(own.flatMap(({ result }) => lineage(result.section)));
    const options = [...numbers].map((section) => ({ section, key: sectionOf({ document, section }) }));
    return html`<optgroup label="${documentName(document)}"><option value="${document}">all of ${documentName(document)}</option>${options
      .filter(({ section, key }) => titles.has(key) || !section.includes('.'))
      .map(
        ({ section, key }) => html`<option value="${key}">${section} ${titles.get(key)}</option>`,
      )}</optgroup>`;
  });
}

/** `2`, `2.3` and `2.3.2` for `2.3.2`. */
function lineage(section: string): string[] {
  const parts = section.split('.');
  return parts.map((_, at) => parts.slice(0, at + 1).join('.'));
}
