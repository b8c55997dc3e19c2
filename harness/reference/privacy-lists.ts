import { type Element, element, elements, NS } from '../wire/element.js';
import { fullJid, parseJid } from './jid.js';
import { GRANULES, type Granule, type Rule, SUBSCRIPTIONS, type Subject } from './privacy.js';
import type { ErrorType } from './stanza.js';

/** Why a privacy query is refused. */
export interface PrivacyRefusal {
  readonly type: ErrorType;
  readonly condition: string;
}

/** The list by that name is not there, or the group that a rule names. */
export const NOT_FOUND: PrivacyRefusal = { type: 'cancel', condition: 'item-not-found' };

/** The query is not what RFC 3921 10 allows. */
export const BAD_REQUEST: PrivacyRefusal = { type: 'modify', condition: 'bad-request' };

/** The list is in use by another resource. */
export const CONFLICT: PrivacyRefusal = { type: 'cancel', condition: 'conflict' };

/** Greatest xs:unsignedInt, the type of `order` (RFC 3921 10.1). */
const MAX_ORDER = 2 ** 32 - 1;

/** A user's privacy lists, and which of them is the default. */
export class PrivacyLists {
  /** By name, in order of creation. */
  readonly lists = new Map<string, readonly Rule[]>();
  /** Name of the default list. */
  defaultName: string | undefined;
  /** The list as the blocking command wrote it last; any other definition is none of it (XEP-0191 section 5). */
  blocklist: readonly Rule[] | undefined;

  /** Name of the list in force where that one is active: the active one alone, or else the default (RFC 3921 10.2). */
  nameInForce(active: string | undefined): string | undefined {
    return active ?? this.defaultName;
  }

  /** The rules in force where the list of that name is active; none where no list is. */
  inForce(active: string | undefined): readonly Rule[] {
    const name = this.nameInForce(active);
    return name === undefined ? [] : (this.lists.get(name) ?? []);
  }

  /** Whether the list in force where the list of that name is active is the work of the blocking command. */
  isBlocklist(active: string | undefined): boolean {
    return this.blocklist !== undefined && this.inForce(active) === this.blocklist;
  }
}

/**
 * Reads the items of a list.
 * @param groups of the user's roster: a rule for any other is refused (RFC 3921 10.1)
 */
export function parseRules(list: Element, groups: ReadonlySet<string>): readonly Rule[] | PrivacyRefusal {
  const rules: Rule[] = [];
  for (const item of elements(list)) {
    if (item.name !== 'item' || item.ns !== NS.privacy) return BAD_REQUEST;
    const rule = parseRule(item, groups);
    if ('condition' in rule) return rule;
    rules.push(rule);
  }
  const orders = new Set(rules.map(({ order }) => order));
  return orders.size < rules.length ? BAD_REQUEST : rules;
}

function parseRule(item: Element, groups: ReadonlySet<string>): Rule | PrivacyRefusal {
  const { action } = item.attrs;
  const order = /^\+?\d+$/.test(item.attrs.order ?? '') ? Number(item.attrs.order) : Number.NaN;
  if (action !== 'allow' && action !== 'deny') return BAD_REQUEST;
  if (!(order <= MAX_ORDER)) return BAD_REQUEST;
  const subject = parseSubject(item.attrs.type, item.attrs.value, groups);
  if ('condition' in subject) return subject;
  const granules: Granule[] = [];
  for (const { name, ns } of elements(item)) {
    const granule = GRANULES.find((known) => known === name);
    if (granule === undefined || ns !== NS.privacy) return BAD_REQUEST;
    granules.push(granule);
  }
  return { subject, action, order, granules };
}

function parseSubject(
  type: string | undefined,
  value: string | undefined,
  groups: ReadonlySet<string>,
): Subject | PrivacyRefusal {
  if (type === undefined) return { type: 'everyone' };
  if (value === undefined) return BAD_REQUEST;
  if (type === 'jid') {
    const jid = parseJid(value);
    return jid === undefined ? BAD_REQUEST : { type, jid };
  }
  if (type === 'group') return groups.has(value) ? { type, name: value } : NOT_FOUND;
  const subscription = SUBSCRIPTIONS.find((known) => known === value);
  if (type !== 'subscription' || subscription === undefined) return BAD_REQUEST;
  return { type, value: subscription };
}

/** The list as it stands in a result, items in the order in which they are processed. */
export function listElement(name: string, rules: readonly Rule[]): Element {
  const items = [...rules].sort((one, other) => one.order - other.order).map(itemElement);
  return element('list', NS.privacy, { name }, items);
}

function itemElement({ subject, action, order, granules }: Rule): Element {
  return element(
    'item',
    NS.privacy,
    { ...subjectAttributes(subject), action, order: String(order) },
    granules.map((granule) => element(granule, NS.privacy)),
  );
}

function subjectAttributes(subject: Subject): Readonly<Record<string, string>> {
  switch (subject.type) {
    case 'everyone':
      return {};
    case 'jid':
      return { type: 'jid', value: fullJid(subject.jid) };
    case 'group':
      return { type: 'group', value: subject.name };
    case 'subscription':
      return { type: 'subscription', value: subject.value };
  }
}
