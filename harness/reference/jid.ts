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

/**
 * Reads an address: case of local part and domain folded, compatibility characters composed.
 * @returns undefined when the text is no JID
 */
export function parseJid(text: string): Jid | undefined {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const resource = slash < 0 ? '' : text.slice(slash + 1);
  if (slash >= 0 && resource === '') return undefined;
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : bare.slice(0, at).normalize('NFKC').toLowerCase();
  const domain = bare
    .slice(at + 1)
    .normalize('NFKC')
    .toLowerCase();
  if (at >= 0 && local === '') return undefined;
  if (domain === '' || PROHIBITED_IN_LOCAL.test(local) || PROHIBITED_IN_DOMAIN.test(domain)) return undefined;
  if ([local, domain, resource].some((part) => Buffer.byteLength(part) > MAX_PART_OCTETS)) return undefined;
  return { local, domain, resource };
}

/** The address without its resource, as text. */
export function bareJid(jid: Jid): string {
  return jid.local === '' ? jid.domain : `${jid.local}@${jid.domain}`;
}

/** The whole address as text. */
export function fullJid(jid: Jid): string {
  return jid.resource === '' ? bareJid(jid) : `${bareJid(jid)}/${jid.resource}`;
}

/** The bare form of an address given as text; the text itself when it is no JID. */
export function bareText(text: string): string {
  const jid = parseJid(text);
  return jid === undefined ? text : bareJid(jid);
}
