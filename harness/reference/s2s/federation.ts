import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Element } from '../../wire/element.js';
import { parseJid } from '../jid.js';
import type { Router } from '../router.js';
import { type DomainPair, pairKey } from './dialback.js';
import type { FederationHost } from './host.js';
import { InboundStream } from './inbound.js';
import { Link } from './link.js';
import { dnsNames, nameResolver, type Resolve } from './resolve.js';

/** How the server federates. */
export interface FederationOptions {
  /** Finds the servers of other domains in place of the DNS. */
  readonly resolve?: Resolve;
  /** Name servers to ask, `ADDRESS` or `ADDRESS:PORT`; those of the system when absent. */
  readonly dnsServers?: readonly string[];
  /** Milliseconds that another server has for each look-up, and for a stream and its verification; 5000 when absent. */
  readonly timeoutMs?: number;
  /** Streams are for both directions where the other server can (XEP-0288); absent: each is for one. */
  readonly bidirectional?: boolean;
}

const TIMEOUT_MS = 5_000;

/** The server among other servers: takes their streams, and sends each stanza over the stream of its two domains. */
export class Federation {
  readonly #links = new Map<string, Link>();
  readonly #stop = new AbortController();
  readonly #host: FederationHost;

  /** @param tls for STARTTLS; undefined: none */
  constructor(router: Router, tls: SecureContext | undefined, options: FederationOptions) {
    const { timeoutMs = TIMEOUT_MS, dnsServers, bidirectional: isBidirectional = false } = options;
    const { mode, federation } = router.world.policy;
    const resolve =
      options.resolve ?? nameResolver(mode, federation, dnsNames(dnsServers, Math.ceil(timeoutMs / 4)));
    const secret = randomBytes(16).toString('hex');
    const { signal: stopped } = this.#stop;
    this.#host = { router, secret, tls, resolve, isBidirectional, bidi: new Map(), stopped, timeoutMs };
  }

  /** Another server has connected. */
  accept(socket: Socket): void {
    new InboundStream(socket, this.#host);
  }

  /** Sends a stanza to the domain of its `to` address, or answers it with an error when that can't be. */
  send(stanza: Element, delay?: number): void {
    const { domain, policy } = this.#host.router.world;
    const from = parseJid(stanza.attrs.from ?? '')?.domain ?? domain;
    const to = parseJid(stanza.attrs.to ?? '')?.domain ?? '';
    const pair = policy.federation.outboundPair({ from, to });
    const key = pairKey(pair);
    const bidi = this.#links.has(key) ? undefined : this.#host.bidi.get(key);
    if (bidi === undefined) this.#link(pair, stanza.name).send(stanza, delay);
    else bidi.send(policy.federation.outbound(stanza), delay);
  }

  /** Cuts all connections to other servers; what waits for one is lost. */
  close(): void {
    this.#stop.abort();
  }

  #link(pair: DomainPair, kind: string): Link {
    const key = pairKey(pair);
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    const link: Link = new Link(this.#host, pair, kind, () => {
      if (this.#links.get(key) === link) this.#links.delete(key);
    });
    this.#links.set(key, link);
    return link;
  }
}
