import { isIP } from 'node:net';
import { type Answer, type Question, RCODE, type ResourceRecord, TYPE } from './message.js';

/** The SRV services that lead to a server: RFC 6120 3.2.1, and what RFC 3921 11.2 falls back on. */
export type Service = '_xmpp-server._tcp' | '_im._xmpp' | '_pres._xmpp';

/** What the name service says of a domain and of all below it. */
export type DomainRule =
  | {
      /** The port in the SRV record of each service that has one. */
      readonly srv: Readonly<Partial<Record<Service, number>>>;
      /** Whether the domain itself has an address. */
      readonly hasAddress: boolean;
    }
  /** Such queries are never answered. */
  | 'silent'
  /** There is no such domain. */
  | 'absent';

/** What the responder knows. */
export interface Zone {
  /** The IPv4 or IPv6 address of every domain that has one. */
  readonly address: string;
  /** By domain in lower case; the longest that a name lies within counts. */
  readonly domains: ReadonlyMap<string, DomainRule>;
}

/**
 * Where SRV records point on loopback. Servers that resolve addresses by the hosts file alone find no other name.
 */
const LOCALHOST = 'localhost';

/** The answer to a question; undefined where the rule is to stay silent. */
export function answerQuestion(zone: Zone, { name, type }: Question): Answer | undefined {
  if (name === LOCALHOST) return { rcode: RCODE.ok, records: addresses(loopback(zone), type) };
  const service = /^(_[^.]+\._[^.]+)\.(.*)$/.exec(name);
  const domain = service?.[2] ?? name;
  const rule = ruleOf(zone, domain);
  if (rule === 'silent') return undefined;
  if (rule === undefined || rule === 'absent') return { rcode: RCODE.nameError, records: [] };
  if (service === null) {
    return { rcode: RCODE.ok, records: rule.hasAddress ? addresses(zone.address, type) : [] };
  }
  const port = Object.entries(rule.srv).find(([known]) => known === service[1])?.[1];
  if (port === undefined) return { rcode: RCODE.nameError, records: [] };
  const asked = type === TYPE.srv || type === TYPE.any;
  const target = isLoopback(zone.address) ? LOCALHOST : domain;
  return { rcode: RCODE.ok, records: asked ? [{ type: TYPE.srv, port, target }] : [] };
}

function addresses(address: string, type: number): ResourceRecord[] {
  const own = isIP(address) === 6 ? TYPE.aaaa : TYPE.a;
  return type === own || type === TYPE.any ? [{ type: own, address }] : [];
}

function ruleOf(zone: Zone, name: string): DomainRule | undefined {
  for (
    let domain = name;
    domain !== '';
    domain = domain.includes('.') ? domain.replace(/^[^.]*\./, '') : ''
  ) {
    const rule = zone.domains.get(domain);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

function loopback({ address }: Zone): string {
  return isLoopback(address) ? address : '127.0.0.1';
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
