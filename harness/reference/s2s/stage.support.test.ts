import { type Element, elements } from '../../wire/element.js';
import type { Mode } from '../policy.js';
import { RawClient } from '../raw-client.support.test.js';
import { type Reference, startReference } from '../server.js';
import { type PeerScript, RawPeer } from './raw-peer.support.test.js';
import type { Resolve } from './resolve.js';

/** Domain of the embedded server. */
export const HOME = 'montague.test';
/** Domain of the other server. */
export const AWAY = 'capulet.test';

/** The embedded server, with faults or without, between a user and another server. */
export class Stage {
  readonly #ends: (() => Promise<void>)[] = [];

  /** @param timeoutMs what another server has for a stream */
  constructor(
    readonly mode: Mode,
    readonly faults: readonly string[] = [],
    private readonly timeoutMs = 1_000,
  ) {}

  /** Starts the other server. */
  async peer(script: Partial<PeerScript> = {}): Promise<RawPeer> {
    const peer = await RawPeer.listen(AWAY, script);
    this.#ends.push(() => peer.close());
    return peer;
  }

  /** Starts the embedded server. */
  async server(resolve: Resolve): Promise<Reference> {
    const server = await startReference({
      spec: this.mode,
      domain: HOME,
      faults: this.faults,
      component: { domain: `rooms.${HOME}`, secret: 'hush' },
      s2s: { resolve, timeoutMs: this.timeoutMs },
    });
    this.#ends.unshift(() => server.close());
    return server;
  }

  /** Logs a user in who becomes available. */
  async romeo(server: Reference): Promise<RawClient> {
    const romeo = await RawClient.login(server, 'romeo', 'orchard');
    romeo.send(`<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>`);
    await romeo.settled();
    return romeo;
  }

  /** The other server, the embedded one that finds it, and the user. */
  async both(script: Partial<PeerScript> = {}) {
    const peer = await this.peer(script);
    const server = await this.server(peer.resolve);
    return { peer, server, romeo: await this.romeo(server) };
  }

  /** Stops all of it. */
  async end(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}

/** Picks the stanza of an id. */
export function hasId(id: string): (received: Element) => boolean {
  return ({ attrs }) => attrs.id === id;
}

/** Name of the condition in a stream error, or in a stanza with an error. */
export function conditionOf(stanza: Element): string {
  const error = elements(stanza).find(({ name }) => name === 'error') ?? stanza;
  return elements(error)[0]?.name ?? '';
}
