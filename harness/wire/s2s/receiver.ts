import { type Element, NS, text } from '../element.js';
import type { StreamEnd } from '../failure.js';
import type { StanzaListener, XmppStream } from '../stream.js';
import type { Onlooker } from './conduct.js';
import { answerTo, type DomainPair, domainOf, isPacket, type Outcome } from './dialback.js';

/** On whose behalf stanzas and keys are taken from another server. */
export interface ReceiverHost {
  /** Whether the domain is one of the harness. */
  serves(domain: string): boolean;
  /** Whether the harness made this key for stanzas from the pair's sending domain. */
  ownsKey(pair: DomainPair, id: string, key: string): boolean;
  /** Asks the authoritative server of the pair's sending domain; undefined: the other server is told nothing. */
  verify(pair: DomainPair, id: string, key: string): Promise<Outcome | undefined>;
  readonly onStanza: StanzaListener;
  /** Watches what else comes; where there is one, stanzas are taken from anybody, to be judged. */
  readonly onlooker?: Onlooker;
  /** Told when a stream has ended that stanzas may have been lost on. */
  onLoss(end: StreamEnd): void;
}

const STANZAS: ReadonlySet<string> = new Set(['message', 'presence', 'iq']);

/** What another server sends over one stream, whoever opened it: answers about keys, checks those of the other, takes stanzas. */
export class Receiver {
  /** The pairs proved, each written by {@link pairKey}. */
  readonly #verified = new Set<string>();
  #isOver = false;

  /**
   * @param onVerified told of each pair that the other server has proved on the stream
   */
  constructor(
    private readonly stream: XmppStream,
    /** Of the stream, given by whoever was connected to; a new one with each header. */
    private readonly streamId: () => string,
    private readonly host: ReceiverHost,
    private readonly onVerified: (pair: DomainPair) => void = () => {},
  ) {
    stream.onEnd((end) => {
      if (this.#verified.size > 0 && end.kind !== 'closed') host.onLoss(end);
    });
  }

  /** From now on stanzas of this pair are taken. */
  trust(pair: DomainPair): void {
    this.#verified.add(pairKey(pair));
  }

  /** The stream is being ended from this side: nothing more is answered, and no loss is told. */
  end(): void {
    this.#isOver = true;
    this.#verified.clear();
  }

  /** Takes what has come. */
  readonly take: StanzaListener = (element, raw, atMs) => {
    if (this.#isOver) return;
    const isStanza = element.ns === NS.server && STANZAS.has(element.name);
    if (!isStanza) this.host.onlooker?.onElement(element, raw, atMs);
    if (isPacket(element, 'verify')) this.#confirm(element);
    else if (isPacket(element, 'result')) void this.#authorise(element);
    else if (isStanza) this.#stanza(element, raw, atMs);
    // Anything else concerns nobody.
  };

  /** Says whether a key is the harness's own: it is the authoritative server. */
  #confirm(request: Element): void {
    const { from = '', to = '', id = '', type } = request.attrs;
    if (type !== undefined) return;
    if (!this.host.serves(to)) {
      this.stream.say(answerTo(request, { type: 'error', condition: 'item-not-found' }));
      return;
    }
    const isOwn = this.host.ownsKey({ from: to, to: from }, id, text(request));
    this.stream.say(answerTo(request, { type: isOwn ? 'valid' : 'invalid' }));
  }

  /** Has a key checked by the server whose it should be: the harness is the receiving server. */
  async #authorise(request: Element): Promise<void> {
    const { from = '', to = '', type } = request.attrs;
    // An answer, where nothing was asked: to believe it would let anyone in (XEP-0220 3.1).
    if (type !== undefined) return;
    const id = this.streamId();
    this.host.onlooker?.onKey(id);
    const outcome: Outcome | undefined = this.host.serves(to)
      ? await this.host.verify({ from, to }, id, text(request))
      : { type: 'error', condition: 'item-not-found' };
    if (this.#isOver || outcome === undefined) return;
    if (outcome.type === 'valid') this.trust({ from, to });
    this.stream.say(answerTo(request, outcome));
    if (outcome.type === 'valid') this.onVerified({ from, to });
    if (outcome.type === 'invalid') this.#close();
  }

  #stanza(stanza: Element, raw: string, atMs: number): void {
    const { from = '', to = '' } = stanza.attrs;
    if (this.host.onlooker !== undefined) this.host.onStanza(stanza, raw, atMs);
    else if (from === '' || to === '') this.#fail('improper-addressing');
    else if (!this.#verified.has(pairKey({ from: domainOf(from), to: domainOf(to) }))) {
      this.#fail('invalid-from');
    } else this.host.onStanza(stanza, raw, atMs);
  }

  /** Ends the stream because of a stanza that no receiving server may take (RFC 3920 8.3, RFC 6120 4.9.3). */
  #fail(condition: 'improper-addressing' | 'invalid-from'): void {
    this.stream.say(`<stream:error><${condition} xmlns='${NS.streamErrors}'/></stream:error>`);
    this.#verified.clear();
    this.host.onLoss({
      kind: 'error',
      message: `it sent a stanza from or to a domain for which it has proved nothing, and was answered ${condition}`,
    });
    this.#close();
  }

  #close(): void {
    this.#isOver = true;
    void this.stream.close();
  }
}

function pairKey({ from, to }: DomainPair): string {
  return `${from.toLowerCase()} ${to.toLowerCase()}`;
}
