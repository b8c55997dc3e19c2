import { readStartTag } from '../../match/start-tag.js';
import { child, type Element, escapeAttribute, escapeText, NS, text } from '../element.js';
import { describeError } from '../failure.js';

/** A sending and a receiving domain: what one dialback speaks of (XEP-0220 1.3). */
export interface DomainPair {
  readonly from: string;
  readonly to: string;
}

/** How a dialback ended; an error says why nobody could tell. */
export type Outcome =
  | { readonly type: 'valid' | 'invalid' }
  | { readonly type: 'error'; readonly condition: string };

/** The declaration that a stream header needs, since servers may know the packets by the prefix `db` alone (XEP-0220 2). */
export const DIALBACK_PREFIX = { 'xmlns:db': NS.dialback } as const;

/** The feature that says that errors of dialback leave the stream as it is (XEP-0220 2.3). */
export const DIALBACK_FEATURE = `<dialback xmlns='${NS.dialbackFeature}'><errors/></dialback>`;

/** Asks the receiving server to accept the pair: step 1. */
export function resultRequest(pair: DomainPair, key: string): string {
  return packet('result', { ...pair }, escapeText(key));
}

/** A dialback packet as it stands, by the prefix that the header declares. */
export function packetText(element: Element): string {
  return packet(element.name === 'verify' ? 'verify' : 'result', element.attrs, escapeText(text(element)));
}

/** Asks the authoritative server whether the key is its own: step 2. */
export function verifyRequest(pair: DomainPair, id: string, key: string): string {
  return packet('verify', { ...pair, id }, escapeText(key));
}

/** Answers a packet; the addresses change places, the id of a `verify` stays (steps 3 and 4). */
export function answerTo(request: Element, outcome: Outcome): string {
  const { from = '', to = '', id } = request.attrs;
  const content =
    outcome.type === 'error'
      ? `<error type='cancel'><${outcome.condition} xmlns='${NS.stanzaErrors}'/></error>`
      : '';
  const name = request.name === 'verify' ? 'verify' : 'result';
  return packet(
    name,
    { from: to, to: from, ...(id === undefined ? {} : { id }), type: outcome.type },
    content,
  );
}

function packet(
  name: 'result' | 'verify',
  attributes: Readonly<Record<string, string>>,
  content: string,
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}='${escapeAttribute(value)}'`);
  return `<db:${name}${written.join('')}>${content}</db:${name}>`;
}

/** Whether the element is a dialback packet of this name. */
export function isPacket(element: Element, name: 'result' | 'verify'): boolean {
  return element.ns === NS.dialback && element.name === name;
}

/** Whether the packet answers what was asked for the pair, under this id if one was given (XEP-0220 3.1). */
export function isAnswer(
  element: Element,
  name: 'result' | 'verify',
  asked: DomainPair,
  id?: string,
): boolean {
  const { from = '', to = '', type, id: given } = element.attrs;
  return (
    isPacket(element, name) &&
    type !== undefined &&
    from.toLowerCase() === asked.to.toLowerCase() &&
    to.toLowerCase() === asked.from.toLowerCase() &&
    (id === undefined || id === given)
  );
}

/** What an answer says, and for an error its own words: `remote-connection-failed, "..."`. */
export function outcomeOf(answer: Element): { readonly type: string; readonly words: string } {
  const type = answer.attrs.type ?? '';
  const error = child(answer, 'error', NS.server);
  return { type, words: error === undefined ? type : describeError(error) };
}

/** The domain of a JID, in lower case; empty when there is none. */
export function domainOf(jid: string): string {
  const [bare = ''] = jid.split('/', 1);
  return bare.slice(bare.indexOf('@') + 1).toLowerCase();
}

/** Whether the domain is this one or lies below it. */
export function isWithin(domain: string, base: string): boolean {
  return domain === base || domain.endsWith(`.${base}`);
}

/** From whom to whom the text of a stanza says that it is; empty where it says nothing. */
export function addressesOf(xml: string): DomainPair {
  const attributes = readStartTag(xml)?.attributes;
  return { from: attributes?.get('from') ?? '', to: attributes?.get('to') ?? '' };
}
