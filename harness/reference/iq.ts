import { type Element, element, elements, NS } from '../wire/element.js';
import type { Account } from './accounts.js';
import { blockingQuery } from './blocking.js';
import { currentState } from './contacts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import { bareText, resourceText } from './jid.js';
import { privacyQuery } from './privacy-queries.js';
import { getRoster, setRoster } from './roster-queries.js';
import type { Session } from './session.js';
import { SOFTWARE_VERSION, softwareVersion } from './software.js';
import { errorReply, resultReply } from './stanza.js';
import { facetsOf } from './subscriptions.js';
import type { World } from './world.js';

const DISCO_INFO = 'http://jabber.org/protocol/disco#info';
const DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';
const PING = 'urn:xmpp:ping';

/** Whether the IQ is one at all: an id, a known type, and one payload in a request (RFC 6120 8.2.3). */
export function isValidIq(iq: Element): boolean {
  const { id, type } = iq.attrs;
  if (id === undefined) return false;
  if (type === 'get' || type === 'set') return elements(iq).length === 1;
  return type === 'result' || type === 'error';
}

/** Whether the IQ waits for an answer. */
export function isRequest(iq: Element): boolean {
  return iq.attrs.type === 'get' || iq.attrs.type === 'set';
}

function unavailable(iq: Element): Element[] {
  return isRequest(iq) ? [errorReply(iq, 'cancel', 'service-unavailable')] : [];
}

function batch(iq: Element, account: Account | undefined, emissions: Emission[]): Batch {
  const contact = bareText(iq.attrs.from ?? '');
  return { occasion: occasionOf('in:iq', iq, { account, contact }), emissions };
}

function answers(iq: Element, account: Account | undefined, stanzas: readonly Element[]): Batch {
  return batch(
    iq,
    account,
    stanzas.map((stanza) => ({ purpose: 'reply', to: 'route', stanza })),
  );
}

function information(iq: Element, identity: { category: string; type: string }): Element {
  const extensions = [PING, SOFTWARE_VERSION, NS.roster, NS.privacy, NS.blocking, NS.register];
  const features = [DISCO_INFO, DISCO_ITEMS, ...extensions].map((feature) =>
    element('feature', DISCO_INFO, { var: feature }),
  );
  return resultReply(
    iq,
    element('query', DISCO_INFO, {}, [element('identity', DISCO_INFO, identity), ...features]),
  );
}

/**
 * Handles an IQ that a user addresses to the own account, or to nobody, and the roster queries that a server of
 * RFC 3921 takes as meant so whatever their address (7.2).
 */
export function ownIq(world: World, session: Session, iq: Element): Batch {
  const [payload] = elements(iq);
  if (payload?.ns === NS.roster && payload.name === 'query' && isRequest(iq)) {
    return iq.attrs.type === 'get'
      ? getRoster(world, session, iq, payload)
      : setRoster(world, session, iq, payload);
  }
  if (payload?.ns === NS.privacy && payload.name === 'query' && isRequest(iq)) {
    return privacyQuery(world, session, iq, payload);
  }
  if (payload?.ns === NS.blocking && isRequest(iq)) return blockingQuery(world, session, iq, payload);
  const { occasion } = batch(iq, session.account, []);
  return {
    occasion: { ...occasion, session },
    emissions: ownReply(iq, payload).map((stanza) => ({ purpose: 'reply', to: session, stanza })),
  };
}

function ownReply(iq: Element, payload: Element | undefined): Element[] {
  if (payload?.ns === NS.session && iq.attrs.type === 'set') return [resultReply(iq)];
  if (payload?.ns === NS.bind && iq.attrs.type === 'set') return [errorReply(iq, 'cancel', 'not-allowed')];
  if (payload?.ns === PING && iq.attrs.type === 'get') return [resultReply(iq)];
  if (payload?.ns === DISCO_INFO && iq.attrs.type === 'get') {
    return [information(iq, { category: 'account', type: 'registered' })];
  }
  return unavailable(iq);
}

/** Handles an IQ for the server itself. */
export function serverIq(iq: Element): Batch {
  const [payload] = elements(iq);
  const get = iq.attrs.type === 'get';
  if (payload?.ns === NS.session && !get && isRequest(iq)) return answers(iq, undefined, [resultReply(iq)]);
  if (payload?.ns === PING && get) return answers(iq, undefined, [resultReply(iq)]);
  if (payload?.ns === DISCO_INFO && get) {
    return answers(iq, undefined, [information(iq, { category: 'server', type: 'im' })]);
  }
  if (payload?.ns === SOFTWARE_VERSION && get) return answers(iq, undefined, [softwareVersion(iq)]);
  if (payload?.ns === DISCO_ITEMS && get) {
    return answers(iq, undefined, [resultReply(iq, element('query', DISCO_ITEMS))]);
  }
  return answers(iq, undefined, unavailable(iq));
}

/** Handles an IQ of someone else for a user, whether or not the account exists (RFC 3921 11.1, RFC 6121 8.5). */
export function receiveIq(world: World, account: Account | undefined, iq: Element): Batch {
  const resource = resourceText(iq.attrs.to ?? '');
  if (account === undefined) return answers(iq, account, unavailable(iq));
  if (resource === '') {
    const roster = elements(iq)[0]?.ns === NS.roster && isRequest(iq);
    if (roster) return answers(iq, account, [errorReply(iq, 'auth', 'forbidden')]);
    return answers(iq, account, unavailable(iq));
  }
  const session = account.sessions.get(resource);
  if (session === undefined || !mayReach(world, session, iq)) return answers(iq, account, unavailable(iq));
  return batch(iq, account, [{ purpose: 'delivered', to: session, stanza: iq }]);
}

/**
 * Whether the IQ may go to the resource. An answer always may. A request needs an available resource in RFC 3921
 * (11.1), and a requester who may know that the resource is there in RFC 6121 (8.5.3.1).
 */
function mayReach(world: World, session: Session, iq: Element): boolean {
  if (!isRequest(iq)) return true;
  if (world.policy.mode === 'rfc3921') return session.available;
  const from = iq.attrs.from ?? '';
  const contact = bareText(from);
  return (
    contact === session.account.bare ||
    from === world.domain ||
    facetsOf(currentState(session.account, contact)).from ||
    session.directed.has(from) ||
    session.directed.has(contact)
  );
}
