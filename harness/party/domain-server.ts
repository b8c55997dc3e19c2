import type { DomainReach } from '../scenario/types.js';
import { type Question, TYPE } from '../wire/dns/message.js';
import type { DnsResponder } from '../wire/dns/responder.js';
import type { DomainRule } from '../wire/dns/zone.js';
import type { Conduct, Onlooker, Reach } from '../wire/s2s/conduct.js';
import { type Peer, type RemoteServer, startRemoteServer } from '../wire/s2s/remote-server.js';
import type { Recorder } from '../wire/transcript.js';

/** A domain that a scenario plays. */
export interface DomainServerOptions {
  readonly reach: DomainReach;
  readonly conduct: Conduct;
  readonly onlooker: Onlooker;
  readonly record: Recorder;
  /** Told when something was asked about it. */
  readonly onAsked: () => void;
}

/** What it shares with the run. */
interface Surroundings {
  readonly peer: Peer;
  /** Where it listens. */
  readonly host: string;
  /** What the responder knows; the domain is added. */
  readonly domains: Map<string, DomainRule>;
  readonly responder: DnsResponder;
}

/** A server for one domain, with a listener, a certificate and streams of its own, so that no other case is hurt by it. */
export class DomainServer {
  readonly #asked: string[] = [];
  readonly #deaf: () => void;

  private constructor(
    readonly domain: string,
    readonly server: RemoteServer,
    private readonly surroundings: Surroundings,
    onAsked: () => void,
  ) {
    this.#deaf = surroundings.responder.onAsked((question) => {
      const name = lookedUp(question, domain);
      if (name === undefined) return;
      this.#asked.push(name);
      onAsked();
    });
  }

  /**
   * Starts it.
   * @throws TargetError `listen`
   */
  static async start(
    domain: string,
    { reach, conduct, onlooker, record, onAsked }: DomainServerOptions,
    surroundings: Surroundings,
  ): Promise<DomainServer> {
    const listen = { host: surroundings.host, port: 0 };
    const server = await startRemoteServer({ domain, listen, record, conduct, onlooker });
    const started = new DomainServer(domain, server, surroundings, onAsked);
    server.meet(surroundings.peer);
    await started.goes(reach);
    return started;
  }

  /** What has been looked up, in the order of asking: SRV services by name (`_xmpp-server._tcp`), `address`. */
  get asked(): readonly string[] {
    return this.#asked;
  }

  /** Changes what becomes of those who look for it; where it can't be reached any more its streams are cut. */
  async goes(reach: DomainReach): Promise<void> {
    const { domains } = this.surroundings;
    domains.set(this.domain, ruleOf(reach, this.server.address.port));
    await this.server.goes(placeOf(reach));
  }

  /** Ends it, and has its name forgotten. Never rejects. */
  close(): Promise<void> {
    this.#deaf();
    this.surroundings.domains.delete(this.domain);
    return this.server.close();
  }
}

/** What is where the name leads to, or would. */
function placeOf(reach: DomainReach): Reach {
  if (reach === 'up' || reach === 'only-im-and-pres') return 'up';
  return reach === 'resetting' || reach === 'silent' ? reach : 'refusing';
}

function ruleOf(reach: DomainReach, port: number): DomainRule {
  switch (reach) {
    // There is no such name.
    case 'unknown':
      return 'absent';
    // Who takes the address finds nobody at the standard port.
    case 'unlisted':
      return { srv: {}, hasAddress: true };
    case 'only-im-and-pres':
      return { srv: { '_im._xmpp': port, '_pres._xmpp': port }, hasAddress: true };
    default:
      return { srv: { '_xmpp-server._tcp': port }, hasAddress: true };
  }
}

function lookedUp({ name, type }: Question, domain: string): string | undefined {
  if (name === domain) return type === TYPE.a || type === TYPE.aaaa ? 'address' : undefined;
  const service = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : '';
  return type === TYPE.srv && /^_[^.]+\._[^.]+$/.test(service) ? service : undefined;
}
