import { type Element, NS } from '../wire/element.js';
import type { Account, Notification } from './accounts.js';
import type { Emission, Occasion } from './emission.js';
import type { IncomingMessage, MessageFate } from './messages.js';
import type { DomainReach, Rule } from './privacy.js';
import type { Passage } from './privacy-gate.js';
import type { PrivacyChange } from './privacy-queries.js';
import type { RosterItem } from './roster.js';
import { type FederationPolicy, soundFederation } from './s2s/policy.js';
import type { Resource, Session } from './session.js';
import { type Cell, type SubscriptionType, type Transition, transition } from './subscriptions.js';

/** The specification that decides where the two RFCs differ. */
export type Mode = 'rfc3921' | 'rfc6121';

/** A subscription stanza is handled as it is, as if sent to the bare JID, or not at all. */
export type Admission = 'taken' | 'redirected' | 'ignored';

/** What becomes of a second resource of the same name (RFC 3921 section 3, RFC 6120 7.7.2.2). */
export type SameResource =
  | 'old-ended'
  | 'session-refused'
  | 'binding-refused'
  | 'other-resource'
  /** which no clause permits */
  | 'both-kept';

/** What becomes of a stanza that is sent before its time. */
export type EarlyFate = 'stream-error' | 'stanza-error' | 'ignored' | 'processed';

/** How a stream ends that an error has occurred on (RFC 3920 4.7.1, RFC 6120 4.9.1). */
export interface Ending {
  /** The condition that the peer is told; undefined: none. */
  readonly condition: string | undefined;
  /** The closing tag is sent. */
  readonly tag: boolean;
  /** The connection is ended. */
  readonly connection: boolean;
  /** Whoever saw the resource hears that it is gone. */
  readonly told: boolean;
}

