import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { Deadline } from '../deadline.js';
import { type Element, NS, serialize } from '../element.js';
import { TargetError, where } from '../failure.js';
import { XmppStream } from '../stream.js';
import type { Recorder } from '../transcript.js';
import { BIDI_FEATURE, isBidiRequest } from './bidi.js';
import { DIALBACK_FEATURE, DIALBACK_PREFIX, type DomainPair } from './dialback.js';
import { Receiver, type ReceiverHost } from './receiver.js';

/** Whom a stream that another server opened belongs to. */
export interface InboundHost extends ReceiverHost {
  /** The domain that stands in headers when the other server names none. */
  readonly domain: string;
  /** Its certificate. */
  readonly identity: SecureContext;
  /** For the steps up to the first dialback, in milliseconds. */
  readonly timeoutMs: number;
  readonly record: Recorder;
  /** Told of a stream on which stanzas may be sent for the pair as well; absent where streams are for one direction. */
  readonly onBidi?: (pair: DomainPair, stream: XmppStream) => void;
}

/** A stream that another server has opened (XEP-0220 2.2): answers about keys, checks those of the other, takes stanzas. */
export class InboundStream {
  readonly #stream: XmppStream;
  /** A new one with each header (RFC 6120 4.7.3). */
  #id = '';
  readonly #receiver: Receiver;
  #isSecured = false;
  #isBidi = false;

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
    this.#receiver = new Receiver(
      this.#stream,
      () => this.#id,
      host,
      ({ from, to }) => {
        if (this.#isBidi) host.onBidi?.({ from: to, to: from }, this.#stream);
      },
    );
  }

  /** Negotiates, and serves the stream until it ends. A peer that does not get so far is dropped, and nobody is told. */
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
    this.#receiver.end();
    await this.#stream.close();
  }

  /** Ends the stream at once. */
  cut(): void {
    this.#receiver.end();
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
    const bidi = this.host.onBidi === undefined ? '' : BIDI_FEATURE;
    this.#stream.say(`<stream:features>${starttls}${bidi}${DIALBACK_FEATURE}</stream:features>`);
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
    if (isBidiRequest(element) && this.host.onBidi !== undefined) this.#isBidi = true;
    else this.#receiver.take(element, raw, atMs);
  }
}

function dropped(): never {
  throw new Error('the connection was dropped');
}
