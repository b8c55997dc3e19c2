import { type Element, NS } from '../../wire/element.js';
import type { XmlStream } from '../stream.js';
import { type DomainPair, dialbackText, domainsOf, pairKey } from './dialback.js';
import { VerifiedPairs } from './fate.js';
import type { FederationHost } from './host.js';
import { type OutboundHandler, OutboundStream } from './outbound.js';
import type { Failure, FederationPolicy } from './policy.js';
import { isStanza, takeStanza } from './stanza.js';

/** The way of stanzas from one domain to another: they wait for the stream and its verification, in order. */
export class Link implements OutboundHandler {
  readonly #outbound: OutboundStream;
  #waiting: Element[] = [];
  /** Once the other server takes stanzas. */
  #open: XmlStream | undefined;
  #failure: Failure | undefined;
  #isBidi = false;
  /** What the other server may send over the stream. */
  readonly #verified = new VerifiedPairs();

  /**
   * @param kind name of the first stanza
   * @param over called once, when nothing more can be sent here
   */
  constructor(
    private readonly host: FederationHost,
    private readonly pair: DomainPair,
    kind: string,
    private readonly over: () => void,
  ) {
    this.#outbound = new OutboundStream(host, pair, kind, this);
  }

  /** Sends the stanza, or has it wait. */
  send(stanza: Element, delay?: number): void {
    if (this.#open === undefined) this.#waiting.push(stanza);
    else this.#open.send(this.#policy.outbound(stanza), delay);
  }

  ready(stream: XmlStream, id: string, offersBidi: boolean): void {
    const { from, to } = this.pair;
    this.#isBidi = offersBidi && this.host.isBidirectional;
    if (this.#isBidi) stream.sendText(`<bidi xmlns='${NS.bidi}'/>`);
    const key = this.#policy.key(this.host.secret, { from, to, id });
    stream.sendText(dialbackText('result', { from, to }, key));
    if (!this.#policy.awaitsResult(this.#waiting)) this.#release(stream);
  }

  element(received: Element, stream: XmlStream): void {
    if (this.#isBidi && isStanza(received)) takeStanza(this.host, stream, this.#verified, received);
    if (received.ns !== NS.dialback || received.name !== 'result') return;
    const answered = domainsOf(received);
    // An answer to nothing that was asked here proves nothing (XEP-0220 3.1).
    const isAnswer =
      answered !== undefined && pairKey({ from: answered.to, to: answered.from }) === pairKey(this.pair);
    if (!isAnswer || this.#open !== undefined) return;
    if (received.attrs.type === 'valid') {
      this.#verified.add({ from: this.pair.to, to: this.pair.from });
      this.#release(stream);
    } else {
      this.#failure = received.attrs.type === 'invalid' ? 'refused' : 'unreachable';
      this.#outbound.close();
    }
  }

  ended(failure: 'unresolved' | 'unreachable'): void {
    this.over();
    const error = this.#policy.failureError(this.#failure ?? failure);
    const stranded = this.#waiting;
    this.#waiting = [];
    if (error === undefined) return;
    for (const stanza of stranded) this.host.router.bounce(stanza, error.type, error.condition);
  }

  get #policy(): FederationPolicy {
    return this.host.router.world.policy.federation;
  }

  #release(stream: XmlStream): void {
    this.#outbound.settle();
    this.#open = stream;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const stanza of this.#policy.released(waiting)) this.send(stanza);
  }
}
