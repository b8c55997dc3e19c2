import type { Element } from '../wire/element.js';
import type { Account } from './accounts.js';

/** The stream behind a resource. */
export interface StanzaOutlet {
  /**
   * Writes a stanza after all that was sent before it.
   * @param delay milliseconds to hold it, and what follows it, back
   */
  send(stanza: Element, delay?: number): void;
  /** Ends the stream with a stream error of that condition. */
  fail(condition: string): void;
}

/** What decides which stanzas of the server a resource gets. */
export interface Resource {
  /** Has sent initial presence, and no unavailable presence since. */
  readonly available: boolean;
  /** Has requested the roster. */
  readonly interested: boolean;
}

/** A connected resource. */
export class Session implements Resource {
  readonly jid: string;
  available = false;
  interested = false;
  /** Last broadcast presence, stamped with the full JID. */
  presence: Element | undefined;
  priority = 0;
  /** Name of the privacy list that is active for this session (RFC 3921 10.4). */
  activeList: string | undefined;
  /** Has requested the blocklist, so that it is told of changes (XEP-0191 3.3). */
  wantsBlocklist = false;
  /** Addresses that were sent directed available presence and not yet unavailable presence. */
  readonly directed = new Set<string>();
  /** Contacts whose server answered this resource's presence with an error (RFC 3921 5.1.1). */
  readonly refused = new Set<string>();

  constructor(
    readonly account: Account,
    readonly resource: string,
    readonly outlet: StanzaOutlet,
  ) {
    this.jid = `${account.bare}/${resource}`;
  }
}
