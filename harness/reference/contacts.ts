import { randomBytes } from 'node:crypto';
import { type Element, element, NS } from '../wire/element.js';
import type { Account } from './accounts.js';
import type { Emission, Occasion } from './emission.js';
import { itemElement, newItem, type RosterItem, removalElement } from './roster.js';
import type { Session } from './session.js';
import { facetsOf, type State, stateOf, type Transition } from './subscriptions.js';
import type { World } from './world.js';

/** The subscription state between the user and the contact, from roster item and recorded request. */
export function currentState(account: Account, contact: string): State {
  const item = account.roster.get(contact);
  return stateOf({
    to: item?.subscription === 'to' || item?.subscription === 'both',
    from: item?.subscription === 'from' || item?.subscription === 'both',
    asked: item?.ask === true,
    pending: account.requests.has(contact),
  });
}

/** Contacts with a subscription in the direction: `from` for those who see the user's presence. */
export function subscribed(account: Account, direction: 'to' | 'from'): string[] {
  return [...account.roster.values()]
    .filter(({ subscription }) => subscription === direction || subscription === 'both')
    .map(({ jid }) => jid);
}

/** Puts an item in the place of the previous one, or takes that away. */
export function storeItem(
  world: World,
  occasion: Occasion,
  account: Account,
  jid: string,
  next: RosterItem | undefined,
): RosterItem | undefined {
  const stored = world.policy.item(next, account.roster.get(jid), occasion);
  if (stored === undefined) account.roster.delete(jid);
  else account.roster.set(jid, stored);
  return stored;
}

/** Puts a request in the place of the recorded one, or takes that away. */
export function storeRequest(
  world: World,
  occasion: Occasion,
  account: Account,
  contact: string,
  next: Element | undefined,
): void {
  const stored = world.policy.request(next, account.requests.get(contact), occasion);
  if (stored === undefined) account.requests.delete(contact);
  else account.requests.set(contact, stored);
}

/**
 * Brings the roster item and the recorded request into the state decided on.
 * @returns the item as stored; undefined when there is none
 */
export function settle(
  world: World,
  occasion: Occasion,
  account: Account,
  { next, approved }: Transition,
): RosterItem | undefined {
  const { contact, stanza } = occasion;
  const { to, from, asked, pending } = facetsOf(next);
  const request = pending ? (account.requests.get(contact) ?? stanza) : undefined;
  storeRequest(world, occasion, account, contact, request);
  const before = account.roster.get(contact);
  // A contact who has only asked gets no item (RFC 6121 3.1.3, A.1).
  if (before === undefined && !to && !from && !asked && !approved) return undefined;
  const subscription = to ? (from ? 'both' : 'to') : from ? 'from' : 'none';
  return storeItem(world, occasion, account, contact, {
    ...(before ?? newItem(contact)),
    subscription,
    ask: asked,
    approved,
  });
}

/** Roster pushes to the user's resources, of a new version of the roster; of the removal when there is no item. */
export function pushes(
  world: World,
  account: Account,
  jid: string,
  item: RosterItem | undefined,
): Emission[] {
  account.rosterHistory.note(jid);
  const { version } = account.rosterHistory;
  return [...account.sessions.values()]
    .filter((session) => world.policy.getsPush(session))
    .map((session) => push(world, session, jid, item, version));
}

/** A roster push to one resource; of the removal when there is no item. */
export function push(
  world: World,
  session: Session,
  jid: string,
  item: RosterItem | undefined,
  version: string,
): Emission {
  const payload = item === undefined ? removalElement(jid) : itemElement(item);
  const ver = world.policy.versioning ? version : undefined;
  const id = `push-${randomBytes(6).toString('hex')}`;
  const query = element('query', NS.roster, { ver }, [payload]);
  return {
    purpose: 'push',
    to: session,
    stanza: element('iq', NS.client, { to: session.jid, type: 'set', id }, [query]),
  };
}
