/**
 * What is shown: outcomes, levels (none chosen: all), a section with its subsections, words that must all occur.
 * @typedef {object} Filters
 * @property {readonly string[]} outcome
 * @property {readonly string[]} level
 * @property {string} section `rfc6121`, `rfc6121:2.3`; empty: all
 * @property {string} text
 */

/**
 * What a case or a clause is found by.
 * @typedef {object} Subject
 * @property {string} status
 * @property {readonly string[]} levels
 * @property {readonly string[]} sections
 * @property {() => string} text lower case
 */

/** @type {Filters} */
export const ALL = { outcome: [], level: [], section: '', text: '' };

/**
 * @param {Filters} filters
 * @returns {boolean} whether they leave nothing out
 */
export function isAll({ outcome, level, section, text }) {
  return outcome.length === 0 && level.length === 0 && section === '' && text.trim() === '';
}

/**
 * Takes a URL's hash apart: `#ANCHOR?outcome=fail,warn&level=MUST&section=rfc6121:2&text=roster`.
 * @param {string} hash
 * @returns {{ anchor: string, filters: Filters | undefined }} without filters where it has no `?`
 */
export function parseHash(hash) {
  const [anchor = '', query] = hash.replace(/^#/, '').split(/\?(.*)/s);
  if (query === undefined) return { anchor, filters: undefined };
  const values = new URLSearchParams(query);
  const list = (/** @type {string} */ name) =>
    (values.get(name) ?? '').split(',').filter((item) => item !== '');
  return {
    anchor,
    filters: {
      outcome: list('outcome'),
      level: list('level'),
      section: values.get('section') ?? '',
      text: values.get('text') ?? '',
    },
  };
}

/**
 * @param {string} anchor
 * @param {Filters} filters
 * @returns {string} a hash that {@link parseHash} takes apart, empty where there is nothing to say
 */
export function formatHash(anchor, filters) {
  const { outcome, level, section, text } = filters;
  const values = new URLSearchParams();
  if (outcome.length > 0) values.set('outcome', outcome.join(','));
  if (level.length > 0) values.set('level', level.join(','));
  if (section !== '') values.set('section', section);
  if (text.trim() !== '') values.set('text', text.trim());
  const query = values.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
  if (query === '') return anchor === '' ? '' : `#${anchor}`;
  return `#${anchor}?${query}`;
}

/**
 * @param {Filters} filters
 * @returns {(subject: Subject) => boolean} whether a case or clause is to be shown
 */
export function matcher({ outcome, level, section, text }) {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (subject) =>
    (outcome.length === 0 || outcome.includes(subject.status)) &&
    (level.length === 0 || subject.levels.some((it) => level.includes(it))) &&
    (section === '' || subject.sections.some((it) => isWithin(it, section))) &&
    (words.length === 0 || words.every((word) => subject.text().includes(word)));
}

/**
 * @param {string} section `rfc6121:2.3.2`
 * @param {string} wanted a section above it, the document or itself
 */
function isWithin(section, wanted) {
  return section === wanted || section.startsWith(`${wanted}${wanted.includes(':') ? '.' : ':'}`);
}
