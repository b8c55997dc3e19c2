import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { selfSigned } from '../certificate.js';
import { element, NS, serialize } from '../element.js';
import type { Address, Endpoint } from '../endpoint.js';
import { type StreamEnd, TargetError, where } from '../failure.js';
import { listening } from '../listening.js';
import type { StanzaListener } from '../stream.js';
import type { Recorder } from '../transcript.js';
import { type Conduct, GOOD_CONDUCT, type Onlooker, type Reach } from './conduct.js';
import { addressesOf, type DomainPair, domainOf, isWithin, type Outcome } from './dialback.js';
import { InboundStream } from './inbound.js';
import { isDialbackKey } from './key.js';
import { type OutboundContext, Route, verifyKey } from './outbound.js';
import type { ReceiverHost } from './receiver.js';
import { adviseOn, type WayBack } from './way-back.js';

/** Which domain the harness plays a server of, and where. */
export interface RemoteServerOptions {
  /** It and all domains below it are the harness's. */
  readonly domain: string;
  /** Where other servers connect; a free port for 0. */
  readonly listen: Address;
  readonly record: Recorder;
  /** The DNS responder that leads to the listener, if the harness runs one. */
  readonly names?: { readonly at: string; wasAsked(domain: string): boolean };
  /** As a server should behave when absent. */
  readonly conduct?: Conduct;
  /** Watches what comes besides stanzas. */
  readonly onlooker?: Onlooker;
  /** Whether streams are for both directions wherever the other server can (XEP-0288). */
  readonly wantsBidi?: boolean;
}

/** The server that is federated with. */
export interface Peer {
  readonly domain: string;
  /** Where it listens for servers, and how its certificate is checked. */
  readonly endpoint: Omit<Endpoint, 'tls' | 'identity'>;
  /** For opening a stream, dialback included, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Told how a stream ended, and for which JIDs something that was sent by them or to them may be lost with it. The next
 * stanza opens another one.
 */
export type ServerEndListener = (end: StreamEnd, concerns: (jid: string) => boolean) => void;

/** As many connections may wait to be accepted. */
const BACKLOG = 128;

/** For connections that come before it is known how long to wait, in milliseconds. */
const INBOUND_MS = 5000;

/**
 * Starts listening for other servers. Nothing is sent before {@link RemoteServer.federate}.
 * @throws TargetError `listen`
 */
export async function startRemoteServer(options: RemoteServerOptions): Promise<RemoteServer> {
  const listener = createServer();
  const address = await listening(listener, { ...options.listen, backlog: BACKLOG }, '--s2s-listen');
  return new RemoteServer(options, listener, address);
}

/**
 * The harness as a server that federates with the target: dialback (XEP-0220), TLS where it is offered, two streams, one
 * for each direction, or one for both. Stanzas are taken from domains that the target has proved to be its own.
 */
export class RemoteServer {
  readonly domain: string;
  readonly #identity;
  readonly #secret = randomBytes(32).toString('hex');
  readonly #routes = new Map<string, Route>();
  readonly #inbound = new Set<InboundStream>();
  /** Connections that were taken while it was silent. */
  readonly #held = new Set<Socket>();
  readonly #stanzaListeners: StanzaListener[] = [];
  readonly #endListeners: ServerEndListener[] = [];
  readonly #queries = new Map<string, () => void>();
  #outbound: (OutboundContext & { readonly domain: string }) | undefined;
  #early: Parameters<StanzaListener>[] = [];
  #hasConnected = false;
  /** Domains about whose keys the target has asked. */
  readonly #askedAbout = new Set<string>();
  /** Why a domain of the target could not be verified, the latest reason. */
  #unverified = '';
  #isClosing = false;
  #reach: Reach = 'up';

