/**
 * Keys: `/` to the filter, j and k (arrows on a row) through the cases shown, Escape closes. Enter opens by itself.
 * @param {() => readonly HTMLDetailsElement[]} shown the rows of cases that are shown, in order
 */
export function listenToKeys(shown) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const from = event.target instanceof Element ? event.target : document.body;
    const isTyping = from.matches('input[type=search], select');
    const onRow = from.matches('.case > summary');
    if (event.key === 'Escape') close(from);
    else if (isTyping) return;
    else if (event.key === '/') focusOn('#filters input[type=search]');
    else if (event.key === 'j' || (onRow && event.key === 'ArrowDown')) step(shown(), from, 1);
    else if (event.key === 'k' || (onRow && event.key === 'ArrowUp')) step(shown(), from, -1);
    else return;
    if (event.key !== 'Escape') event.preventDefault();
  });
}

/** @param {string} selector */
function focusOn(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) found.focus();
}

/** @param {Element} from in an open case, or in the text filter, which is left */
function close(from) {
  const row = from.closest('.case');
  if (row instanceof HTMLDetailsElement) {
    row.open = false;
    row.querySelector('summary')?.focus();
  } else if (from instanceof HTMLInputElement && from.value === '') from.blur();
}

/**
 * @param {readonly HTMLDetailsElement[]} rows
 * @param {Element} from
 * @param {1 | -1} by
 */
function step(rows, from, by) {
  const at = rows.findIndex((it) => it.contains(from));
  const next = at < 0 ? rows.find((it) => it.getBoundingClientRect().top >= 0) : rows[at + by];
  const summary = next?.querySelector('summary');
  summary?.focus({ preventScroll: true });
  summary?.scrollIntoView({ block: 'nearest' });
}
