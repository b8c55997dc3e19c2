import type { Element } from '../../wire/element.js';
import { parseJid } from '../jid.js';
import type { Mode } from '../policy.js';
import { type DomainPair, pairKey } from './dialback.js';

/** What becomes of a stanza from another server: it is taken or ignored, or ends the stream with that condition. */
export type InboundFate =
  | 'taken'
  | 'ignored'
  | 'improper-addressing'
  | 'invalid-from'
  | 'host-unknown'
  | 'host-gone'
  | 'not-authorized';

/** The domain pairs that have been verified on one stream. */
export class VerifiedPairs {
  readonly #pairs = new Set<string>();
  readonly #senders = new Set<string>();

  /** How many there are. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Adds a pair. */
  add(pair: DomainPair): void {
    this.#pairs.add(pairKey(pair));
    this.#senders.add(pair.from);
  }

  /** Whether exactly this pair has been verified. */
  has(pair: DomainPair): boolean {
    return this.#pairs.has(pairKey(pair));
  }

  /** Whether the domain is the sender in some pair. */
  hasSender(domain: string): boolean {
    return this.#senders.has(domain);
  }
}

/**
 * Decides about a stanza of another server (RFC 3920 8.3, RFC 6120 8.1.1.2 and 8.1.2.2). Before any pair has been
 * verified RFC 3920 drops stanzas silently; RFC 6120 ends the stream (4.9.3.12).
 */
export function inboundFate(mode: Mode, { attrs }: Element, verified: VerifiedPairs): InboundFate {
  if (verified.size === 0) return mode === 'rfc3921' ? 'ignored' : 'not-authorized';
  const from = parseJid(attrs.from ?? '')?.domain;
  const to = parseJid(attrs.to ?? '')?.domain;
  if (from === undefined || to === undefined) return 'improper-addressing';
  if (!verified.hasSender(from)) return 'invalid-from';
  return verified.has({ from, to }) ? 'taken' : 'host-unknown';
}
