import { createHash, createHmac } from 'node:crypto';
import { type Element, escapeAttribute, escapeText, NS } from '../../wire/element.js';
import { parseJid } from '../jid.js';

/** Two domains and the direction that stanzas go between them (XEP-0220 1.3). */
export interface DomainPair {
  /** Domain of the senders. */
  readonly from: string;
  /** Domain of the recipients. */
  readonly to: string;
}

/** What a dialback key is made from, beside the secret. */
export interface KeyParts extends DomainPair {
  /** Id that the receiving server has given to the stream. */
  readonly id: string;
}

/** The key that proves to the server of `to` that a stream comes from `from` (XEP-0185). */
export function dialbackKey(secret: string, { from, to, id }: KeyParts): string {
  const hashed = createHash('sha256').update(secret).digest('hex');
  return createHmac('sha256', hashed).update(`${to} ${from} ${id}`).digest('hex');
}

/**
 * A dialback element as text, with the prefix that the stream header declares (XEP-0220 2).
 * @param content the key; empty for an answer
 * @param condition stanza error condition of an answer of type `error`
 */
export function dialbackText(
  name: 'result' | 'verify',
  attrs: Readonly<Record<string, string>>,
  content = '',
  condition?: string,
): string {
  const all = Object.entries(attrs)
    .map(([key, value]) => ` ${key}='${escapeAttribute(value)}'`)
    .join('');
  const error =
    condition === undefined ? '' : `<error type='cancel'><${condition} xmlns='${NS.stanzaErrors}'/></error>`;
  return `<db:${name}${all}>${escapeText(content)}${error}</db:${name}>`;
}

/** The domains that a dialback element names; undefined where one is missing or no domain. */
export function domainsOf({ attrs }: Element): DomainPair | undefined {
  const from = domainOf(attrs.from);
  const to = domainOf(attrs.to);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** The pair as one text, to look it up by. */
export function pairKey({ from, to }: DomainPair): string {
  return `${from} ${to}`;
}

/** Attributes of every stream header between servers: dialback is announced by its namespace (RFC 3920 8.3). */
export const DIALBACK_DECLARED = { 'xmlns:db': NS.dialback } as const;

/** What a header declares the prefix `db` as; undefined when it does not. */
export function declaredDialback(rawHeader: string): string | undefined {
  return /\sxmlns:db\s*=\s*(["'])(.*?)\1/.exec(rawHeader)?.[2];
}

/** A domain as text in its prepared form; undefined for what is no domain alone. */
export function domainOf(text: string | undefined): string | undefined {
  const jid = parseJid(text ?? '');
  return jid === undefined || jid.local !== '' || jid.resource !== '' ? undefined : jid.domain;
}
