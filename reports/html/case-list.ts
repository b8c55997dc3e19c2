import { groupBy } from '../group.js';
import { count, duration, oneLine } from '../text.js';
import { html, type Markup } from './markup.js';
import type { CaseStatus, CaseView, RunView } from './view.js';

/** What a group of cases is called, and how many there may be before it starts closed. */
const GROUPS: Readonly<Record<CaseStatus, { title: string; isOpen: boolean }>> = {
  fail: { title: 'A MUST is broken', isOpen: true },
  error: { title: 'Not judged: the suite met an error', isOpen: true },
  blocked: { title: 'Blocked: the state to begin in was not reached', isOpen: true },
  warn: { title: 'A SHOULD is broken', isOpen: true },
  known: { title: 'Known failures, as stated', isOpen: false },
  skipped: { title: 'Skipped', isOpen: false },
  pass: { title: 'Passed', isOpen: false },
};

/** Every case as a row with its reason, failures first. What a row opens to is loaded by the client script. */
export function renderCases({ cases }: RunView): Markup {
  const groups = [...groupBy(cases, ({ status }) => status)] as [CaseStatus, CaseView[]][];
  return html`<section id="cases" aria-labelledby="cases-title"><h2 id="cases-title">Cases</h2>
<noscript><p class="hint">Findings and exchanges of the cases are packed into this file; opening and filtering needs JavaScript and DecompressionStream, which every current browser has. The same is in results.json.</p></noscript>
${groups.map(([status, own]) => renderGroup(status, own))}</section>
`;
}

function renderGroup(status: CaseStatus, cases: readonly CaseView[]): Markup {
  const { title, isOpen } = GROUPS[status];
  return html`<details class="group" data-status="${status}"${isOpen ? html` open` : ''}><summary><h3><span class="o ${status}">${status}</span> ${title} <small>${count(cases.length, 'case')}</small></h3></summary>
${cases.map(renderRow)}</details>
`;
}

function renderRow({ result, anchor, status, message }: CaseView): Markup {
  const passedAnyway = result.known.some((match) => match.status === 'unexpected-pass');
  return html`<details class="case" id="${anchor}"><summary><span class="o ${status}">${passedAnyway ? 'unexpected pass' : status}</span><span class="name"><b>${oneLine(result.scenario)}</b> <span>${oneLine(result.case)}</span></span><span class="ms">${duration(result.durationMs)}</span><span class="msg">${message || oneLine(result.title)}</span></summary></details>
`;
}
