/** @type {Map<number, Promise<readonly string[]>>} */
const inflated = new Map();

/**
 * A text out of the chunks that the page carries.
 * @param {readonly [chunk: number, index: number]} place
 * @returns {Promise<string>}
 */
async function textAt([chunk, index]) {
  let texts = inflated.get(chunk);
  if (texts === undefined) {
    texts = inflate(document.querySelectorAll('script.chunk')[chunk]?.textContent ?? '');
    inflated.set(chunk, texts);
  }
  return (await texts)[index] ?? '';
}

/**
 * @param {string} base64 raw DEFLATE
 * @returns {Promise<readonly string[]>}
 */
async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).json();
}

/**
 * Puts a case's details below its row, the first time that it opens.
 * @param {import('./rows.js').CaseRow} row
 */
export async function fill({ row, entry }) {
  if (row.childElementCount > 1) return;
  const body = document.createElement('div');
  body.className = 'body';
  row.append(body);
  try {
    // The writer of the report has escaped all text in it.
    body.innerHTML = await textAt(entry.at);
  } catch (error) {
    body.textContent = `The details can't be shown (${error}). results.json has them; a browser from 2023 or later is needed here.`;
    return;
  }
  const prose = body.querySelector('.prose');
  if (entry.prose === undefined) prose?.remove();
  else prose?.addEventListener('toggle', () => fillProse(prose, entry), { once: true });
}

/**
 * @param {Element} details
 * @param {import('./rows.js').IndexedCase} entry
 */
async function fillProse(details, { prose }) {
  const text = details.querySelector('pre');
  if (text !== null && prose !== undefined) text.textContent = await textAt(prose);
}
