import type { Element } from '../wire/element.js';
import type { Notification } from './accounts.js';
import type { Emission, Occasion } from './emission.js';
import type { RosterItem } from './roster.js';
import type { Resource } from './session.js';
import { type Cell, type SubscriptionType, type Transition, transition } from './subscriptions.js';

/** The specification that decides where the two RFCs differ. */
export type Mode = 'rfc3921' | 'rfc6121';

/** A subscription stanza is handled as it is, as if sent to the bare JID, or not at all. */
export type Admission = 'taken' | 'redirected' | 'ignored';

/** Every decision of the server that a fault or a variation may take differently. */
export interface Policy {
  readonly mode: Mode;
  /** Subscription pre-approval is offered (RFC 6121 3.4). */
  readonly preApproval: boolean;
  /** Pre-approval is announced among the stream features. */
  readonly announcesPreApproval: boolean;
  /** Whose roster a set changes: the sender's whatever the address (RFC 3921 7.2), or that of the address. */
  readonly rosterSetAddress: 'ignored' | 'heeded';
  /** A resource gets its own presence broadcasts back (RFC 6121 4.2.2). */
  readonly ownEcho: boolean;
  /** A removal sends unsubscribe and unsubscribed whatever the state (RFC 3921 9.4), not just those that apply. */
  readonly removalSendsBoth: boolean;
  /** Chat and normal messages are kept for users without a resource to take them (RFC 6121 8.5.2.2.1). */
  readonly offlineMessages: boolean;
  /** Components may see anyone's presence by a probe (RFC 3921 5.1.3, RFC 6121 4.3.2). */
  readonly trustsComponents: boolean;
  /** Answer to a subscriber's probe when the user has no available resource. */
  readonly absenceAnswer: 'last-unavailable' | 'bare-unavailable' | 'silence';
  /**
   * What becomes of a subscription stanza for the user, by the resource that it is addressed to.
   * @param resource the resource in the address; empty for none
   * @param named the connected resource of that name
   */
  admission(type: SubscriptionType, resource: string, named: Resource | undefined): Admission;
  /** What one cell of the state tables demands. */
  transition(cell: Cell): Transition;
  /** The roster item to store in place of the previous one; undefined for none. */
  item(
    next: RosterItem | undefined,
    previous: RosterItem | undefined,
    occasion: Occasion,
  ): RosterItem | undefined;
  /** The unanswered request to store in place of the previous one; undefined for none. */
  request(next: Element | undefined, previous: Element | undefined, occasion: Occasion): Element | undefined;
  /** Whether the resource gets roster pushes. */
  getsPush(resource: Resource): boolean;
  /** Whether the resource gets subscription requests. */
  getsRequest(resource: Resource): boolean;
  /** Whether the resource gets notifications of subscription state changes. */
  getsNotification(resource: Resource): boolean;
  /**
   * Whether a notification is kept for later log-ins.
   * @param reached whether a resource got it
   * @param online whether the user had an available resource
   */
  keepsNotification(type: SubscriptionType, reached: boolean, online: boolean): boolean;
  /** Whether the user's answer ends the redelivery of a notification (RFC 3921 9.4, table 7). */
  acknowledges(notification: Notification, answer: SubscriptionType): boolean;
  /** The last word on what leaves the server: may drop, change, add, put in another order or hold back. */
  emissions(emissions: readonly Emission[], occasion: Occasion): readonly Emission[];
}

/** Table 7 of RFC 3921 9.4: what affirms and what denies a notification. */
const ACKNOWLEDGEMENTS: Readonly<Record<SubscriptionType, readonly SubscriptionType[]>> = {
  subscribe: ['subscribed', 'unsubscribed'],
  subscribed: ['subscribe', 'unsubscribe'],
  unsubscribe: ['unsubscribed', 'subscribed'],
  unsubscribed: ['unsubscribe', 'subscribe'],
};

/** The policy of the sound server in one mode. */
export function soundPolicy(mode: Mode): Policy {
  const old = mode === 'rfc3921';
  return {
    mode,
    preApproval: !old,
    announcesPreApproval: !old,
    rosterSetAddress: old ? 'ignored' : 'heeded',
    ownEcho: !old,
    removalSendsBoth: old,
    offlineMessages: true,
    trustsComponents: false,
    absenceAnswer: old ? 'last-unavailable' : 'bare-unavailable',
    admission: old ? admissionOfOld : admission,
    transition,
    item: (next) => next,
    request: (next) => next,
    getsPush: old ? ({ available, interested }) => available && interested : ({ interested }) => interested,
    getsRequest: ({ available }) => available,
    getsNotification: ({ available, interested }) => available || interested,
    keepsNotification: (_type, reached, online) => !reached || !online,
    acknowledges: ({ type }, answer) => ACKNOWLEDGEMENTS[type].includes(answer),
    emissions: (emissions) => emissions,
  };
}

/**
 * RFC 3921 11.1: a full JID counts only as long as that resource is available. A request that counts goes to the bare
 * JID, which reaches the resource named as well and keeps RFC 6121 3.1.3.
 */
function admissionOfOld(type: SubscriptionType, resource: string, named: Resource | undefined): Admission {
  if (resource === '') return 'taken';
  if (named?.available !== true) return 'ignored';
  return type === 'subscribe' ? 'redirected' : 'taken';
}

/** RFC 6121 3.1.3 redirects a request for a full JID to the bare one; nothing else is (8.5.3.2.2). */
function admission(type: SubscriptionType, resource: string, named: Resource | undefined): Admission {
  if (resource !== '' && type === 'subscribe') return 'redirected';
  return resource === '' || named !== undefined ? 'taken' : 'ignored';
}
