import type { Element } from '../wire/element.js';
import type { Account } from './accounts.js';
import { currentState } from './contacts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import { bareText, resourceText } from './jid.js';
import type { Session } from './session.js';
import { delayed, errorReply, extend, presence, stamp } from './stanza.js';
import { facetsOf, isSubscriptionType } from './subscriptions.js';
import type { World } from './world.js';

/**
 * Answers a probe for the user (RFC 3921 5.1.3, RFC 6121 4.3.2 and 4.6.6).
 * @param ofComponent whether a component has sent it
 */
export function answerProbe(world: World, account: Account, probe: Element, ofComponent: boolean): Batch {
  const { from = '', to = '' } = probe.attrs;
  const contact = bareText(from);
  const state = currentState(account, contact);
  const resource = resourceText(to);
  const named = account.sessions.get(resource);
  const trusted = world.policy.trustsComponents && ofComponent;
  let answers: Element[];
  if (contact === account.bare || facetsOf(state).from || trusted) {
    answers = resource === '' ? current(world, account, probe) : ofResource(world, named, probe);
  } else if (world.policy.mode === 'rfc6121' && named !== undefined && wasDirected(named, from)) {
    answers = [mere(named, probe)];
  } else {
    answers = [refusal(world, account, probe)];
  }
  return {
    occasion: occasionOf('in:probe', probe, { account, contact, before: state }),
    emissions: answers.map((stanza): Emission => ({ purpose: 'probe-answer', to: 'route', stanza })),
  };
}

/**
 * Handles presence for a user who does not exist: ignored, but for a probe under RFC 6121 (4.3.2, 8.5.1), which is
 * answered as if there were no subscription.
 */
export function presenceForNobody(world: World, stanza: Element): Batch {
  const { from = '', type } = stanza.attrs;
  const trigger = isSubscriptionType(type) ? (`in:${type}` as const) : 'in:presence';
  const answered = type === 'probe' && world.policy.mode === 'rfc6121';
  return {
    occasion: occasionOf(type === 'probe' ? 'in:probe' : trigger, stanza, { contact: bareText(from) }),
    emissions: answered ? [{ purpose: 'probe-answer', to: 'route', stanza: unsubscribedAnswer(stanza) }] : [],
  };
}

function unsubscribedAnswer(probe: Element): Element {
  const { from, to, id } = probe.attrs;
  return presence({ from: bareText(to ?? ''), to: from, id, type: 'unsubscribed' });
}

function wasDirected(session: Session, from: string): boolean {
  return session.directed.has(from) || session.directed.has(bareText(from));
}

function current(world: World, account: Account, probe: Element): Element[] {
  const to = probe.attrs.from;
  const available = account.available();
  if (available.length > 0) {
    return available.flatMap((session) =>
      session.presence === undefined ? [] : [stamp(session.presence, { to })],
    );
  }
  switch (world.policy.absenceAnswer) {
    case 'silence':
      return [];
    case 'bare-unavailable':
      return [
        absence(account, presence({ from: account.bare, to, id: probe.attrs.id, type: 'unavailable' })),
      ];
    case 'last-unavailable':
      return account.lastUnavailable === undefined
        ? []
        : [absence(account, stamp(account.lastUnavailable, { from: account.bare, to }))];
  }
}

/** Unavailable presence with the time since when it holds (RFC 6121 4.3.2, rule 3). */
function absence(account: Account, stanza: Element): Element {
  return account.absentSince === undefined
    ? stanza
    : extend(stanza, delayed(account.domain, account.absentSince));
}

/**
 * What a subscriber learns of one resource: all that it broadcast (RFC 3921 5.1.3), or that it is there (RFC 6121 4.3.2).
 * Of a resource that is not available, nothing (RFC 3921 11.1).
 */
function ofResource(world: World, named: Session | undefined, probe: Element): Element[] {
  if (named?.available !== true || named.presence === undefined) return [];
  const complete = world.policy.mode === 'rfc3921';
  return [complete ? stamp(named.presence, { to: probe.attrs.from }) : mere(named, probe)];
}

/** Whether the resource is there, and no more (RFC 6121 4.3.2). */
function mere(session: Session | undefined, probe: Element): Element {
  const { from, to, id } = probe.attrs;
  const type = session?.available === true ? undefined : 'unavailable';
  return presence({ from: to, to: from, id, type });
}

function refusal(world: World, account: Account, probe: Element): Element {
  if (world.policy.mode === 'rfc6121') return unsubscribedAnswer(probe);
  const pending = account.requests.has(bareText(probe.attrs.from ?? ''));
  return errorReply(probe, 'auth', pending ? 'not-authorized' : 'forbidden');
}
