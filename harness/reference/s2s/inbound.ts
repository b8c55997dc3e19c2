import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Element, element, NS, text } from '../../wire/element.js';
import { type StreamHandler, XmlStream } from '../stream.js';
import {
  DIALBACK_DECLARED,
  type DomainPair,
  declaredDialback,
  dialbackText,
  domainOf,
  domainsOf,
  pairKey,
} from './dialback.js';
import { VerifiedPairs } from './fate.js';
import type { FederationHost } from './host.js';
import type { FederationPolicy, Verdict } from './policy.js';
import { isStanza, takeStanza } from './stanza.js';
import { verifyKey } from './verification.js';

/** Keys of one stream that are being verified; each costs a connection. */
const MAX_PENDING = 20;

/** A stream that another server has opened: it proves its domains by dialback, sends stanzas, and asks for keys. */
export class InboundStream implements StreamHandler {
  readonly #stream: XmlStream;
  readonly #verified = new VerifiedPairs();
  readonly #pending = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  /** Of the stream; empty until its header has come, and again until the header behind TLS has. */
  #id = '';
  /** The domain that the peer says it speaks for. */
  #asserted: string | undefined;
  #over = false;
  #isBidi = false;

  constructor(
    socket: Socket,
    private readonly host: FederationHost,
  ) {
    const { domain, policy } = host.router.world;
    this.#stream = new XmlStream(socket, NS.server, domain, this, policy);
    this.#timer = setTimeout(() => this.#expire(), host.timeoutMs);
  }

