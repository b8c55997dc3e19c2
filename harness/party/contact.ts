import type { Element } from '../wire/element.js';
import type { StreamEnd } from '../wire/failure.js';
import type { StanzaListener } from '../wire/stream.js';
import type { Recorder } from '../wire/transcript.js';
import type { CaseTranscript } from './case-transcript.js';
import { type Arrivals, Mailbox } from './mailbox.js';
import { automaticReply, type MarkerListener, markerId, type Party, stanzaText } from './party.js';

/** What connects the contacts with the target: a component (XEP-0114) or a remote server (XEP-0220). */
export interface ContactLink {
  /** The domain that the contacts live at. */
  readonly domain: string;
  /** Sends one stanza. Throws TargetError `stream` when the link has ended for good. */
  send(xml: string): void;
  /** Adds a listener; the first one also gets what has arrived before it. */
  onStanza(listener: StanzaListener): void;
  /**
   * Adds a listener for the end of a stream: of the link, or, where `concerns` is given, of one that the link replaces. What
   * those contacts have sent, or was sent to them, may be lost with it.
   */
  onEnd(listener: (end: StreamEnd, concerns?: (jid: string) => boolean) => void): void;
  /** Ends it in good order. Never rejects. */
  close(): Promise<void>;
}

/**
 * The domain that all contacts of a run live at. A server admits one connection of a component, and two streams do for a
 * remote server, so the cases share the link; stanzas are told apart by the contact that they are addressed to.
 */
export class ContactHost {
  readonly #contacts = new Map<string, Contact>();
  #end: StreamEnd | undefined;
  #isClosing = false;

  constructor(
    readonly domain: string,
    private readonly link: ContactLink,
    /** Told of what comes for none of the contacts. */
    onOther: StanzaListener = () => {},
  ) {
    link.onStanza((stanza, xml, atMs) => {
      // No answer can be sent behind the closing tag.
      if (this.#isClosing) return;
      const to = stanza.attrs.to ?? '';
      const contact = this.#contacts.get(bareJid(to));
      if (contact !== undefined) contact.receive(stanza, xml, atMs);
      else {
        onOther(stanza, xml, atMs);
        this.#answer(stanza);
      }
    });
    link.onEnd((end, concerns) => {
      if (concerns === undefined) this.#end = end;
      for (const contact of this.#contacts.values()) {
        if (concerns === undefined || concerns(contact.jid)) contact.linkEnded(end);
      }
    });
  }

  /** How the link ended; undefined while it stands. */
  get lost(): StreamEnd | undefined {
    return this.#end;
  }

  /** A contact of this case, until {@link release}. */
  contact(
    name: string,
    localpart: string,
    transcript: CaseTranscript,
    arrivals: Arrivals,
    onMarker: MarkerListener,
  ): Contact {
    const contact = new Contact(
      name,
      `${localpart}@${this.domain}`,
      (text) => this.link.send(text),
      transcript,
      arrivals,
      onMarker,
    );
    this.#contacts.set(contact.jid, contact);
    if (this.#end !== undefined) contact.linkEnded(this.#end);
    return contact;
  }

  /** Forgets a contact; what still comes for it is dropped. */
  release(contact: Contact): void {
    this.#contacts.delete(contact.jid);
  }

  /** Ends the link. */
  close(): Promise<void> {
    this.#isClosing = true;
    return this.link.close();
  }

  /** Queries to the domain itself (service discovery, ping) get the answer that any entity owes. */
  #answer(stanza: Element): void {
    const reply = automaticReply(stanza);
    if (reply !== undefined) this.link.send(stanzaText(reply));
  }
}

/** A contact outside the target's domain. */
export class Contact implements Party {
  readonly mailbox = new Mailbox();
  readonly #record: Recorder;
  #lost: StreamEnd | undefined;

  constructor(
    readonly name: string,
    readonly jid: string,
    private readonly write: (text: string) => void,
    private readonly transcript: CaseTranscript,
    private readonly arrivals: Arrivals,
    private readonly onMarker: MarkerListener,
  ) {
    this.#record = transcript.recorder(name);
  }

  send(stanza: Element): void {
    this.sendText(stanzaText(stanza));
  }

  sendText(text: string): void {
    this.#record({ direction: 'sent', kind: 'stanza', xml: text, atMs: performance.now() });
    this.write(text);
  }

  /** How a stream ended that something sent by or to this contact may be lost with; undefined while there was none. */
  get lost(): StreamEnd | undefined {
    return this.#lost;
  }

  /** To be called when such a stream has ended: whoever waits looks again. */
  linkEnded(end: StreamEnd): void {
    this.#lost ??= end;
    this.arrivals.notify();
  }

  /** Takes a stanza that came over the link for this contact. */
  receive(stanza: Element, xml: string, atMs: number): void {
    this.#record({ direction: 'received', kind: 'stanza', xml, atMs });
    const entry = this.transcript.mark() - 1;
    const marker = markerId(stanza);
    const reply = automaticReply(stanza);
    // Nobody stamps what a component or a server sends.
    if (reply !== undefined)
      this.send({ ...reply, attrs: { from: stanza.attrs.to ?? this.jid, ...reply.attrs } });
    if (marker === undefined) {
      this.mailbox.stanzas.push({ element: stanza, xml, atMs, entry });
    } else if (reply === undefined) {
      this.onMarker(marker, this.name, stanza.name === 'message' && stanza.attrs.type === 'error');
    }
    this.arrivals.notify();
  }
}

/** The bare JID of an address. */
export function bareJid(jid: string): string {
  const slash = jid.indexOf('/');
  return slash === -1 ? jid : jid.slice(0, slash);
}
