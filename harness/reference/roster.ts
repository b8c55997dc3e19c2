import { child, type Element, element, elements, NS, text } from '../wire/element.js';
import { fullJid, parseJid } from './jid.js';
import type { ErrorType } from './stanza.js';

/** A contact in a user's roster (RFC 3921 7.1, RFC 6121 2.1.2). */
export interface RosterItem {
  readonly jid: string;
  /** Handle; undefined and empty mean the same. */
  readonly name: string | undefined;
  readonly groups: readonly string[];
  readonly subscription: 'none' | 'to' | 'from' | 'both';
  /** The user's request is unanswered. */
  readonly ask: boolean;
  /** The contact's next request is approved already (RFC 6121 3.4). */
  readonly approved: boolean;
}

/** A roster set that the server may act on. */
export interface RosterSet {
  readonly jid: string;
  readonly remove: boolean;
  readonly name: string | undefined;
  readonly groups: readonly string[];
}

/** Why a roster set is refused. */
export interface Refusal {
  readonly type: ErrorType;
  readonly condition: string;
}

const BAD_REQUEST: Refusal = { type: 'modify', condition: 'bad-request' };
const NOT_ACCEPTABLE: Refusal = { type: 'modify', condition: 'not-acceptable' };

/** A new item without subscription. */
export function newItem(jid: string): RosterItem {
  return { jid, name: undefined, groups: [], subscription: 'none', ask: false, approved: false };
}

/** Whether a client could tell the two items apart. */
export function sameItem(one: RosterItem | undefined, other: RosterItem | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.jid === other.jid &&
    one.name === other.name &&
    one.subscription === other.subscription &&
    one.ask === other.ask &&
    one.approved === other.approved &&
    one.groups.join('\n') === other.groups.join('\n')
  );
}

/** The item as it stands in results and pushes. */
export function itemElement(item: RosterItem): Element {
  return element(
    'item',
    NS.roster,
    {
      jid: item.jid,
      name: item.name,
      subscription: item.subscription,
      ask: item.ask ? 'subscribe' : undefined,
      approved: item.approved ? 'true' : undefined,
    },
    item.groups.map((group) => element('group', NS.roster, {}, [group])),
  );
}

/** The item that a push of a removal carries. */
export function removalElement(jid: string): Element {
  return element('item', NS.roster, { jid, subscription: 'remove' });
}

/**
 * Reads the payload of a roster set (RFC 6121 2.1.5 and 2.3.3). Any subscription value but `remove` is ignored
 * (RFC 3921 7.6).
 * @param labelFits whether a handle or a group is not too long
 */
export function parseRosterSet(query: Element, labelFits: (label: string) => boolean): RosterSet | Refusal {
  const [item, ...more] = elements(query);
  if (item === undefined || more.length > 0 || item !== child(query, 'item')) return BAD_REQUEST;
  if (item.attrs.jid === undefined) return BAD_REQUEST;
  const jid = parseJid(item.attrs.jid);
  if (jid === undefined) return { type: 'modify', condition: 'jid-malformed' };
  const groups = elements(item)
    .filter((candidate) => candidate.name === 'group' && candidate.ns === NS.roster)
    .map(text);
  if (new Set(groups).size < groups.length) return BAD_REQUEST;
  const labels = [...groups, item.attrs.name ?? ''];
  if (groups.includes('') || !labels.every(labelFits)) return NOT_ACCEPTABLE;
  return {
    jid: fullJid(jid),
    remove: item.attrs.subscription === 'remove',
    name: item.attrs.name === '' ? undefined : item.attrs.name,
    groups,
  };
}
