/**
 * The index that the page carries, cases in the order of their rows; numbers point into the lists of sections and of
 * clause rows.
 * @typedef {object} Index
 * @property {readonly string[]} sections
 * @property {readonly IndexedCase[]} cases
 *
 * @typedef {object} IndexedCase
 * @property {readonly [number, number]} at place of its details
 * @property {readonly [number, number]} [prose] place of its scenario
 * @property {string} status
 * @property {readonly number[]} clauses
 * @property {readonly number[]} broken
 * @property {readonly number[]} sections
 * @property {readonly string[]} reasons
 *
 * @typedef {import('./filter.js').Subject & { readonly row: HTMLElement }} Row
 * @typedef {Row & { readonly row: HTMLDetailsElement, readonly entry: IndexedCase }} CaseRow
 */

/**
 * The clauses of the page.
 * @returns {Row[]}
 */
export function clauseRows() {
  return [...document.querySelectorAll('.clause')]
    .filter((row) => row instanceof HTMLElement)
    .map((row) => {
      const section = row.closest('.section')?.getAttribute('data-section') ?? '';
      return {
        row,
        status: row.dataset.status ?? '',
        levels: [row.dataset.level ?? ''],
        sections: [section],
        text: once(() => row.textContent.toLowerCase()),
      };
    });
}

/**
 * The cases of the page. A case that breaks clauses is found by their levels, any other by the levels that it judges.
 * @param {Index} index
 * @param {readonly Row[]} clauses
 * @returns {CaseRow[]}
 */
export function caseRows(index, clauses) {
  const rows = [...document.querySelectorAll('.case')].filter((row) => row instanceof HTMLDetailsElement);
  return index.cases.flatMap((entry, at) => {
    const row = rows[at];
    if (row === undefined) return [];
    const own = entry.clauses.flatMap((number) => clauses[number] ?? []);
    const decisive = entry.broken.length > 0 ? entry.broken.flatMap((number) => clauses[number] ?? []) : own;
    return {
      row,
      entry,
      status: entry.status,
      levels: [...new Set(decisive.flatMap((clause) => clause.levels))],
      sections: entry.sections.flatMap((number) => index.sections[number] ?? []),
      text: once(() =>
        [row.querySelector('summary')?.textContent, ...entry.reasons, ...own.map(tell)]
          .join(' ')
          .toLowerCase(),
      ),
    };
  });
}

/**
 * @param {Row} clause
 * @returns {string} its id and what it demands
 */
function tell({ row }) {
  return row.querySelector('p')?.textContent ?? '';
}

/**
 * @param {() => string} make
 * @returns {() => string} what the first call made
 */
function once(make) {
  /** @type {string | undefined} */
  let made;
  return () => {
    made ??= make();
    return made;
  };
}
