import type { ClientStream } from '../wire/client.js';
import { type Element, element, NS } from '../wire/element.js';
import type { StreamEnd } from '../wire/failure.js';
import type { CaseTranscript } from './case-transcript.js';
import { type Arrivals, Mailbox } from './mailbox.js';
import { automaticReply, isPush, type MarkerListener, markerId, type Party, stanzaText } from './party.js';

/** A connected resource of a user, on its own stream. */
export class Resource implements Party {
  readonly mailbox = new Mailbox();
  readonly jid: string;
  /** Leaves roster pushes to the scenario to answer. */
  leavesPushes = false;
  /** Has sent initial presence and nothing that ended it (RFC 3921 5.1.1, 5.1.5). */
  available = false;
  #end: StreamEnd | undefined;
  #leaving = false;
  #requests = 0;

  /**
   * @param name `romeo/orchard`
   * @param user name of the user in the scenario
   * @param stream bound, nothing sent yet
   */
  constructor(
    readonly name: string,
    readonly user: string,
    private readonly stream: ClientStream,
    private readonly transcript: CaseTranscript,
    private readonly arrivals: Arrivals,
    private readonly onMarker: MarkerListener,
  ) {
    this.jid = stream.jid;
    stream.onStanza((stanza, xml, atMs) => this.#receive(stanza, xml, atMs));
    stream.onEnd((end) => {
      this.#end = end;
      this.available = false;
      arrivals.notify();
    });
  }

  /** Whether the stream can carry stanzas. */
  get connected(): boolean {
    return this.#end === undefined && !this.#leaving;
  }

  /** How the stream ended without the harness ending it; undefined while it stands. */
  get lost(): StreamEnd | undefined {
    return this.#leaving ? undefined : this.#end;
  }

  send(stanza: Element): void {
    const { to, type } = stanza.attrs;
    if (stanza.name === 'presence' && to === undefined && (type === undefined || type === 'unavailable')) {
      this.available = type === undefined;
    }
    this.stream.send(stanzaText(stanza));
  }

  sendText(text: string): void {
    this.stream.sendBytes(Buffer.from(text));
  }

  /** Requests the roster: becomes an interested resource (RFC 6121 2.2). */
  async requestRoster(timeoutMs: number): Promise<Element | undefined> {
    const id = `roster-${++this.#requests}`;
    this.send(element('iq', NS.client, { type: 'get', id }, [element('query', NS.roster)]));
    const answer = () =>
      this.mailbox.stanzas.find(
        ({ element: { name, attrs } }) =>
          name === 'iq' && attrs.id === id && (attrs.type === 'result' || attrs.type === 'error'),
      );
    await this.arrivals.until(() => answer() !== undefined || !this.connected, timeoutMs);
    return answer()?.element;
  }

  /** Becomes an available resource (RFC 3921 5.1.1). */
  sendInitialPresence(presence: Element = element('presence', NS.client)): void {
    this.send(presence);
  }

  /** Leaves: with unavailable presence first, by the end of the stream alone, or by the socket alone. */
  async leave(how: 'unavailable' | 'close' | 'cut'): Promise<void> {
    if (!this.connected) return;
    if (how === 'unavailable') this.send(element('presence', NS.client, { type: 'unavailable' }));
    this.#leaving = true;
    this.available = false;
    if (how === 'cut') this.stream.cut();
    else await this.stream.close();
  }

  #receive(stanza: Element, xml: string, atMs: number): void {
    const marker = markerId(stanza);
    const reply = this.leavesPushes && isPush(stanza) ? undefined : automaticReply(stanza);
    if (reply !== undefined && this.connected) this.send(reply);
    if (marker === undefined) {
      this.mailbox.stanzas.push({ element: stanza, xml, atMs, entry: this.transcript.find(this.name, xml) });
    } else if (reply === undefined) {
      // A query that the server passes on instead of answering it has not come back yet.
      this.onMarker(marker, this.name, stanza.name === 'message' && stanza.attrs.type === 'error');
    }
    this.arrivals.notify();
  }
}
