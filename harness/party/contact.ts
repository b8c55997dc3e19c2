import type { ComponentStream } from '../wire/component.js';
import type { Element } from '../wire/element.js';
import type { StreamEnd } from '../wire/failure.js';
import type { Recorder } from '../wire/transcript.js';
import type { CaseTranscript } from './case-transcript.js';
import { type Arrivals, Mailbox } from './mailbox.js';
import { automaticReply, type MarkerListener, markerId, type Party, stanzaText } from './party.js';

/**
 * The component (XEP-0114) that all contacts of a run live on. A server admits one connection of a component, so
 * the cases share it; stanzas are told apart by the contact that they are addressed to.
 */
export class ContactHost {
  readonly #contacts = new Map<string, Contact>();
  #end: StreamEnd | undefined;
  #isClosing = false;

  constructor(
    readonly domain: string,
    private readonly stream: ComponentStream,
  ) {
    stream.onStanza((stanza, xml, atMs) => {
      // No answer can be sent behind the closing tag.
      if (this.#isClosing) return;
      const to = stanza.attrs.to ?? '';
      const contact = this.#contacts.get(bareJid(to));
      if (contact !== undefined) contact.receive(stanza, xml, atMs);
      else this.#answer(stanza);
    });
    stream.onEnd((end) => {
      this.#end = end;
      for (const contact of this.#contacts.values()) contact.hostEnded();
    });
  }

  /** How the stream ended; undefined while it stands. */
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
      (text) => this.stream.send(text),
      transcript,
      arrivals,
      onMarker,
    );
    this.#contacts.set(contact.jid, contact);
    return contact;
  }

  /** Forgets a contact; what still comes for it is dropped. */
  release(contact: Contact): void {
    this.#contacts.delete(contact.jid);
  }

  /** Ends the component's stream. */
  close(): Promise<void> {
    this.#isClosing = true;
    return this.stream.close();
  }

  /** Queries to the component itself (service discovery, ping) get the answer that any entity owes. */
  #answer(stanza: Element): void {
    const reply = automaticReply(stanza);
    if (reply !== undefined) this.stream.send(stanzaText(reply));
  }
}

/** A contact outside the target's domain. */
export class Contact implements Party {
  readonly mailbox = new Mailbox();
  readonly #record: Recorder;

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

  /** To be called when the component's stream has ended: whoever waits looks again. */
  hostEnded(): void {
    this.arrivals.notify();
  }

  /** Takes a stanza that the component received for this contact. */
  receive(stanza: Element, xml: string, atMs: number): void {
    this.#record({ direction: 'received', kind: 'stanza', xml, atMs });
    const entry = this.transcript.mark() - 1;
    const marker = markerId(stanza);
    const reply = automaticReply(stanza);
    if (reply !== undefined) this.send(reply);
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
