import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { Deadline } from '../deadline.js';
import { type Element, NS, serialize, text } from '../element.js';
import { type StreamEnd, TargetError, where } from '../failure.js';
import { type StanzaListener, XmppStream } from '../stream.js';
import type { Recorder } from '../transcript.js';
import type { Onlooker } from './conduct.js';
import {
  answerTo,
  DIALBACK_FEATURE,
  DIALBACK_PREFIX,
  type DomainPair,
  domainOf,
  isPacket,
  type Outcome,
} from './dialback.js';

/** Whom a stream that another server opened belongs to. */
export interface InboundHost {
  /** The domain that stands in headers when the other server names none. */
  readonly domain: string;
  /** Its certificate. */
  readonly identity: SecureContext;
  /** For the steps up to the first dialback, in milliseconds. */
  readonly timeoutMs: number;
  readonly record: Recorder;
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

/** A stream that another server has opened (XEP-0220 2.2): answers about keys, checks those of the other, takes stanzas. */
export class InboundStream {
  readonly #stream: XmppStream;
  /** A new one with each header (RFC 6120 4.7.3). */
  #id = '';
  /** The pairs proved, each written by {@link pairKey}. */
  readonly #verified = new Set<string>();
  #isSecured = false;
  /** Ended from this side, so that nothing more is answered. */
  #isOver = false;

  constructor(
    socket: Socket,
    private readonly host: InboundHost,
  ) {
    const place = {
      host: socket.remoteAddress ?? '',
      port: socket.remotePort ?? 0,
      domain: host.domain,
    };
    this.#stream = new XmppStream(socket, { place, record: host.record, timeoutMs: host.timeoutMs });
    this.#stream.note(`connection from ${where(place)}`);
    this.#stream.onEnd((end) => {
      if (this.#verified.size > 0 && end.kind !== 'closed') this.host.onLoss(end);
    });
  }

  /** Negotiates, and serves the stream until it ends. A peer that does not get so far is dropped. Never rejects. */
  async serve(): Promise<void> {
    const deadline = new Deadline(this.host.timeoutMs);
    try {
      await this.#greet(deadline);
      let first = await this.#stream.read('dialback', deadline);
      if (!this.#isSecured && first.name === 'starttls' && first.ns === NS.tls) {
        this.host.onlooker?.onElement(first, serialize(first, NS.server), performance.now());
        await this.#secure(deadline);
        await this.#greet(deadline);
        first = await this.#stream.read('dialback', deadline);
      }
      this.#take(first, serialize(first, NS.server), performance.now());
      this.#stream.onStanza((element, raw, atMs) => this.#take(element, raw, atMs));
    } catch (error) {
      this.#stream.cut();
      if (!(error instanceof TargetError)) throw error;
    }
  }

  /** Ends the stream in good order, and waits for the other server to do the same. Never rejects. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#verified.clear();
    await this.#stream.close();
  }

  /** Ends the stream at once. */
  cut(): void {
    this.#verified.clear();
    this.#stream.cut();
  }

  /** Answers the header, and sends features to who knows them. */
  async #greet(deadline: Deadline): Promise<void> {
    const { attrs } = await this.#stream.awaitHeader(deadline);
    const isModern = /^[1-9]/.test(attrs.version ?? '');
    this.#id = randomBytes(8).toString('hex');
    this.#stream.sayHeader(NS.server, {
      ...DIALBACK_PREFIX,
      id: this.#id,
      from: this.host.serves(attrs.to ?? '') ? (attrs.to ?? '') : this.host.domain,
      ...(attrs.from === undefined ? {} : { to: attrs.from }),
      ...(isModern ? { version: '1.0' } : {}),
    });
    if (!isModern) return;
    const starttls = this.#isSecured ? '' : `<starttls xmlns='${NS.tls}'/>`;
    this.#stream.say(`<stream:features>${starttls}${DIALBACK_FEATURE}</stream:features>`);
  }

  async #secure(deadline: Deadline): Promise<void> {
    this.#stream.say(`<proceed xmlns='${NS.tls}'/>`);
    const plain = this.#stream.detach();
    const secured = new TLSSocket(plain, { isServer: true, secureContext: this.host.identity });
    const timer = setTimeout(
      () => secured.destroy(new Error('no TLS handshake in time')),
      deadline.remainingMs,
    );
    try {
      // Rejects with an error of the handshake; a connection that closes without one says nothing more.
      await Promise.race([
        once(secured, 'secure'),
        once(secured, 'close').then(dropped),
        once(plain, 'close').then(dropped),
      ]);
    } catch (error) {
      secured.on('error', () => undefined).destroy();
      plain.destroy();
      throw new TargetError('no-tls', `The other server ended the TLS handshake: ${String(error)}.`);
    } finally {
      clearTimeout(timer);
    }
    this.#isSecured = true;
    this.#stream.attach(secured);
    this.#stream.restart();
  }

  #take(element: Element, raw: string, atMs: number): void {
    if (this.#isOver) return;
    const isStanza = element.ns === NS.server && STANZAS.has(element.name);
    if (!isStanza) this.host.onlooker?.onElement(element, raw, atMs);
    if (isPacket(element, 'verify')) this.#confirm(element);
    else if (isPacket(element, 'result')) void this.#authorise(element);
    else if (isStanza) this.#stanza(element, raw, atMs);
    // Anything else concerns nobody.
  }

  /** Says whether a key is the harness's own: it is the authoritative server. */
  #confirm(request: Element): void {
    const { from = '', to = '', id = '', type } = request.attrs;
    if (type !== undefined) return;
    if (!this.host.serves(to)) {
      this.#stream.say(answerTo(request, { type: 'error', condition: 'item-not-found' }));
      return;
    }
    const isOwn = this.host.ownsKey({ from: to, to: from }, id, text(request));
    this.#stream.say(answerTo(request, { type: isOwn ? 'valid' : 'invalid' }));
  }

  /** Has a key checked by the server whose it should be: the harness is the receiving server. */
  async #authorise(request: Element): Promise<void> {
    const { from = '', to = '', type } = request.attrs;
    if (type !== undefined) return;
    this.host.onlooker?.onKey(this.#id);
    const outcome: Outcome | undefined = this.host.serves(to)
      ? await this.host.verify({ from, to }, this.#id, text(request))
      : { type: 'error', condition: 'item-not-found' };
    if (outcome?.type === 'valid') this.#verified.add(pairKey({ from, to }));
    if (this.#isOver || outcome === undefined) return;
    this.#stream.say(answerTo(request, outcome));
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
    this.#stream.say(`<stream:error><${condition} xmlns='${NS.streamErrors}'/></stream:error>`);
    this.#verified.clear();
    this.host.onLoss({
      kind: 'error',
      message: `it sent a stanza from or to a domain for which it has proved nothing, and was answered ${condition}`,
    });
    this.#close();
  }

  #close(): void {
    this.#isOver = true;
    void this.#stream.close();
  }
}

function dropped(): never {
  throw new Error('the connection was dropped');
}

function pairKey({ from, to }: DomainPair): string {
  return `${from.toLowerCase()} ${to.toLowerCase()}`;
}