/** Every decision of the server that a fault or a variation may take differently. */
export interface Policy {
  readonly mode: Mode;
  /** Subscription pre-approval is offered (RFC 6121 3.4). */
  readonly preApproval: boolean;
  /** Pre-approval is announced among the stream features. */
  readonly announcesPreApproval: boolean;
  /** Roster versions are kept (RFC 6121 2.6). */
  readonly versioning: boolean;
  /** Roster versioning is announced among the stream features. */
  readonly announcesVersioning: boolean;
  /** Whether a handle or a group is not too long; RFC 6121 2.3.3 leaves the limit to the server. */
  labelFits(label: string): boolean;
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
  /** What becomes of a message in place of what the RFC of the mode says. */
  messageFate(fate: MessageFate, message: IncomingMessage): MessageFate;
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
  /** Whether a get that states a known version is answered by the changes since, and not by the complete roster. */
  givesChanges(changes: number): boolean;
  /** How far a privacy rule for a domain reaches. */
  readonly domainReach: DomainReach;
  /** What someone hears whose message a privacy list stops: nothing (RFC 3921 10.14), or an error (XEP-0016 2.14). */
  readonly blockedMessage: 'silence' | 'service-unavailable';
  /** Where a new block stops presence that passed before, unavailable presence is sent (XEP-0016 2.10 and 2.11). */
  readonly blockingTellsAbsence: boolean;
  /** The addresses on the blocklist in place of the previous ones. */
  blocklist(next: readonly string[], previous: readonly string[]): readonly string[];
  /** What a privacy query of type set comes to. */
  privacyChange(change: PrivacyChange, session: Session, query: Element): PrivacyChange;
  /**
   * The rules that a stanza is judged by.
   * @param rules of the list in force
   * @param session the resource whose list is asked; undefined: none is concerned
   */
  rulesInForce(rules: readonly Rule[], account: Account, session: Session | undefined): readonly Rule[];
  /**
   * Whether a stanza is stopped.
   * @param denied what the privacy list in force says
   */
  blocks(denied: boolean, passage: Passage): boolean;
  /** How session establishment is offered (RFC 3921 section 3): as a step to take, as one to take or leave, not at all. */
  readonly offersSessions: 'required' | 'optional' | 'no';
  /** Sessions are established for those who ask. */
  readonly givesSessions: boolean;
  /** Resource binding is offered before a client has authenticated as well. */
  readonly offersBindingEarly: boolean;
  readonly sameResource: SameResource;
  /** How a session is refused for a resource that another stream has. */
  readonly sessionRefusal: { readonly condition: string; readonly endsStream: boolean };
  /** The resource to bind for a client that asks for this one; an empty text leaves it to the server, undefined is refused. */
  boundResource(wanted: string): string | undefined;
  /** What becomes of an element that is sent before authentication, or before a resource is bound. */
  earlyFate(stage: 'unauthenticated' | 'unbound', received: Element): EarlyFate;
  /** What becomes of a first-level element that is no stanza of the stream. */
  strangeFate(received: Element): 'invalid-namespace' | 'unsupported-stanza-type' | 'ignored' | 'processed';
  /** A stanza whose sender is someone else is sent in the name of the resource, or ends the stream; or is passed on. */
  readonly foreignFrom: 'stream-error' | 'replaced' | 'passed-on';
  /** Octets that are no UTF-8 are replaced. */
  readonly replacesBadOctets: boolean;
  /** Comments and processing instructions are left out of what a client sends. */
  readonly leavesOutRestricted: boolean;
  /** Whether a stanza of so many characters is taken. */
  takesSize(length: number): boolean;
  /** What concerns other servers. */
  readonly federation: FederationPolicy;
  /** How a stream ends for an error of this condition; undefined: it goes on as if nothing had been. */
  ending(condition: string): Ending | undefined;
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
    versioning: !old,
    announcesVersioning: !old,
    labelFits: (label) => label.length <= 1023,
    rosterSetAddress: old ? 'ignored' : 'heeded',
    ownEcho: true,
    removalSendsBoth: old,
    offlineMessages: true,
    trustsComponents: false,
    absenceAnswer: old ? 'silence' : 'bare-unavailable',
    admission: old ? admissionOfOld : admission,
    messageFate: (fate) => fate,
    transition,
    item: (next) => next,
    request: (next) => next,
    getsPush: old ? ({ available, interested }) => available && interested : ({ interested }) => interested,
    getsRequest: ({ available }) => available,
    getsNotification: ({ available, interested }) => available || interested,
    keepsNotification: (_type, reached, online) => !reached || !online,
    acknowledges: ({ type }, answer) => ACKNOWLEDGEMENTS[type].includes(answer),
    givesChanges: () => true,
    domainReach: old ? 'subdomains' : 'domain',
    blockedMessage: old ? 'silence' : 'service-unavailable',
    blockingTellsAbsence: true,
    blocklist: (next) => next,
    privacyChange: (change) => change,
    rulesInForce: (rules) => rules,
    blocks: (denied) => denied,
    offersSessions: old ? 'required' : 'optional',
    givesSessions: true,
    offersBindingEarly: false,
    sameResource: 'old-ended',
    sessionRefusal: { condition: 'conflict', endsStream: false },
    boundResource: (wanted) => wanted,
    earlyFate: (stage) => (old && stage === 'unbound' ? 'stanza-error' : 'stream-error'),
    strangeFate: (received) =>
      isStanzaElsewhere(received) ? 'invalid-namespace' : 'unsupported-stanza-type',
    foreignFrom: 'stream-error',
    replacesBadOctets: false,
    leavesOutRestricted: false,
    takesSize: () => true,
    federation: soundFederation(mode),
    ending: (condition) =>
      soundEnding(old && condition === 'not-well-formed' ? OLD_NOT_WELL_FORMED : condition),
    emissions: (emissions) => emissions,
  };
}

/** RFC 6120 4.8.3 speaks of what is of another content namespace. */
function isStanzaElsewhere({ name, ns }: Element): boolean {
  return ns !== NS.client && ['message', 'presence', 'iq'].includes(name);
}

/** The name that RFC 6120 4.9.3.13 has shortened. */
const OLD_NOT_WELL_FORMED = 'xml-not-well-formed';

/** The end that every stream error has. */
export function soundEnding(condition: string): Ending {
  return { condition, tag: true, connection: true, told: true };
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
