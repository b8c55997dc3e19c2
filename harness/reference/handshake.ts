import type { Element } from '../wire/element.js';
import type { Account } from './accounts.js';
import { currentState, pushes, settle } from './contacts.js';
import { type Batch, type Emission, type Occasion, occasionOf } from './emission.js';
import { bareText } from './jid.js';
import { sameItem } from './roster.js';
import type { Session } from './session.js';
import { presence, stamp } from './stanza.js';
import { facetsOf, type SubscriptionType, type Transition } from './subscriptions.js';
import type { World } from './world.js';

/** Handles a subscription stanza that the user sends (RFC 3921 8 and 9.2, RFC 6121 3 and A.2). */
export function sendSubscription(
  world: World,
  session: Session,
  type: SubscriptionType,
  stanza: Element,
): Batch {
  const { account } = session;
  const contact = bareText(stanza.attrs.to ?? '');
  const before = currentState(account, contact);
  const occasion = occasionOf(`out:${type}`, stanza, { account, session, contact, before });
  const decided = decide(world, account, occasion, 'out', type);
  const withdrawn = decided.withdraw ? withdrawnPresence(account, contact) : [];
  account.notifications = account.notifications.filter(
    (kept) => kept.contact !== contact || !world.policy.acknowledges(kept, type),
  );
  const stamped = stamp(stanza, { from: account.bare, to: contact });
  const routed: Emission[] = decided.pass ? [{ purpose: 'routed', to: 'route', stanza: stamped }] : [];
  const changed = change(world, occasion, account, decided);
  const shared = decided.share ? sharedPresence(account, contact) : [];
  return { occasion, emissions: [...withdrawn, ...routed, ...changed, ...shared] };
}

/** Handles a subscription stanza for the user (RFC 3921 8 and 9.3, RFC 6121 3 and A.3). */
export function receiveSubscription(
  world: World,
  account: Account,
  type: SubscriptionType,
  stanza: Element,
): Batch {
  const contact = bareText(stanza.attrs.from ?? '');
  const before = currentState(account, contact);
  const occasion = occasionOf(`in:${type}`, stanza, { account, contact, before });
  const decided = decide(world, account, occasion, 'in', type);
  const delivered = decided.pass ? deliver(world, account, contact, type, stanza) : [];
  const changed = change(world, occasion, account, decided);
  return {
    occasion,
    emissions: [
      ...delivered,
      ...changed,
      ...autoReply(account, contact, decided, stanza),
      ...(decided.withdraw ? withdrawnPresence(account, contact) : []),
      ...(decided.share ? sharedPresence(account, contact) : []),
    ],
  };
}

/** Unavailable presence of every available resource to someone who loses sight of them. */
export function withdrawnPresence(account: Account, contact: string): Emission[] {
  return account.available().map((session) => ({
    purpose: 'withdrawn-presence',
    to: 'route',
    stanza: presence({ from: session.jid, to: contact, type: 'unavailable' }),
  }));
}

function decide(
  world: World,
  account: Account,
  occasion: Occasion,
  direction: 'in' | 'out',
  type: SubscriptionType,
): Transition {
  return world.policy.transition({
    state: occasion.before ?? 'none',
    direction,
    type,
    approved: account.roster.get(occasion.contact)?.approved === true,
    preApproval: world.policy.preApproval,
  });
}

/** Stores the new state, and pushes the item where a client could see the difference. */
function change(world: World, occasion: Occasion, account: Account, decided: Transition): Emission[] {
  const { contact, trigger, before: state = 'none' } = occasion;
  const before = account.roster.get(contact);
  const item = settle(world, occasion, account, decided);
  // RFC 6121 3.2.2 has the item pushed after a refusal too, which leaves it as it was.
  const refusal = trigger === 'out:unsubscribed' && facetsOf(state).pending && item !== undefined;
  const due = !sameItem(before, item) || (refusal && world.policy.mode === 'rfc6121');
  return due ? pushes(world, account, contact, item) : [];
}

function deliver(
  world: World,
  account: Account,
  contact: string,
  type: SubscriptionType,
  stanza: Element,
): Emission[] {
  const sessions = [...account.sessions.values()];
  if (type === 'subscribe') {
    return sessions
      .filter((session) => world.policy.getsRequest(session))
      .map((session) => ({ purpose: 'request', to: session, stanza }));
  }
  const reached = sessions.filter((session) => world.policy.getsNotification(session));
  const online = sessions.some((session) => session.available);
  if (world.policy.keepsNotification(type, reached.length > 0, online)) {
    account.notifications = [
      ...account.notifications.filter((kept) => kept.contact !== contact || kept.type !== type),
      { contact, type, stanza },
    ];
  }
  return reached.map((session) => ({ purpose: 'notification', to: session, stanza }));
}

function autoReply(account: Account, contact: string, { reply }: Transition, stanza: Element): Emission[] {
  if (reply === 'nothing') return [];
  const attrs = { from: account.bare, to: contact, id: stanza.attrs.id, type: reply };
  return [{ purpose: 'auto-reply', to: 'route', stanza: presence(attrs) }];
}

function sharedPresence(account: Account, contact: string): Emission[] {
  return account
    .available()
    .flatMap((session) =>
      session.presence === undefined
        ? []
        : [{ purpose: 'shared-presence', to: 'route', stanza: stamp(session.presence, { to: contact }) }],
    );
}
