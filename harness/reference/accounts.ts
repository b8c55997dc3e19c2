import type { Element } from '../wire/element.js';
import { PrivacyLists } from './privacy-lists.js';
import type { RosterItem } from './roster.js';
import { RosterHistory } from './roster-history.js';
import type { ScramKeys } from './sasl.js';
import type { Session } from './session.js';
import type { SubscriptionType } from './subscriptions.js';

/** A state change that the user is still to be told of (RFC 3921 9.4). */
export interface Notification {
  readonly contact: string;
  readonly type: SubscriptionType;
  readonly stanza: Element;
}

/** One registered user and everything the server keeps for them. */
export class Account {
  readonly bare: string;
  /** By the JID in the item. */
  readonly roster = new Map<string, RosterItem>();
  readonly rosterHistory = new RosterHistory();
  /** Unanswered subscription requests as they came, by the bare JID of who asks. */
  readonly requests = new Map<string, Element>();
  /** Notifications to deliver at each log-in until the user acknowledges them. */
  notifications: Notification[] = [];
  /** Messages kept for when the user is next available. */
  offline: Element[] = [];
  /** Connected resources. */
  readonly sessions = new Map<string, Session>();
  /** The last broadcast of unavailability, stamped with the full JID that it came from. */
  lastUnavailable: Element | undefined;
  /** When that was. */
  absentSince: Date | undefined;
  /** Available presence of contacts, by full JID, as long as the user is available. */
  readonly seen = new Map<string, Element>();
  readonly privacy = new PrivacyLists();
  /** SCRAM keys by hash, made when first needed. */
  readonly keys = new Map<string, ScramKeys>();

  constructor(
    readonly local: string,
    readonly domain: string,
    public password: string,
  ) {
    this.bare = `${local}@${domain}`;
  }

  /** The connected resources that have sent initial presence. */
  available(): Session[] {
    return [...this.sessions.values()].filter((session) => session.available);
  }
}

/** The registered users of one domain. */
export class Accounts {
  readonly #byLocal = new Map<string, Account>();

  constructor(readonly domain: string) {}

  /** The account of that local part. */
  find(local: string): Account | undefined {
    return this.#byLocal.get(local);
  }

  /** Registers a user; undefined when the name is taken. */
  create(local: string, password: string): Account | undefined {
    if (this.#byLocal.has(local)) return undefined;
    const account = new Account(local, this.domain, password);
    this.#byLocal.set(local, account);
    return account;
  }

  /** Forgets a user with everything kept for them. */
  remove(account: Account): void {
    this.#byLocal.delete(account.local);
  }

  /** Every account, in order of registration. */
  all(): Account[] {
    return [...this.#byLocal.values()];
  }
}
