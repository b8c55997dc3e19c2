import { type Element, element, NS } from '../wire/element.js';
import type { Account } from './accounts.js';
import { currentState, push, pushes, storeItem, storeRequest } from './contacts.js';
import { type Batch, type Emission, type Occasion, occasionOf, type Trigger } from './emission.js';
import { withdrawnPresence } from './handshake.js';
import { bareText } from './jid.js';
import { itemElement, newItem, parseRosterSet, type RosterSet } from './roster.js';
import type { Session } from './session.js';
import { errorReply, presence, resultReply } from './stanza.js';
import { facetsOf } from './subscriptions.js';
import type { World } from './world.js';

function ownOccasion(session: Session, trigger: Trigger, stanza: Element, contact = ''): Occasion {
  const { account } = session;
  const before = contact === '' ? undefined : currentState(account, contact);
  return occasionOf(trigger, stanza, { account, session, contact, before });
}

function reply(session: Session, stanza: Element): Emission {
  return { purpose: 'reply', to: session, stanza };
}

/**
 * Answers a roster get; from then on the resource is interested (RFC 3921 7.3, RFC 6121 2.2). One that states a known
 * version gets an empty result, and a push of each item that has changed since (RFC 6121 2.6.3).
 */
export function getRoster(world: World, session: Session, iq: Element, query: Element): Batch {
  const { account } = session;
  const { policy } = world;
  const occasion = ownOccasion(session, 'roster-get', iq);
  session.interested = true;
  const known = policy.versioning ? account.rosterHistory.since(query.attrs.ver ?? '') : undefined;
  if (known !== undefined && policy.givesChanges(known.length)) {
    const interim = known.map(({ jid, version }) =>
      push(world, session, jid, account.roster.get(jid), version),
    );
    return { occasion, emissions: [{ purpose: 'roster', to: session, stanza: resultReply(iq) }, ...interim] };
  }
  const items = [...account.roster.values()].map(itemElement);
  const ver = policy.versioning ? account.rosterHistory.version : undefined;
  const stanza = resultReply(iq, element('query', NS.roster, { ver }, items));
  return { occasion, emissions: [{ purpose: 'roster', to: session, stanza }] };
}

/** Handles a roster set of the user's own (RFC 3921 7.4 to 7.6, RFC 6121 2.3 to 2.5). */
export function setRoster(world: World, session: Session, iq: Element, query: Element): Batch {
  const parsed = parseRosterSet(query, world.policy.labelFits);
  if ('condition' in parsed) {
    return {
      occasion: ownOccasion(session, 'roster-set', iq),
      emissions: [reply(session, errorReply(iq, parsed.type, parsed.condition))],
    };
  }
  return parsed.remove ? removeItem(world, session, iq, parsed) : updateItem(world, session, iq, parsed);
}

function updateItem(world: World, session: Session, iq: Element, { jid, name, groups }: RosterSet): Batch {
  const { account } = session;
  const occasion = ownOccasion(session, 'roster-set', iq, jid);
  const next = { ...(account.roster.get(jid) ?? newItem(jid)), name, groups };
  const item = storeItem(world, occasion, account, jid, next);
  return {
    occasion,
    emissions: [...pushes(world, account, jid, item), reply(session, resultReply(iq))],
  };
}

function removeItem(world: World, session: Session, iq: Element, { jid }: RosterSet): Batch {
  const { account } = session;
  const occasion = ownOccasion(session, 'roster-remove', iq, jid);
  if (!account.roster.has(jid)) {
    return { occasion, emissions: [reply(session, errorReply(iq, 'modify', 'item-not-found'))] };
  }
  const { from } = facetsOf(occasion.before ?? 'none');
  const withdrawn = from ? withdrawnPresence(account, jid) : [];
  const cancellations = cancelled(world, occasion).map((type): Emission => {
    return { purpose: 'cancellation', to: 'route', stanza: presence({ from: account.bare, to: jid, type }) };
  });
  storeItem(world, occasion, account, jid, undefined);
  storeRequest(world, occasion, account, jid, undefined);
  forgetNotifications(world, account, jid);
  return {
    occasion,
    emissions: [
      ...withdrawn,
      ...cancellations,
      ...pushes(world, account, jid, undefined),
      reply(session, resultReply(iq)),
    ],
  };
}

/** The stanzas that a removal brings about: both (RFC 3921 9.4), or those that apply (RFC 6121 2.5.2). */
function cancelled(world: World, { before = 'none' }: Occasion): ('unsubscribe' | 'unsubscribed')[] {
  const { to, from, asked, pending } = facetsOf(before);
  const both = world.policy.removalSendsBoth;
  const types: ('unsubscribe' | 'unsubscribed')[] = [];
  if (both || to || asked) types.push('unsubscribe');
  if (both || from || pending) types.push('unsubscribed');
  return types;
}

/** A removal counts as both `unsubscribe` and `unsubscribed` among the acknowledgements (RFC 3921 9.4). */
function forgetNotifications(world: World, account: Account, jid: string): void {
  account.notifications = account.notifications.filter(
    (kept) =>
      kept.contact !== bareText(jid) ||
      !(world.policy.acknowledges(kept, 'unsubscribe') || world.policy.acknowledges(kept, 'unsubscribed')),
  );
}
