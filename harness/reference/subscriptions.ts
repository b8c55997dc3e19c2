/** The nine subscription states (RFC 3921 9.1, RFC 6121 A.1). */
export type State =
  | 'none'
  | 'none-pending-out'
  | 'none-pending-in'
  | 'none-pending-out-in'
  | 'to'
  | 'to-pending-in'
  | 'from'
  | 'from-pending-out'
  | 'both';

/** The types of presence that manage subscriptions. */
export type SubscriptionType = 'subscribe' | 'unsubscribe' | 'subscribed' | 'unsubscribed';

/** Whether the stanza comes from the user or for the user. */
export type Direction = 'out' | 'in';

/** What a state consists of: the two subscriptions, and a request in either direction. */
export interface Facets {
  /** The user has a subscription to the contact. */
  readonly to: boolean;
  /** The contact has a subscription to the user. */
  readonly from: boolean;
  /** The user has asked. */
  readonly asked: boolean;
  /** The contact has asked. */
  readonly pending: boolean;
}

/** One case to decide: a row of a state table, and what is known of pre-approval. */
export interface Cell {
  readonly state: State;
  readonly direction: Direction;
  readonly type: SubscriptionType;
  /** The user has approved a request that has not come yet (RFC 6121 3.4). */
  readonly approved: boolean;
  /** The server supports that. */
  readonly preApproval: boolean;
}

/** What the server does in a cell. */
export interface Transition {
  /** The stanza goes on: is routed to the contact, or delivered to the user. */
  readonly pass: boolean;
  readonly next: State;
  /** The pre-approval afterwards. */
  readonly approved: boolean;
  /** The stanza that the server answers with on the user's behalf. */
  readonly reply: 'subscribed' | 'unsubscribed' | 'nothing';
  /** The contact has gained a subscription and is sent the user's current presence. */
  readonly share: boolean;
  /** The contact has lost a subscription and is sent unavailable presence. */
  readonly withdraw: boolean;
}

/** The states in the order of the tables. */
export const STATES: readonly State[] = [
  'none',
  'none-pending-out',
  'none-pending-in',
  'none-pending-out-in',
  'to',
  'to-pending-in',
  'from',
  'from-pending-out',
  'both',
];

/** The types in the order of RFC 6121 A.2. */
export const SUBSCRIPTION_TYPES: readonly SubscriptionType[] = [
  'subscribe',
  'unsubscribe',
  'subscribed',
  'unsubscribed',
];

/** Whether a presence type manages subscriptions. */
export function isSubscriptionType(type: string | undefined): type is SubscriptionType {
  return SUBSCRIPTION_TYPES.some((known) => known === type);
}

/** Whether there is presence of that type (RFC 3921 2.2.1, RFC 6121 4.7.1). */
export function isPresenceType(type: string | undefined): boolean {
  return [undefined, 'unavailable', 'probe', 'error'].includes(type) || isSubscriptionType(type);
}

/** What the state consists of. */
export function facetsOf(state: State): Facets {
  return {
    to: state === 'both' || state.startsWith('to'),
    from: state === 'both' || state.startsWith('from'),
    asked: state.includes('-out'),
    pending: state.endsWith('-in'),
  };
}

/**
 * The state that the facets make up. A subscription that exists outweighs a request for it, so that records that
 * contradict one another still name a state.
 */
export function stateOf({ to, from, asked, pending }: Facets): State {
  if (to && from) return 'both';
  if (to) return pending ? 'to-pending-in' : 'to';
  if (from) return asked ? 'from-pending-out' : 'from';
  if (asked) return pending ? 'none-pending-out-in' : 'none-pending-out';
  return pending ? 'none-pending-in' : 'none';
}

/**
 * Decides one cell (RFC 3921 9.2 and 9.3, RFC 6121 3 and A.2 and A.3): from the state, the direction and the type
 * to what is passed on, answered and changed.
 */
export function transition(cell: Cell): Transition {
  return cell.direction === 'out' ? outbound(cell) : inbound(cell);
}

function unchanged(cell: Cell): Transition {
  return {
    pass: false,
    next: cell.state,
    approved: cell.approved,
    reply: 'nothing',
    share: false,
    withdraw: false,
  };
}

function outbound(cell: Cell): Transition {
  const facets = facetsOf(cell.state);
  const same = unchanged(cell);
  switch (cell.type) {
    case 'subscribe':
      return { ...same, pass: true, next: stateOf({ ...facets, asked: !facets.to }) };
    case 'unsubscribe':
      return { ...same, pass: true, next: stateOf({ ...facets, to: false, asked: false }) };
    case 'subscribed':
      if (facets.pending) {
        return { ...same, pass: true, next: stateOf({ ...facets, from: true, pending: false }), share: true };
      }
      return { ...same, approved: cell.approved || (cell.preApproval && !facets.from) };
    case 'unsubscribed':
      return {
        ...same,
        pass: facets.from || facets.pending,
        next: stateOf({ ...facets, from: false, pending: false }),
        approved: false,
        withdraw: facets.from,
      };
  }
}

function inbound(cell: Cell): Transition {
  const facets = facetsOf(cell.state);
  const same = unchanged(cell);
  switch (cell.type) {
    case 'subscribe':
      if (facets.from) return { ...same, reply: 'subscribed' };
      if (facets.pending) return same;
      if (cell.approved) {
        return { ...same, next: stateOf({ ...facets, from: true }), reply: 'subscribed', share: true };
      }
      return { ...same, pass: true, next: stateOf({ ...facets, pending: true }) };
    case 'unsubscribe':
      if (!facets.from && !facets.pending) return same;
      return {
        ...same,
        pass: true,
        next: stateOf({ ...facets, from: false, pending: false }),
        reply: 'unsubscribed',
        withdraw: facets.from,
      };
    case 'subscribed':
      if (!facets.asked) return same;
      return { ...same, pass: true, next: stateOf({ ...facets, to: true, asked: false }) };
    case 'unsubscribed':
      if (!facets.asked && !facets.to) return same;
      return { ...same, pass: true, next: stateOf({ ...facets, to: false, asked: false }) };
  }
}
