import { UsageError } from '../config.js';
import { type DnsResponder, startResponder } from '../wire/dns/responder.js';
import type { DomainRule } from '../wire/dns/zone.js';

/** A server of this machine that others are to find. */
export interface Named {
  readonly domain: string;
  /** Where it listens for servers; 5269 when undefined. */
  readonly port: string | number | undefined;
}

/** The port for servers that IANA has registered. */
const S2S_PORT = 5269;

/**
 * Starts the name service that leads servers on this machine to each other.
 * @param at `[HOST:]PORT` to answer at; undefined: none is started
 * @throws UsageError, or TargetError `listen`
 */
export async function openNames(
  at: string | undefined,
  servers: readonly Named[],
): Promise<DnsResponder | undefined> {
  if (at === undefined) {
    if (servers.some(({ port }) => port !== undefined)) {
      throw new UsageError('--s2s-port and --peer-s2s-port need --dns as well.');
    }
    return undefined;
  }
  const address = /^(?:(\[[^\]]+\]|[^:]+):)?(\d{1,5})$/.exec(at);
  if (address === null) throw new UsageError(`--dns must be [HOST:]PORT, such as 5353, not "${at}".`);
  const host = address[1]?.replace(/^\[|\]$/g, '') ?? '127.0.0.1';
  const domains = servers.map(({ domain, port }): [string, DomainRule] => [
    domain,
    { srv: { '_xmpp-server._tcp': portOf(port ?? S2S_PORT) }, hasAddress: true },
  ]);
  return startResponder({ host, port: Number(address[2]) }, { address: host, domains: new Map(domains) });
}

function portOf(port: string | number): number {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65535) {
    throw new UsageError(`A port for servers is a number from 1 to 65535, not "${port}".`);
  }
  return number;
}
