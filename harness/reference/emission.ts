import type { Element } from '../wire/element.js';
import type { Account } from './accounts.js';
import type { Session } from './session.js';
import type { State, SubscriptionType } from './subscriptions.js';

/** What a stanza that leaves the server is for. */
export type Purpose =
  /** answer to an IQ, or error that answers another stanza */
  | 'reply'
  /** roster result */
  | 'roster'
  /** roster push */
  | 'push'
  /** subscription request, delivered as it comes */
  | 'request'
  /** subscribed, unsubscribe, unsubscribed, delivered as they come */
  | 'notification'
  /** request or notification from the record, at log-in */
  | 'redelivery'
  /** subscription stanza of the user on its way to the contact */
  | 'routed'
  /** subscribed or unsubscribed on the user's behalf */
  | 'auto-reply'
  /** unsubscribe or unsubscribed that a roster remove brings about */
  | 'cancellation'
  /** current presence after an approval */
  | 'shared-presence'
  /** unavailable presence at the loss of a subscription */
  | 'withdrawn-presence'
  /** presence of the user to a subscriber */
  | 'broadcast'
  /** presence of the user to the user's own resources */
  | 'own-presence'
  | 'probe'
  | 'probe-answer'
  /** directed presence, or any other stanza that the user addresses to someone */
  | 'forwarded'
  /** presence, message or IQ of another entity, delivered to the user */
  | 'delivered'
  /** name of a privacy list whose definition has changed */
  | 'privacy-push'
  /** addresses that have been blocked or unblocked */
  | 'blocking-push'
  /** unavailable presence where a privacy list or a block stops presence that passed before */
  | 'severed-presence'
  /** stored message */
  | 'offline-message'
  /** nothing that a client asked for */
  | 'unsolicited';

/** What made the server act. */
export type Trigger =
  | `out:${SubscriptionType}`
  | `in:${SubscriptionType}`
  | 'roster-get'
  | 'roster-set'
  | 'roster-remove'
  | 'privacy-get'
  | 'privacy-set'
  | 'blocking-get'
  | 'blocking-set'
  | 'initial-presence'
  | 'presence-update'
  | 'unavailable'
  | 'forward'
  | 'out:message'
  | 'out:iq'
  | 'in:probe'
  | 'in:presence'
  | 'in:presence-error'
  | 'in:message'
  | 'in:iq'
  | 'undeliverable'
  /** a stanza of a client whose form is wrong */
  | 'refused'
  | 'component-connected';

/** The circumstances in which stanzas are emitted. */
export interface Occasion {
  readonly trigger: Trigger;
  /** The stanza that came in, `from` stamped. */
  readonly stanza: Element;
  /** The user whose server acts; undefined where the address has no account. */
  readonly account: Account | undefined;
  /** The resource that acts, when it is the user's own. */
  readonly session: Session | undefined;
  /** Bare JID of the other side; empty when there is none. */
  readonly contact: string;
  /** Subscription state before, in the triggers that can change it. */
  readonly before: State | undefined;
}

/** An occasion of which no more is known than given. */
export function occasionOf(
  trigger: Trigger,
  stanza: Element,
  known: Partial<Pick<Occasion, 'account' | 'session' | 'contact' | 'before'>> = {},
): Occasion {
  return {
    trigger,
    stanza,
    account: undefined,
    session: undefined,
    contact: '',
    before: undefined,
    ...known,
  };
}

/** A stanza on its way out. */
export interface Emission {
  readonly purpose: Purpose;
  readonly stanza: Element;
  /** A resource, or wherever the `to` address leads. */
  readonly to: Session | 'route';
  /** Milliseconds by which it, and all behind it on its stream, is held back. */
  readonly delay?: number;
  /** Milliseconds after which it is sent, no matter what has been sent in between. */
  readonly late?: number;
}

/** All that the server emits on one occasion, in order. */
export interface Batch {
  readonly occasion: Occasion;
  readonly emissions: readonly Emission[];
}
