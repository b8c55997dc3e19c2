import { child, type Element, text } from '../wire/element.js';
import type { Account } from './accounts.js';
import { subscribed } from './contacts.js';
import { type Batch, type Emission, type Occasion, occasionOf, type Trigger } from './emission.js';
import { bareText, resourceText } from './jid.js';
import type { Session } from './session.js';
import { presence, stamp } from './stanza.js';
import type { World } from './world.js';

function ownOccasion(session: Session, trigger: Trigger, stanza: Element, contact = ''): Occasion {
  return occasionOf(trigger, stanza, { account: session.account, session, contact });
}

/** The priority that the presence declares; zero when it declares none (RFC 3921 2.2.2.3). */
function priorityOf(stanza: Element): number {
  const priority = child(stanza, 'priority');
  return priority === undefined ? 0 : Number.parseInt(text(priority), 10) || 0;
}

/** Handles available presence that the user broadcasts, initial or later (RFC 3921 5.1.1, RFC 6121 4.2 and 4.4). */
export function announce(world: World, session: Session, stanza: Element): Batch {
  const { account } = session;
  const initial = !session.available;
  const others = account.available().filter((other) => other !== session);
  session.available = true;
  session.presence = stanza;
  session.priority = priorityOf(stanza);
  const own = [...others, ...(world.policy.ownEcho ? [session] : [])].map((to): Emission => {
    return { purpose: 'own-presence', to, stanza: stamp(stanza, { to: account.bare }) };
  });
  const emissions = [...own, ...broadcast(world, session, stanza)];
  if (initial) {
    emissions.push(...(others.length === 0 ? probes(world, session) : knownPresence(world, session, others)));
    emissions.push(...redeliveries(account, session));
  }
  emissions.push(...offlineMessages(account, session));
  return {
    occasion: ownOccasion(session, initial ? 'initial-presence' : 'presence-update', stanza),
    emissions,
  };
}

/**
 * Handles the end of a resource's availability, asked for or not (RFC 3921 5.1.5, RFC 6121 4.5.2).
 * @param stanza the user's last presence, or one made on the user's behalf
 * @param connected whether the stream is still there
 */
export function retire(world: World, session: Session, stanza: Element, connected: boolean): Batch {
  const { account } = session;
  const emissions: Emission[] = [];
  const subscribers = new Set(session.available ? subscribed(account, 'from') : []);
  if (session.available) {
    const own = account.available().filter((to) => to !== session || (connected && world.policy.ownEcho));
    emissions.push(
      ...own.map((to): Emission => {
        return { purpose: 'own-presence', to, stanza: stamp(stanza, { to: account.bare }) };
      }),
      ...broadcast(world, session, stanza),
    );
    account.lastUnavailable = stanza;
    account.absentSince = new Date();
  }
  for (const to of session.directed) {
    if (subscribers.has(bareText(to)) && !session.refused.has(bareText(to))) continue;
    emissions.push({ purpose: 'forwarded', to: 'route', stanza: stamp(stanza, { to }) });
  }
  session.directed.clear();
  session.refused.clear();
  session.available = false;
  session.presence = undefined;
  if (account.available().length === 0) account.seen.clear();
  return { occasion: ownOccasion(session, 'unavailable', stanza), emissions };
}

/** Handles presence, available or not, that the user addresses to someone (RFC 3921 5.1.4, RFC 6121 4.6.3). */
export function direct(session: Session, stanza: Element): Batch {
  const { to = '', type } = stanza.attrs;
  if (type === undefined) session.directed.add(to);
  if (type === 'unavailable') session.directed.delete(to);
  return {
    occasion: ownOccasion(session, 'forward', stanza, bareText(to)),
    emissions: [{ purpose: 'forwarded', to: 'route', stanza }],
  };
}

