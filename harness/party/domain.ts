import type { DomainReach } from '../scenario/types.js';
import { type Element, element, NS } from '../wire/element.js';
import type { StreamEnd } from '../wire/failure.js';
import type { Onlooker } from '../wire/s2s/conduct.js';
import { packetText } from '../wire/s2s/dialback.js';
import type { Closing } from '../wire/stream.js';
import type { CaseTranscript } from './case-transcript.js';
import { ContactHost } from './contact.js';
import type { DomainServer, DomainServerOptions } from './domain-server.js';
import { type Arrivals, Mailbox } from './mailbox.js';
import { type MarkerListener, markerId, type Party, stanzaText } from './party.js';

/** What a scenario says of a domain. */
export type DomainTraits = Pick<DomainServerOptions, 'reach' | 'conduct'> & {
  /** No marker goes to it or comes from it. */
  readonly isApart: boolean;
};

/** Starts the server of a domain. */
export type StartDomain = (options: DomainServerOptions) => Promise<DomainServer>;

/**
 * A remote domain of one case: its server, as a party. To it comes all that is for none of its contacts: stream features
 * and errors, dialback, requests for TLS, stanzas to the domain itself. What it sends goes over its stream to the target.
 */
export class Domain implements Party {
  readonly mailbox = new Mailbox();
  readonly contacts: ContactHost;
  #mayEnd = false;
  #isApart: boolean;
  readonly #closed = new Set<Closing>();

  private constructor(
    readonly name: string,
    private readonly server: DomainServer,
    private readonly transcript: CaseTranscript,
    private readonly arrivals: Arrivals,
    { isApart }: DomainTraits,
    private readonly onMarker: MarkerListener,
  ) {
    this.#isApart = isApart;
    const { server: link } = server;
    this.contacts = new ContactHost(
      server.domain,
      {
        domain: server.domain,
        send: (xml) => link.send(xml),
        onStanza: (listener) => link.onStanza(listener),
        onEnd: (listener: (end: StreamEnd, concerns?: (jid: string) => boolean) => void) =>
          link.onEnd((end, concerns) => {
            if (!this.#mayEnd) listener(end, concerns);
          }),
        close: () => server.close(),
      },
      (stanza, xml, atMs) => this.receive(stanza, xml, atMs),
    );
  }

  /**
   * Starts its server.
   * @param onKey told the id of the stream on which the target proves itself to it
   */
  static async start(
    name: string,
    traits: DomainTraits,
    start: StartDomain,
    context: {
      transcript: CaseTranscript;
      arrivals: Arrivals;
      onMarker: MarkerListener;
      onKey: (streamId: string) => void;
    },
  ): Promise<Domain> {
    const { transcript, arrivals, onMarker, onKey } = context;
    const record = transcript.recorder(name);
    let domain: Domain | undefined;
    const onlooker: Onlooker = {
      onElement: (element, xml, atMs) => domain?.receive(element, xml, atMs),
      onClosing: (what) => domain?.peerClosed(what),
      onKey,
    };
    const server = await start({
      reach: traits.reach,
      conduct: traits.conduct,
      onlooker,
      // What its contacts send and receive they record themselves.
      record: (entry) => {
        if (!/^<(message|presence|iq)\b/.test(entry.xml)) record(entry);
      },
      onAsked: () => arrivals.notify(),
    });
    domain = new Domain(name, server, transcript, arrivals, traits, onMarker);
    return domain;
  }

  get jid(): string {
    return this.server.domain;
  }

  /** Whether markers of the fence reach its contacts and come back. */
  get isFenced(): boolean {
    return !this.#isApart && !this.#mayEnd;
  }

  /** What has been looked up about it, in the order of asking. */
  get asked(): readonly string[] {
    return this.server.asked;
  }

  /**
   * Another exchange begins.
   * @param mayEnd whether the target may end a stream for what happens in it
   */
  begin(mayEnd: boolean): void {
    this.#mayEnd = mayEnd;
    this.#closed.clear();
  }

  /** Whether the target has closed a stream in this exchange, or the connection below. */
  hasClosed(what: Closing): boolean {
    return this.#closed.has(what);
  }

  /** Changes where those come to who look for it. Afterwards nobody knows when the target tries again, so no marker goes there. */
  goes(reach: DomainReach): Promise<void> {
    this.#isApart = true;
    return this.server.goes(reach);
  }

  /** Asks the target on its stream about a key that is none: what was sent before it has been dealt with once it is answered. */
  sendMarker(id: string, target: string): void {
    const question = element('verify', NS.dialback, { from: this.jid, to: target, id }, ['fence']);
    this.server.server.say(packetText(question));
  }

  send(stanza: Element): void {
    this.sendText(
      stanza.ns === NS.dialback ? packetText(stanza) : stanzaText(stanza),
      stanza.ns === NS.client,
    );
  }

  sendText(text: string, isStanza = true): void {
    // The stream records what is no stanza.
    const onSent = () => {
      if (!isStanza) return;
      this.transcript.recorder(this.name)({
        direction: 'sent',
        kind: 'stanza',
        xml: text,
        atMs: performance.now(),
      });
    };
    this.server.server.say(text, onSent);
  }

  /** Ends its server. */
  close(): void {
    void this.contacts.close();
  }

  /** Takes what came for the domain itself. */
  receive(element: Element, xml: string, atMs: number): void {
    const marker = markerId(element);
    if (marker !== undefined && element.ns === NS.dialback) {
      this.onMarker(marker, this.name, false);
      this.arrivals.notify();
      return;
    }
    if (element.ns === NS.server || element.ns === NS.client) {
      this.transcript.recorder(this.name)({ direction: 'received', kind: 'stanza', xml, atMs });
    }
    this.mailbox.stanzas.push({ element, xml, atMs, entry: this.transcript.find(this.name, xml) });
    this.arrivals.notify();
  }

  /** The target has closed something. */
  peerClosed(what: Closing): void {
    this.#closed.add(what);
    this.arrivals.notify();
  }
}