  opened(header: Element, contentNs: string, raw: string): void {
    const stream = this.#stream;
    const { attrs } = header;
    this.#id = randomBytes(16).toString('hex');
    this.#asserted = domainOf(attrs.from);
    const isNew = Number.parseFloat(attrs.version ?? '0') >= 1;
    const to = domainOf(attrs.to);
    stream.open({
      ...DIALBACK_DECLARED,
      id: this.#id,
      ...(this.#asserted === undefined ? {} : { to: this.#asserted }),
      ...(to !== undefined && this.host.router.hosts(to) ? { from: to } : {}),
      ...(isNew ? { version: '1.0' } : {}),
    });
    const dialback = declaredDialback(raw) ?? NS.dialback;
    if (header.name !== 'stream') stream.fail('bad-format');
    else if (header.ns !== NS.streams || contentNs !== NS.server || dialback !== NS.dialback) {
      stream.fail('invalid-namespace');
    } else if (attrs.to !== undefined && (to === undefined || !this.host.router.hosts(to))) {
      stream.fail('host-unknown');
    } else if (isNew) stream.features(this.#features());
  }

  element(received: Element): void {
    if (this.#id === '') return;
    if (received.ns === NS.dialback && received.name === 'result') this.#result(received);
    else if (received.ns === NS.dialback && received.name === 'verify') this.#verify(received);
    else if (received.ns === NS.tls && received.name === 'starttls') this.#startTls();
    else if (this.host.isBidirectional && received.ns === NS.bidi) this.#isBidi = true;
    else if (isStanza(received)) takeStanza(this.host, this.#stream, this.#verified, received);
    else if (received.ns === NS.streams && received.name === 'error') this.#stream.close();
    else this.#stream.fail('unsupported-stanza-type');
  }

  ended(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    for (const [pair, stream] of this.host.bidi) if (stream === this.#stream) this.host.bidi.delete(pair);
    const { socket } = this.#stream;
    // A peer that does not end the connection in its turn is not waited for.
    setTimeout(() => socket.destroy(), this.host.timeoutMs).unref();
  }

  get #policy(): FederationPolicy {
    return this.host.router.world.policy.federation;
  }

  get #isOld(): boolean {
    return this.host.router.world.policy.mode === 'rfc3921';
  }

  get #mayTls(): boolean {
    return (
      this.host.tls !== undefined && this.#policy.offersTls && !(this.#stream.socket instanceof TLSSocket)
    );
  }

  #features(): Element[] {
    const errors = element('errors', NS.dialbackFeature);
    return [
      ...(this.#mayTls ? [element('starttls', NS.tls)] : []),
      ...(this.host.isBidirectional ? [element('bidi', NS.bidiFeature)] : []),
      ...(this.#policy.announcesDialback ? [element('dialback', NS.dialbackFeature, {}, [errors])] : []),
    ];
  }

  #startTls(): void {
    const { tls } = this.host;
    if (tls === undefined || !this.#mayTls || this.#verified.size > 0 || this.#pending.size > 0) {
      this.#stream.sendText(`<failure xmlns='${NS.tls}'/>`);
      this.#stream.close();
      return;
    }
    this.#id = '';
    this.#stream.sendText(`<proceed xmlns='${NS.tls}'/>`);
    this.#stream.secure(tls);
  }

  /** Ends a stream that has been of no use so far. */
  #expire(): void {
    if (this.#verified.size === 0 && this.#pending.size === 0) this.#stream.fail('connection-timeout');
  }

  #result(received: Element): void {
    const pair = domainsOf(received);
    if (received.attrs.type !== undefined) {
      // An answer, where nothing was asked: to believe it would let anyone in (XEP-0220 3.1).
      if (this.#policy.believesUnsolicited && pair !== undefined) this.#verified.add(pair);
    } else if (pair === undefined) this.#stream.fail('improper-addressing');
    else if (!this.host.router.hosts(pair.to)) this.#refuse('result', pair, 'item-not-found');
    else if (this.#pending.size >= MAX_PENDING) this.#refuse('result', pair, 'resource-constraint');
    else if (this.#verified.size > 0 && this.#policy.furtherPairs !== 'taken') {
      if (this.#policy.furtherPairs === 'fatal') this.#stream.fail('policy-violation');
      else this.#refuse('result', pair, 'not-acceptable');
    } else if (!this.#pending.has(pairKey(pair))) void this.#authorize(pair, text(received).trim());
  }

  async #authorize(pair: DomainPair, key: string): Promise<void> {
    this.#pending.add(pairKey(pair));
    const verdict = this.#policy.verdict(await this.#ask(pair, key));
    this.#pending.delete(pairKey(pair));
    if (this.#over) return;
    if (verdict === 'valid') {
      this.#verified.add(pair);
      this.#answer('result', pair, { type: 'valid' });
      if (this.#isBidi) this.host.bidi.set(pairKey({ from: pair.to, to: pair.from }), this.#stream);
    } else if (verdict === 'invalid') {
      const { invalidKey } = this.#policy;
      if (invalidKey === 'refused') this.#refuse('result', pair, 'forbidden');
      else if (invalidKey !== 'untold') this.#answer('result', pair, { type: 'invalid' });
      if (invalidKey === 'untold' || invalidKey === 'told-and-closed') this.#stream.close();
    } else if (this.#isOld) this.#stream.fail('remote-connection-failed');
    else {
      const condition = verdict === 'unresolved' ? 'remote-server-not-found' : 'remote-server-timeout';
      this.#refuse('result', pair, condition);
    }
  }

  async #ask(pair: DomainPair, key: string): Promise<Verdict> {
    if (!this.#policy.verifiesKeys) return 'valid';
    // Whoever claims a domain of this server itself needs no asking.
    if (this.host.router.hosts(pair.from)) return 'invalid';
    return verifyKey(this.host, { ...pair, id: this.#id }, key);
  }

  #verify(received: Element): void {
    const { id = '', type } = received.attrs;
    const pair = domainsOf(received);
    // An answer, where nothing was asked.
    if (type !== undefined) return;
    if (pair === undefined) this.#stream.fail('improper-addressing');
    else if (!this.host.router.hosts(pair.to)) this.#refuse('verify', pair, 'item-not-found', { id });
    else if (this.#isOld && !this.#speaksFor(pair.from)) this.#stream.fail('invalid-from');
    else {
      // The stream that is proved goes the other way.
      const own = this.#policy.key(this.host.secret, { from: pair.to, to: pair.from, id });
      const isOwn = own === text(received).trim();
      this.#answer('verify', pair, { id, type: this.#policy.vouches(isOwn) ? 'valid' : 'invalid' });
    }
  }

  /** Whether the peer has named the domain, one above it, or has proved it (RFC 3920 8.3, step 8). */
  #speaksFor(domain: string): boolean {
    const asserted = this.#asserted ?? domain;
    return domain === asserted || domain.endsWith(`.${asserted}`) || this.#verified.hasSender(domain);
  }

  /** A stream error in RFC 3920 8.3, a dialback error that leaves the stream in XEP-0220 2.5. */
  #refuse(
    name: 'result' | 'verify',
    pair: DomainPair,
    condition: string,
    attrs: Readonly<Record<string, string>> = {},
  ): void {
    if (this.#isOld) this.#stream.fail(condition === 'item-not-found' ? 'host-unknown' : condition);
    else this.#answer(name, pair, { ...attrs, type: 'error' }, condition);
  }

  #answer(
    name: 'result' | 'verify',
    { from, to }: DomainPair,
    attrs: Readonly<Record<string, string>>,
    condition?: string,
  ): void {
    this.#stream.sendText(dialbackText(name, { from: to, to: from, ...attrs }, '', condition));
  }
}
