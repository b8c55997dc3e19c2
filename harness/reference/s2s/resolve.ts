import type { SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Mode } from '../policy.js';
import type { FederationPolicy } from './policy.js';

/** Where a server can be connected to. */
export interface Address {
  /** IP address, or a name that the system knows. */
  readonly host: string;
  readonly port: number;
}

/**
 * Finds the server of a domain.
 * @param kind name of the stanza that waits; undefined when a key is to be verified
 * @returns addresses to try in this order; none when the name leads nowhere
 */
export type Resolve = (domain: string, kind: string | undefined) => Promise<readonly Address[]>;

/** What is asked of the name service; each rejects when there is no answer. */
export interface NameService {
  srv(name: string): Promise<readonly SrvRecord[]>;
  /** IPv4 and IPv6 addresses. */
  addresses(name: string): Promise<readonly string[]>;
}

/** Port of a server without an SRV record (RFC 6120 14.7). */
const DEFAULT_PORT = 5269;
/** Addresses of one domain that are tried; a zone of thousands must not keep the server busy. */
const MAX_ADDRESSES = 8;
/** The services that RFC 3921 11.2 looks up for the kinds of stanzas where there is no xmpp-server. */
const OLD_SERVICES: Readonly<Record<string, string>> = { message: '_im', presence: '_pres' };

/** The SRV names to look up, in order (RFC 3921 11.2, RFC 6120 3.2.1). */
export function srvNames(mode: Mode, domain: string, kind: string | undefined): readonly string[] {
  const old = mode === 'rfc3921' ? OLD_SERVICES[kind ?? ''] : undefined;
  return [`_xmpp-server._tcp.${domain}`, ...(old === undefined ? [] : [`${old}._xmpp.${domain}`])];
}

/** SRV records in ascending priority, within one priority drawn by weight (RFC 2782). */
export function ordered(records: readonly SrvRecord[], random: () => number = Math.random): SrvRecord[] {
  // Each record's key is the waiting time of a process that fires in proportion to the weight: the smallest wins.
  return records
    .map((record) => ({ record, key: -Math.log(1 - random()) / Math.max(record.weight, 0.01) }))
    .sort((a, b) => a.record.priority - b.record.priority || a.key - b.key)
    .map(({ record }) => record);
}

/** Finds servers by the name service, as the specification of the mode has it. */
export function nameResolver(mode: Mode, policy: FederationPolicy, names: NameService): Resolve {
  const at = async (host: string, port: number): Promise<Address[]> =>
    (await addressesOf(names, host)).map((address) => ({ host: address, port }));

  return async (domain, kind) => {
    const literal = /^\[(.+)\]$/.exec(domain)?.[1] ?? domain;
    if (isIP(literal) !== 0) return [{ host: literal, port: DEFAULT_PORT }];
    const records = await firstRecords(names, policy.lookups(srvNames(mode, domain, kind)));
    const [only] = records;
    const found: Address[] = [];
    // A single target that is the root says that there is no such service (RFC 2782).
    if (!(records.length === 1 && (only?.name === '' || only?.name === '.'))) {
      const preferred = ordered(records);
      for (const { name, port } of policy.heedsPriority ? preferred : preferred.reverse()) {
        if (found.length < MAX_ADDRESSES) found.push(...(await at(name, port)));
      }
    }
    const isFallback = records.length === 0 && policy.addressFallback !== 'never';
    if (isFallback || policy.addressFallback === 'always') found.push(...(await at(domain, DEFAULT_PORT)));
    return found.slice(0, MAX_ADDRESSES);
  };
}

/**
 * A name service asked through DNS.
 * @param servers `ADDRESS` or `ADDRESS:PORT` of those to ask; those of the system when absent
 * @param timeoutMs longest wait for each answer
 */
export function dnsNames(servers: readonly string[] | undefined, timeoutMs: number): NameService {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  if (servers !== undefined) resolver.setServers([...servers]);
  return {
    srv: (name) => resolver.resolveSrv(name),
    addresses: async (name) => {
      const kinds = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return kinds.flatMap((kind) => (kind.status === 'fulfilled' ? kind.value : []));
    },
  };
}

/** The records of the first name that has some. */
async function firstRecords(names: NameService, wanted: readonly string[]): Promise<readonly SrvRecord[]> {
  for (const name of wanted) {
    const records = await names.srv(name).catch(() => []);
    if (records.length > 0) return records;
  }
  return [];
}

async function addressesOf(names: NameService, host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  // Names of the loopback are no business of the DNS (RFC 6761 6.3).
  if (/^(.*\.)?localhost\.?$/i.test(host)) return ['127.0.0.1', '::1'];
  return names.addresses(host).catch(() => []);
}
