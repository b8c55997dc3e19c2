import type { SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SelfSigned } from './certificate.js';
import { TargetError } from './failure.js';

/** Where a client or a server connects and how the connection is secured. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** `starttls`: RFC 6120 section 5; `direct`: TLS from the first byte (XEP-0368); `off`: none. */
  readonly tls: 'starttls' | 'direct' | 'off';
  /** The authorities to trust in place of the usual ones, as PEM. */
  readonly ca?: string;
  /** Accept any certificate. */
  readonly insecure: boolean;
  /** What the harness presents itself with, where it is a server. */
  readonly identity?: SelfSigned;
}

/** Host name or address, and port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Asks the name service for SRV records; rejects when there are none. */
export type SrvLookup = (name: string) => Promise<readonly SrvRecord[]>;

const DEFAULT_PORT = 5222;

/** A name service that does not answer must not hold up a run for long, since the host itself is tried then. */
const LOOKUP_MS = 2000;

/**
 * Finds where to connect for what the user gave as the target.
 * @param target `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`
 * @param domain the XMPP domain, for the message when it declares to offer no service
 * @param lookup how to ask for SRV records
 * @returns the addresses to try in this order, at least one
 * @throws TargetError `unreachable` when the target can't be read as one of these forms, or when its SRV record says
 *   that there is no such service (RFC 2782, a target of `.`)
 */
export async function resolveTarget(
  target: string,
  domain: string,
  lookup: SrvLookup = lookupSrv,
): Promise<readonly Address[]> {
  const { host, port } = splitTarget(target);
  if (port !== undefined) return [{ host, port }];
  const fallback = [{ host, port: DEFAULT_PORT }];
  if (isIP(host) !== 0 || /(^|\.)localhost$/i.test(host)) return fallback;
  let records: readonly SrvRecord[];
  try {
    records = await lookup(`_xmpp-client._tcp.${host}`);
  } catch {
    // RFC 6120 3.2.2: without SRV records the address records of the host itself.
    return fallback;
  }
  const [only] = records;
  if (only === undefined) return fallback;
  if (records.length === 1 && (only.name === '.' || only.name === '')) {
    throw new TargetError(
      'unreachable',
      `The SRV record of ${host} says that it offers no XMPP service for clients (wanted for ${domain}): give --target HOST:PORT.`,
    );
  }
  return orderRecords(records).map((record) => ({ host: record.name, port: record.port }));
}

/**
 * Orders SRV records: ascending priority, within one priority drawn by weight (RFC 2782, "Weight").
 * @param random numbers in [0, 1)
 */
export function orderRecords(
  records: readonly SrvRecord[],
  random: () => number = Math.random,
): readonly SrvRecord[] {
  // Weight 0 goes first in its priority, so that it has a small chance of being drawn.
  const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: SrvRecord[] = [];
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const priority = first.priority;
    const group = left.filter((record) => record.priority === priority);
    const total = group.reduce((sum, record) => sum + record.weight, 0);
    const threshold = Math.floor(random() * (total + 1));
    let running = 0;
    const drawn = group.findIndex((record) => {
      running += record.weight;
      return running >= threshold;
    });
    ordered.push(...left.splice(Math.max(drawn, 0), 1));
  }
  return ordered;
}

function splitTarget(target: string): { host: string; port: number | undefined } {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(target);
  const bare = isIP(target) === 6 ? target : undefined;
  const host = bare ?? parts?.[1] ?? parts?.[2];
  const port = bare === undefined && parts?.[3] !== undefined ? Number(parts[3]) : undefined;
  const misread = parts?.[1] !== undefined && isIP(parts[1]) !== 6;
  if (host === undefined || misread || (port !== undefined && (port < 1 || port > 65535))) {
    throw new TargetError(
      'unreachable',
      `The target "${target}" is not of the form HOST, HOST:PORT or [IPV6]:PORT: correct it.`,
    );
  }
  return { host, port };
}

async function lookupSrv(name: string): Promise<readonly SrvRecord[]> {
  return await new Resolver({ timeout: LOOKUP_MS, tries: 1 }).resolveSrv(name);
}