/** Handles presence of another entity, available or not, or an error (RFC 3921 11.1, RFC 6121 8.5). */
export function receivePresence(world: World, account: Account, stanza: Element): Batch {
  const { from = '', to = '', type } = stanza.attrs;
  const contact = bareText(from);
  const resource = resourceText(to);
  const named = account.sessions.get(resource);
  if (type === 'error') {
    if (world.policy.mode === 'rfc3921') named?.refused.add(contact);
  } else {
    note(world, account, from, stanza);
  }
  // RFC 3921 11.1 knows no resources but available ones; RFC 6121 8.5.3.1 delivers to connected ones too.
  const matches = named !== undefined && (named.available || world.policy.mode === 'rfc6121');
  const reached = resource === '' ? account.available() : matches ? [named] : [];
  return {
    occasion: occasionOf(type === 'error' ? 'in:presence-error' : 'in:presence', stanza, {
      account,
      contact,
    }),
    emissions: reached.map((session) => ({ purpose: 'delivered', to: session, stanza })),
  };
}

/** Keeps what presence of others says: who is there, whose errors are over, who needs no farewell. */
function note(world: World, account: Account, from: string, stanza: Element): void {
  const contact = bareText(from);
  for (const session of account.sessions.values()) {
    session.refused.delete(contact);
    // RFC 6121 4.6.1; RFC 3921 5.1.4 has also those told who have left.
    if (stanza.attrs.type === 'unavailable' && world.policy.mode === 'rfc6121') session.directed.delete(from);
  }
  if (stanza.attrs.type === 'unavailable') account.seen.delete(from);
  else if (account.available().length > 0 && subscribed(account, 'to').includes(contact)) {
    account.seen.set(from, stanza);
  }
}

function broadcast(world: World, session: Session, stanza: Element): Emission[] {
  // The check for errors is gone from RFC 6121 (4.4.2); nobody is refused there.
  return subscribed(session.account, 'from')
    .filter((contact) => world.policy.mode === 'rfc6121' || !session.refused.has(bareText(contact)))
    .map((contact) => ({ purpose: 'broadcast', to: 'route', stanza: stamp(stanza, { to: contact }) }));
}

function probes(world: World, session: Session): Emission[] {
  // RFC 3921 5.1.1 probes from the full JID, RFC 6121 4.3 from the bare one.
  const from = world.policy.mode === 'rfc3921' ? session.jid : session.account.bare;
  return subscribed(session.account, 'to').map((contact) => ({
    purpose: 'probe',
    to: 'route',
    stanza: presence({ from, to: bareText(contact), type: 'probe' }),
  }));
}

/** What the server knows already and spares the probes for (RFC 3921 5.1.1). */
function knownPresence(world: World, session: Session, others: readonly Session[]): Emission[] {
  const to = session.account.bare;
  const own = world.policy.ownEcho
    ? others.flatMap(({ presence: last }): Emission[] =>
        last === undefined ? [] : [{ purpose: 'own-presence', to: session, stanza: stamp(last, { to }) }],
      )
    : [];
  const seen = [...session.account.seen.values()].map((stanza): Emission => {
    return { purpose: 'delivered', to: session, stanza: stamp(stanza, { to }) };
  });
  return [...own, ...seen];
}

/** Requests and notifications that wait for the user (RFC 3921 5.1.6 and 9.4, RFC 6121 3.1.3). */
export function redeliveries(account: Account, session: Session): Emission[] {
  const waiting = [...account.requests.values(), ...account.notifications.map(({ stanza }) => stanza)];
  return waiting.map((stanza) => ({ purpose: 'redelivery', to: session, stanza }));
}

function offlineMessages(account: Account, session: Session): Emission[] {
  if (session.priority < 0) return [];
  const messages = account.offline;
  account.offline = [];
  return messages.map((stanza) => ({ purpose: 'offline-message', to: session, stanza }));
}

/** The unavailable presence that the server makes for a resource that left without one. */
export function farewell(session: Session): Element {
  return presence({ from: session.jid, type: 'unavailable' });
}
