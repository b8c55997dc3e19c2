import type { ClientStream } from '../wire/client.js';
import { type Element, element, elements, NS, serialize } from '../wire/element.js';
import type { StreamEnd } from '../wire/failure.js';
import type { Closing } from '../wire/stream.js';
import type { CaseTranscript } from './case-transcript.js';
import { type Arrivals, Mailbox } from './mailbox.js';
import { automaticReply, isPush, type MarkerListener, markerId, type Party, stanzaText } from './party.js';

/** What the negotiation showed was recorded by the stream, not as a stanza. */
const NO_ENTRY = -1;

/** A stream of a user: a connected resource, or one whose log-in was left off or refused. */
export class Resource implements Party {
  readonly mailbox = new Mailbox();
  /** Leaves roster pushes to the scenario to answer. */
  leavesPushes = false;
  /** Has sent initial presence and nothing that ended it (RFC 3921 5.1.1, 5.1.5). */
  available = false;
  #end: StreamEnd | undefined;
  #leaving = false;
  readonly #closed = new Set<Closing>();
  /** The server may end the stream for what happens in this exchange, or has done so in an earlier one. */
  mayEnd = false;
  #requests = 0;

  /**
   * @param name `romeo/orchard`
   * @param user name of the user in the scenario
   * @param stream nothing sent yet
   * @param jid the full JID that it has or, where none is bound, asks for
   */
  constructor(
    readonly name: string,
    readonly user: string,
    private readonly stream: ClientStream,
    readonly jid: string,
    private readonly transcript: CaseTranscript,
    private readonly arrivals: Arrivals,
    private readonly onMarker: MarkerListener,
  ) {
    stream.onStanza((stanza, xml, atMs) => this.#receive(stanza, xml, atMs));
    stream.onEnd((end) => {
      this.#end = end;
      this.available = false;
      arrivals.notify();
    });
    stream.onClosing((what) => {
      this.#closed.add(what);
      arrivals.notify();
    });
  }

  /** Puts what the negotiation showed where expectations look: the features, and the replies to binding and session. */
  showNegotiation(): void {
    for (const element of [this.stream.features, ...this.stream.replies]) {
      const xml = serialize(element, NS.client);
      this.mailbox.stanzas.push({ element, xml, atMs: performance.now(), entry: NO_ENTRY });
    }
  }

  /** Whether its server has closed the stream, or the connection below it. */
  hasClosed(what: Closing): boolean {
    return this.#closed.has(what);
  }

  /** Whether it is over, one way or another. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Whether the log-in went all the way, so that the server owes it the service of a connected resource. */
  get isComplete(): boolean {
    return this.stream.isComplete;
  }

  /** Whether markers of the fence come back to it: not where the log-in was left off, nor where the stream may end. */
  get isFenced(): boolean {
    return this.connected && this.isComplete && !this.mayEnd;
  }

  /** Whether the stream can carry stanzas. */
  get connected(): boolean {
    return this.#end === undefined && !this.#leaving;
  }

  /** How the stream ended without the harness ending it; undefined while it stands. */
  get lost(): StreamEnd | undefined {
    return this.#leaving || this.mayEnd ? undefined : this.#end;
  }

  send(stanza: Element): void {
    const { to, type } = stanza.attrs;
    if (stanza.name === 'presence' && to === undefined && (type === undefined || type === 'unavailable')) {
      this.available = type === undefined;
    }
    this.stream.send(stanzaText(stanza));
  }

  sendText(text: string): void {
    this.stream.sendBytes(octets(text));
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
    if (how === 'cut' && this.ended) this.stream.cut();
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
      this.onMarker(marker, this.name, isRefused(stanza));
    }
    this.arrivals.notify();
  }
}

/**
 * Whether a marker did not go its way: a message that came back, or a query that the resource's own server answered because
 * it could not reach the other one.
 */
function isRefused(stanza: Element): boolean {
  if (stanza.attrs.type !== 'error') return false;
  const error = elements(stanza).find(({ name }) => name === 'error');
  return stanza.name === 'message' || (error !== undefined && elements(error).some(isLinkFailure));
}

function isLinkFailure({ name, ns }: Element): boolean {
  return ns === NS.stanzaErrors && (name === 'remote-server-not-found' || name === 'remote-server-timeout');
}

/** The octets of text sent as it stands: UTF-8, but for `\xff`, which is the octet itself. */
function octets(text: string): Buffer {
  // What the parentheses take in is every second part.
  const parts = text.split(/\\x([0-9a-f]{2})/);
  return Buffer.concat(parts.map((part, index) => Buffer.from(part, index % 2 === 0 ? 'utf8' : 'hex')));
}
