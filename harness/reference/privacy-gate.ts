import type { Element } from '../wire/element.js';
import type { Account } from './accounts.js';
import { subscribed } from './contacts.js';
import { type Batch, type Emission, type Occasion, occasionOf, type Purpose } from './emission.js';
import { bareJid, bareText, fullJid, type Jid, parseJid, resourceText } from './jid.js';
import { type Counterpart, judgeByList, type StanzaKind } from './privacy.js';
import type { Session } from './session.js';
import { errorReply, presence } from './stanza.js';
import type { World } from './world.js';

/** A stanza between the user and someone else, which the user's privacy lists may stop. */
export interface Passage {
  readonly direction: 'in' | 'out';
  readonly kind: StanzaKind;
  readonly stanza: Element;
  readonly account: Account;
  /** The resource whose list is asked; undefined: none is concerned, and the default list is asked. */
  readonly session: Session | undefined;
  /** What the server sends it for; undefined before that is decided. */
  readonly purpose: Purpose | undefined;
}

/** What the server sends out in the user's name. */
const OUTBOUND: readonly Purpose[] = [
  'routed',
  'auto-reply',
  'cancellation',
  'shared-presence',
  'withdrawn-presence',
  'broadcast',
  'probe',
  'probe-answer',
  'forwarded',
];

/** What the server gives the user's resources of other people's. */
const INBOUND: readonly Purpose[] = ['request', 'notification', 'redelivery', 'delivered', 'offline-message'];

/** Whether the list in force stops the stanza. Never between the user's own resources, nor between user and server. */
export function isBlocked(world: World, passage: Passage): boolean {
  const { account, session, stanza, direction, kind } = passage;
  const rules = world.policy.rulesInForce(account.privacy.inForce(session?.activeList), account, session);
  const jid = parseJid((direction === 'in' ? stanza.attrs.from : stanza.attrs.to) ?? '');
  if (rules.length === 0 || jid === undefined) return false;
  if (bareJid(jid) === account.bare || fullJid(jid) === world.domain) return false;
  const denied = judgeByList(rules, counterpart(account, jid), kind, world.policy.domainReach) === 'deny';
  return world.policy.blocks(denied, passage);
}

/**
 * Handles a stanza for the user that privacy lists stop before anything else is decided (RFC 3921 11.1): where it names a
 * resource, that one's list; otherwise those of all available resources, or the default list where there are none, or
 * where the server itself would answer.
 * @returns undefined when it may go on; a list of a single resource may still keep it from that one
 */
export function turnAway(world: World, account: Account, stanza: Element, to: Jid): Batch | undefined {
  const named = account.sessions.get(to.resource);
  const available = stanza.name === 'iq' ? [] : account.available();
  const concerned = named !== undefined ? [named] : available.length > 0 ? available : [undefined];
  const kind = inboundKind(stanza);
  const stopped = concerned.every((session) =>
    isBlocked(world, { direction: 'in', kind, stanza, account, session, purpose: undefined }),
  );
  if (!stopped) return undefined;
  const trigger =
    stanza.name === 'iq' ? 'in:iq' : stanza.name === 'message' ? 'in:message' : ('in:presence' as const);
  return {
    occasion: occasionOf(trigger, stanza, { account, contact: bareText(stanza.attrs.from ?? '') }),
    emissions: isAnswered(world, stanza, account, concerned)
      ? [{ purpose: 'reply', to: 'route', stanza: errorReply(stanza, 'cancel', 'service-unavailable') }]
      : [],
  };
}

/** Who was stopped hears of it after an IQ request, and where XEP-0016 2.14 or XEP-0191 3.3 is followed after a message. */
function isAnswered(
  world: World,
  { name, attrs: { type } }: Element,
  { privacy }: Account,
  concerned: readonly (Session | undefined)[],
): boolean {
  if (name === 'iq') return type === 'get' || type === 'set';
  if (name !== 'message' || type === 'error') return false;
  const isByBlocklist = concerned.some((session) => privacy.isBlocklist(session?.activeList));
  return isByBlocklist || world.policy.blockedMessage === 'service-unavailable';
}

