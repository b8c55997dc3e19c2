/** An address in its three parts; absent parts are empty strings (RFC 6120 1.4, RFC 3920 3). */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

const MAX_PART_OCTETS = 1023;
// biome-ignore lint/suspicious/noControlCharactersInRegex: nodeprep prohibits them by code point.
const PROHIBITED_IN_LOCAL = /["&'/:<>@\s\u0000-\u001f\u007f]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const PROHIBITED_IN_DOMAIN = /["&'/<>@\s\u0000-\u001f\u007f]/u;
const RIGHT_TO_LEFT = /(?=\p{L})[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;
const LEFT_TO_RIGHT = /(?=\p{L})[^\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * Reads an address: local part and domain prepared as stringprep has it, case folded, compatibility characters
 * composed (RFC 3920 3.2, 3.3 and appendix A; RFC 6122, to which RFC 6121 refers).
 * @returns undefined when the text is no JID
 */
export function parseJid(text: string): Jid | undefined {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const resource = slash < 0 ? '' : text.slice(slash + 1);
  if (slash >= 0 && resource === '') return undefined;
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : folded(bare.slice(0, at));
  const domain = folded(bare.slice(at + 1));
  if (at >= 0 && local === '') return undefined;
  if (domain === '' || PROHIBITED_IN_LOCAL.test(local) || PROHIBITED_IN_DOMAIN.test(domain)) return undefined;
  if ([local, domain, resource].some((part) => Buffer.byteLength(part) > MAX_PART_OCTETS)) return undefined;
  if (!runsOneWay(local)) return undefined;
  return { local, domain, resource };
}

/** Case folded letter by letter, as stringprep's table B.2 has it, so that a sharp s becomes two letters. */
function folded(text: string): string {
  const letters = [...text.normalize('NFKC')];
  return letters
    .map((letter) => letter.toUpperCase().toLowerCase())
    .join('')
    .normalize('NFKC');
}

/** RFC 3454 section 6: what holds a right-to-left letter begins and ends with one, and holds no left-to-right one. */
function runsOneWay(text: string): boolean {
  if (!RIGHT_TO_LEFT.test(text)) return true;
  const letters = [...text];
  const ends = [letters[0] ?? '', letters.at(-1) ?? ''];
  return !LEFT_TO_RIGHT.test(text) && ends.every((letter) => RIGHT_TO_LEFT.test(letter));
}

/** The address without its resource, as text. */
export function bareJid(jid: Jid): string {
  return jid.local === '' ? jid.domain : `${jid.local}@${jid.domain}`;
}

/** The whole address as text. */
export function fullJid(jid: Jid): string {
  return jid.resource === '' ? bareJid(jid) : `${bareJid(jid)}/${jid.resource}`;
}

/** The resource of an address given as text; empty where it has none or is no JID. */
export function resourceText(text: string): string {
  return parseJid(text)?.resource ?? '';
}

/** The bare form of an address given as text; the text itself when it is no JID. */
export function bareText(text: string): string {
  const jid = parseJid(text);
  return jid === undefined ? text : bareJid(jid);
}
