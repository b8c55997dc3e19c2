import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { child, type Element, NS } from '../../wire/element.js';
import { type StreamHandler, XmlStream } from '../stream.js';
import { dial } from './dial.js';
import { DIALBACK_DECLARED, type DomainPair, declaredDialback } from './dialback.js';
import type { FederationHost } from './host.js';

/** Who makes use of a stream to another server; after `ended` nothing more is told. */
export interface OutboundHandler {
  /** Dialback can begin; the id is the one that the other server gave to the stream, which can be for both directions or not. */
  ready(stream: XmlStream, id: string, offersBidi: boolean): void;
  /** What comes on a stream that is ready. */
  element(received: Element, stream: XmlStream): void;
  /** No stream came about, or it is over. */
  ended(failure: 'unresolved' | 'unreachable'): void;
}

/** A stream to another server, from the look-up of its name up to where dialback can begin. */
export class OutboundStream implements StreamHandler {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #stream: XmlStream | undefined;
  /** Given by the other server; empty until its header has come, and again until the header behind TLS has. */
  #id = '';
  #ready = false;
  #over = false;

  /** @param kind name of the stanza that waits; undefined when a key is to be verified */
  constructor(
    private readonly host: FederationHost,
    private readonly pair: DomainPair,
    kind: string | undefined,
    private readonly handler: OutboundHandler,
  ) {
    // A server that has stopped need not wait for it.
    this.#timer = setTimeout(() => this.close(), host.timeoutMs).unref();
    void this.#dial(kind);
  }

  opened(header: Element, contentNs: string, raw: string): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#id = header.attrs.id ?? '';
    const dialback = declaredDialback(raw) ?? NS.dialback;
    if (header.ns !== NS.streams || contentNs !== NS.server || dialback !== NS.dialback) {
      stream.fail('invalid-namespace');
    } else if (this.#id === '') stream.fail('bad-format');
    // A server of before XMPP 1.0 sends no features.
    else if (Number.parseFloat(header.attrs.version ?? '0') < 1) this.#begin(stream, false);
  }

  element(received: Element): void {
    const stream = this.#stream;
    if (stream === undefined || this.#id === '') return;
    if (received.ns === NS.streams && received.name === 'error') stream.close();
    else if (this.#ready) this.handler.element(received, stream);
    else if (received.ns === NS.streams && received.name === 'features') this.#negotiate(stream, received);
    else if (received.ns === NS.tls && received.name === 'proceed' && this.#mayTakeTls(stream)) {
      if (this.host.tls !== undefined) stream.secureAsInitiator(this.host.tls, this.pair.to);
      this.#header(stream);
    } else stream.close();
  }

  ended(): void {
    this.#end('unreachable');
  }

  /** The stream has served its purpose, or is for its user to look after. */
  settle(): void {
    clearTimeout(this.#timer);
  }

  /** Ends the stream, or the attempt to make one. */
  close(): void {
    if (this.#stream !== undefined) this.#stream.close();
    this.#end('unreachable');
  }

  async #dial(kind: string | undefined): Promise<void> {
    const { to } = this.pair;
    const addresses = await this.host.resolve(to, kind).catch(() => []);
    if (this.#over) return;
    if (addresses.length === 0) {
      this.#end('unresolved');
      return;
    }
    const signal = AbortSignal.any([this.host.stopped, this.#abort.signal]);
    const socket = await dial(addresses, this.host.timeoutMs, signal);
    if (socket === undefined) this.#end('unreachable');
    else this.#open(socket);
  }

  #open(socket: Socket): void {
    if (this.#over) {
      socket.destroy();
      return;
    }
    this.#stream = new XmlStream(socket, NS.server, this.pair.from, this, this.host.router.world.policy);
    this.#header(this.#stream);
  }

  #header(stream: XmlStream): void {
    this.#id = '';
    stream.open({ ...this.pair, ...DIALBACK_DECLARED, version: '1.0' });
  }

  #mayTakeTls({ socket }: XmlStream): boolean {
    const { federation } = this.host.router.world.policy;
    return this.host.tls !== undefined && federation.takesTls && !(socket instanceof TLSSocket);
  }

  #negotiate(stream: XmlStream, features: Element): void {
    if (child(features, 'starttls', NS.tls) !== undefined && this.#mayTakeTls(stream)) {
      stream.sendText(`<starttls xmlns='${NS.tls}'/>`);
    } else this.#begin(stream, child(features, 'bidi', NS.bidiFeature) !== undefined);
  }

  #begin(stream: XmlStream, offersBidi: boolean): void {
    this.#ready = true;
    this.handler.ready(stream, this.#id, offersBidi);
  }

  #end(failure: 'unresolved' | 'unreachable'): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    // A peer that does not end the connection in its turn is not waited for.
    setTimeout(() => this.#abort.abort(), this.#stream === undefined ? 0 : this.host.timeoutMs).unref();
    this.handler.ended(failure);
  }
}