/** Whether the resource's list lets a message of someone else through. */
export function takesMessage(world: World, session: Session, stanza: Element): boolean {
  const { account } = session;
  return !isBlocked(world, {
    direction: 'in',
    kind: 'message',
    stanza,
    account,
    session,
    purpose: 'delivered',
  });
}

/** Whether the list of the resource stops what it addresses to someone. */
export function maySend(world: World, session: Session, stanza: Element): boolean {
  const { account } = session;
  const kind = outboundKind(stanza);
  return !isBlocked(world, { direction: 'out', kind, stanza, account, session, purpose: 'forwarded' });
}

/** Takes out of a batch what the lists in force stop, resource by resource. */
export function screen(world: World, { occasion, emissions }: Batch): Batch {
  const { account } = occasion;
  const listed = account !== undefined && account.privacy.lists.size > 0;
  const local = emissions.some(({ to }) => to !== 'route' && to.account.privacy.lists.size > 0);
  if (!listed && !local) return { occasion, emissions };
  return { occasion, emissions: emissions.filter((emission) => passes(world, occasion, emission)) };
}

function passes(world: World, occasion: Occasion, { purpose, stanza, to }: Emission): boolean {
  if (to !== 'route') {
    if (!INBOUND.includes(purpose)) return true;
    const { account } = to;
    const kind = inboundKind(stanza);
    return !isBlocked(world, { direction: 'in', kind, stanza, account, session: to, purpose });
  }
  const { account } = occasion;
  if (account === undefined || !OUTBOUND.includes(purpose)) return true;
  const session = senderOf(occasion, account, stanza);
  return !isBlocked(world, {
    direction: 'out',
    kind: outboundKind(stanza),
    stanza,
    account,
    session,
    purpose,
  });
}

/** The resource that the stanza is sent for: the one in its address, else the one that acts. */
function senderOf({ session }: Occasion, account: Account, stanza: Element): Session | undefined {
  const from = stanza.attrs.from ?? '';
  const resource = resourceText(from);
  return resource === '' || session?.jid === from ? session : account.sessions.get(resource);
}

function inboundKind({ name, attrs: { type } }: Element): StanzaKind {
  if (name === 'message' || name === 'iq') return name;
  return isNotification(type) ? 'presence-in' : 'other';
}

/** A probe asks for what `presence-in` stops (RFC 3921 5.1.1). */
function outboundKind({ name, attrs: { type } }: Element): StanzaKind {
  if (name !== 'presence') return 'other';
  if (type === 'probe') return 'presence-in';
  return isNotification(type) ? 'presence-out' : 'other';
}

/** Presence notifications are available and unavailable presence (RFC 3921 10). */
function isNotification(type: string | undefined): boolean {
  return type === undefined || type === 'unavailable';
}

function counterpart({ roster }: Account, jid: Jid): Counterpart {
  const item = roster.get(fullJid(jid)) ?? roster.get(bareJid(jid));
  return { jid, groups: item?.groups ?? [], subscription: item?.subscription ?? 'none' };
}

/** Whose available presence no longer passes between an available resource and the contacts. */
export interface Severed {
  readonly session: Session;
  readonly stanza: Element;
  readonly direction: 'in' | 'out';
}

/** Every presence that the lists in force let pass now, as the unavailable presence that would take it back. */
export function visible(world: World, account: Account): Severed[] {
  return account.available().flatMap((session) => {
    const out = subscribed(account, 'from').map((to): Severed => {
      return { session, direction: 'out', stanza: presence({ from: session.jid, to, type: 'unavailable' }) };
    });
    const seen = [...account.seen.keys()].map((from): Severed => {
      const stanza = presence({ from, to: session.jid, type: 'unavailable' });
      return { session, direction: 'in', stanza };
    });
    return [...out, ...seen].filter(({ direction, stanza }) => {
      const kind = direction === 'in' ? 'presence-in' : 'presence-out';
      return !isBlocked(world, { direction, kind, stanza, account, session, purpose: undefined });
    });
  });
}