  /** Use {@link startRemoteServer}. */
  constructor(
    private readonly options: RemoteServerOptions,
    private readonly listener: Server,
    /** Where it listens, by IP address. */
    readonly address: Address,
  ) {
    this.domain = options.domain;
    this.#identity = selfSigned(options.domain, `*.${options.domain}`);
    const identity = createSecureContext(this.#identity);
    listener.on('connection', (socket) => {
      if (this.#reach === 'silent') {
        this.#hold(socket);
        return;
      }
      if (this.#reach !== 'up') {
        socket.resetAndDestroy();
        return;
      }
      socket.setNoDelay(true);
      this.#hasConnected = true;
      const stream = new InboundStream(socket, {
        ...this.#receiverHost(),
        domain: this.domain,
        identity,
        timeoutMs: this.#outbound?.timeoutMs ?? INBOUND_MS,
        record: this.options.record,
        ...(this.options.wantsBidi === true ? { onBidi: (pair, bidi) => this.#route(pair).adopt(bidi) } : {}),
      });
      this.#inbound.add(stream);
      socket.once('close', () => this.#inbound.delete(stream));
      void stream.serve();
    });
  }

  /**
   * Federates with a server: opens both directions, and proves them by a query that is answered.
   * @returns whether the stream to it is secured
   * @throws TargetError of any kind but `authentication` and `registration`
   */
  async federate(peer: Peer): Promise<boolean> {
    const { domain, endpoint, timeoutMs } = peer;
    this.meet(peer);
    const pair = { from: this.domain, to: domain };
    const isSecured = (await this.#route(pair).open()) ?? false;
    await this.#ask(pair, endpoint, timeoutMs);
    return isSecured;
  }

  /** From now on it can reach the other server; a stream is opened when something is to be sent. */
  meet({ domain, endpoint, timeoutMs }: Peer): void {
    const { onlooker, wantsBidi } = this.options;
    this.#outbound = {
      domain,
      endpoint: { ...endpoint, tls: 'starttls', identity: this.#identity },
      timeoutMs,
      record: this.options.record,
      secret: this.#secret,
      wayBack: (own) => this.#wayBack(own),
      proves: this.#conduct.proves,
      ...(onlooker === undefined ? {} : { onlooker }),
      ...(wantsBidi === true ? { receiverHost: this.#receiverHost() } : {}),
    };
  }

  /**
   * Goes down in one of the ways there are, its streams closed in good order, or comes back at the same port. What it held
   * without a word it drops.
   */
  async goes(reach: Reach): Promise<void> {
    this.#reach = reach;
    const held = [...this.#held];
    if (reach !== 'up') {
      // The other server knows then that what it sends next can't go there.
      await Promise.all([...this.#routes.values()].map((route) => route.leave()));
      await Promise.all([...this.#inbound].map((stream) => stream.close()));
    }
    // The listener is closed only when it has no connection any more; what is to be found next must be there before they end.
    const closed = reach === 'refusing' ? new Promise((resolve) => this.listener.close(resolve)) : undefined;
    if (closed === undefined && !this.listener.listening) {
      await listening(this.listener, { ...this.address, backlog: BACKLOG }, '--s2s-listen');
    }
    for (const socket of held) socket.destroy();
    await closed;
  }

  /**
   * Sends a stanza over the stream of the domains in its `from` and `to`, where those are of the harness and the target.
   * @param xml a stanza, whose addresses decide; its names in no namespace take that of the stream
   */
  send(xml: string): void {
    const peer = this.#outbound?.domain ?? '';
    const { from, to } = addressesOf(xml);
    const pair = {
      from: this.#serves(domainOf(from)) ? domainOf(from) : this.domain,
      to: isWithin(domainOf(to), peer) ? domainOf(to) : peer,
    };
    this.#route(pair).send(xml, bareOf(from));
  }

  /**
   * Sends text as it stands over the stream of its own domain, whatever addresses it bears.
   * @param onSent called when it goes out, which is later where the stream has to be opened first
   */
  say(xml: string, onSent?: () => void): void {
    this.#route({ from: this.domain, to: this.#outbound?.domain ?? '' }).send(xml, '', onSent);
  }

  /** Adds a listener for the stanzas from proved domains; the first one also gets what has arrived before it. */
  onStanza(listener: StanzaListener): void {
    this.#stanzaListeners.push(listener);
    for (const received of this.#early.splice(0)) listener(...received);
  }

  /** Adds a listener. */
  onEnd(listener: ServerEndListener): void {
    this.#endListeners.push(listener);
  }

  /** Closes all streams and stops listening. Never rejects. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#routes.values()].map((route) => route.close()));
    // One that has gone down listens no more, and says so.
    const closed = new Promise((resolve) => this.listener.close(resolve));
    for (const stream of this.#inbound) stream.cut();
    for (const socket of this.#held) socket.destroy();
    await closed;
  }

  /** Whether a stream for both directions stands. */
  get hasBidi(): boolean {
    return [...this.#routes.values()].some((route) => route.isBidi);
  }

  get #conduct(): Conduct {
    return this.options.conduct ?? GOOD_CONDUCT;
  }

  #serves(domain: string): boolean {
    return isWithin(domain.toLowerCase(), this.domain);
  }

  #route({ from, to }: DomainPair): Route {
    const pair = { from: from.toLowerCase(), to: to.toLowerCase() };
    const context = this.#outbound;
    if (context === undefined) throw new Error('federate() comes before anything is sent');
    const key = `${pair.from} ${pair.to}`;
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const route = new Route(pair, context, (end, senders) => this.#ended(end, (jid) => senders.has(jid)));
    this.#routes.set(key, route);
    return route;
  }

  /** Takes what comes and says nothing. */
  #hold(socket: Socket): void {
    this.#held.add(socket);
    // Who is kept waiting may end the connection as they like.
    socket.on('error', () => undefined).once('close', () => this.#held.delete(socket));
    socket.resume();
  }

  #receiverHost(): ReceiverHost {
    const { onlooker } = this.options;
    return {
      serves: (domain) => this.#serves(domain),
      ownsKey: ({ from, to }, streamId, key) => {
        const [originating, receiving] = [from.toLowerCase(), to.toLowerCase()];
        this.#askedAbout.add(originating);
        if (this.#conduct.keys !== 'own') return this.#conduct.keys === 'all';
        return isDialbackKey(key, this.#secret, { receiving, originating, streamId });
      },
      verify: async (pair, id, key) => {
        const { answers } = this.#conduct;
        if (answers === 'truth') return this.#verify(pair, id, key);
        return answers === 'invalid' ? { type: 'invalid' } : undefined;
      },
      ...(onlooker === undefined ? {} : { onlooker }),
      onStanza: (stanza, raw, atMs) => {
        const answered = this.#queries.get(stanza.attrs.id ?? '');
        if (answered !== undefined && stanza.name === 'iq') answered();
        else if (this.#stanzaListeners.length === 0) this.#early.push([stanza, raw, atMs]);
        else for (const listener of this.#stanzaListeners) listener(stanza, raw, atMs);
      },
      // Nobody knows for whom something was under way.
      onLoss: (end) => this.#ended(end, () => true),
    };
  }

  async #verify(pair: DomainPair, id: string, key: string): Promise<Outcome> {
    const context = this.#outbound;
    if (context === undefined) return { type: 'error', condition: 'remote-server-not-found' };
    const outcome = await verifyKey(pair, id, key, context);
    this.#unverified = outcome.why;
    return outcome;
  }

  #ended(end: StreamEnd, concerns: (jid: string) => boolean): void {
    if (this.#isClosing) return;
    for (const listener of this.#endListeners) listener(end, concerns);
  }

  /** A query that the target itself must answer, over a stream of its own. */
  async #ask(pair: DomainPair, place: Address, timeoutMs: number): Promise<void> {
    const id = `federate-${randomBytes(4).toString('hex')}`;
    const query = element('iq', NS.server, { ...pair, type: 'get', id }, [
      element('query', 'urn:xmpp-conform:federate'),
    ]);
    const isAnswered = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#queries.set(id, () => {
        clearTimeout(timer);
        resolve(true);
      });
      this.#route(pair).send(serialize(query, NS.server), '');
    });
    this.#queries.delete(id);
    if (isAnswered) return;
    const why = this.#unverified === '' ? adviseOn(this.#wayBack(this.domain)) : this.#unverified;
    throw new TargetError(
      'timeout',
      `${where(place)} takes stanzas from ${this.domain}, but no answer came to ${where(this.address)} within ${timeoutMs} ms: ${why.replace(/\.$/, '')}.`,
    );
  }

  #wayBack(domain: string): WayBack {
    const { names } = this.options;
    return {
      domain,
      listener: this.address,
      hasConnected: this.#hasConnected,
      hasAsked: this.#askedAbout.has(domain),
      ...(names === undefined ? {} : { names: { at: names.at, wasAsked: names.wasAsked(domain) } }),
    };
  }
}

function bareOf(jid: string): string {
  return jid.split('/', 1)[0] ?? '';
}
