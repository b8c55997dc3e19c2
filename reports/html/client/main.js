import { fill } from './details.js';
import { ALL, formatHash, isAll, matcher, parseHash } from './filter.js';
import { listenToKeys } from './keys.js';
import { caseRows, clauseRows } from './rows.js';

/** @typedef {import('./filter.js').Filters} Filters */

const clauses = clauseRows();
const cases = caseRows(JSON.parse(document.getElementById('index')?.textContent ?? '{"cases":[]}'), clauses);
const caseOf = new Map(cases.map((it) => [/** @type {Element} */ (it.row), it]));
const groups = [...document.querySelectorAll('details.group')].filter(
  (it) => it instanceof HTMLDetailsElement,
);
const openAtFirst = new Set(groups.filter((group) => group.open));
const sections = [...document.querySelectorAll('.section, .document')].filter(
  (it) => it instanceof HTMLElement,
);
const form = /** @type {HTMLFormElement} */ (document.getElementById('filters'));
const told = /** @type {HTMLElement} */ (document.getElementById('shown'));

const broken = document.getElementById('broken');

/** What is shown now, and the case or clause that the URL names. */
let filters = ALL;
let anchor = '';

/** @param {Filters} wanted */
function apply(wanted) {
  filters = wanted;
  const isShown = matcher(wanted);
  const shownCases = show(cases, isShown);
  const shownClauses = show(clauses, isShown);
  const everything = isAll(wanted);
  for (const group of groups) {
    group.hidden = group.querySelector('.case:not([hidden])') === null;
    group.open = everything ? openAtFirst.has(group) : !group.hidden;
  }
  for (const section of sections) section.hidden = section.querySelector('.clause:not([hidden])') === null;
  // A filter shows them in their sections.
  if (broken !== null) broken.hidden = !everything;
  told.textContent = `${shownCases} of ${cases.length} cases, ${shownClauses} of ${clauses.length} clauses`;
}

/**
 * @param {readonly import('./rows.js').Row[]} rows
 * @param {(subject: import('./filter.js').Subject) => boolean} isShown
 */
function show(rows, isShown) {
  let shown = 0;
  for (const it of rows) {
    const wanted = isShown(it);
    if (it.row.hidden === wanted) it.row.hidden = !wanted;
    if (wanted) shown += 1;
  }
  return shown;
}

/** @returns {Filters} */
function readForm() {
  const data = new FormData(form);
  return {
    outcome: data.getAll('outcome').map(String),
    level: data.getAll('level').map(String),
    section: String(data.get('section') ?? ''),
    text: String(data.get('text') ?? ''),
  };
}

/** @param {Filters} wanted */
function fillForm({ outcome, level, section, text }) {
  for (const control of form.elements) {
    if (control instanceof HTMLInputElement && control.type === 'checkbox')
      control.checked = (control.name === 'outcome' ? outcome : level).includes(control.value);
    else if (control instanceof HTMLInputElement) control.value = text;
    else if (control instanceof HTMLSelectElement) control.value = section;
  }
}

/** The URL says what is shown, so that it can be passed on; a file's URL may be changed in its hash alone. */
function writeUrl() {
  history.replaceState(null, '', formatHash(anchor, filters) || '#');
}

/** Shows what the URL asks for: its filters, and the case or clause that it names. */
function followUrl() {
  const asked = parseHash(location.hash);
  anchor = asked.anchor;
  const target = document.getElementById(anchor);
  const row = target?.closest('.case, .clause');
  if (asked.filters !== undefined) apply(asked.filters);
  // A link that names no filters keeps those that are set, unless they hide where it leads.
  else if (row instanceof HTMLElement && row.hidden) apply(ALL);
  fillForm(filters);
  writeUrl();
  if (target !== null) void goTo(target);
  else if (asked.filters !== undefined && !isAll(asked.filters)) form.scrollIntoView();
}

/** @param {HTMLElement} target */
async function goTo(target) {
  const group = target.closest('details.group');
  if (group instanceof HTMLDetailsElement) group.open = true;
  const found = caseOf.get(target);
  if (found !== undefined) {
    found.row.open = true;
    await fill(found);
    found.row.querySelector('summary')?.focus({ preventScroll: true });
  } else if (target.classList.contains('clause')) target.focus({ preventScroll: true });
  target.scrollIntoView();
  // What the browser skipped so far has its real height only once it has come near.
  requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView()));
}

document.addEventListener(
  'toggle',
  ({ target }) => {
    const found = target instanceof Element ? caseOf.get(target) : undefined;
    if (found === undefined) return;
    if (found.row.open) {
      anchor = found.row.id;
      void fill(found);
    } else if (anchor === found.row.id) anchor = '';
    writeUrl();
  },
  true,
);
form.addEventListener('input', () => {
  apply(readForm());
  writeUrl();
});
form.addEventListener('reset', (event) => {
  event.preventDefault();
  fillForm(ALL);
  apply(ALL);
  writeUrl();
});
form.addEventListener('submit', (event) => event.preventDefault());
window.addEventListener('hashchange', followUrl);
listenToKeys(() =>
  cases.filter(({ row }) => !row.hidden && row.parentElement?.matches('[open]')).map(({ row }) => row),
);

form.hidden = false;
apply(ALL);
followUrl();
