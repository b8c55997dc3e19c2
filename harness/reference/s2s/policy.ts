import type { Element } from '../../wire/element.js';
import type { Mode } from '../policy.js';
import type { ErrorType } from '../stanza.js';
import { type DomainPair, dialbackKey, type KeyParts } from './dialback.js';
import type { InboundFate } from './fate.js';

/** Why stanzas can't be sent to another domain. */
export type Failure =
  /** its name leads to no address */
  | 'unresolved'
  /** no stream came about in time, or none that was good for stanzas */
  | 'unreachable'
  /** it takes the key for invalid */
  | 'refused';

/** The error that says so. */
export interface FailureError {
  readonly type: ErrorType;
  readonly condition: string;
}

/** What the authoritative server says of a key, or why it says nothing. */
export type Verdict = 'valid' | 'invalid' | Exclude<Failure, 'refused'>;

/** Decisions about other servers that a fault or a variation may take differently. */
export interface FederationPolicy {
  /** SRV names to look up, one after the other until one has records. */
  lookups(names: readonly string[]): readonly string[];
  /** When the domain's own address is taken: where no SRV record was found, never, or after those that were found too. */
  readonly addressFallback: 'without-records' | 'never' | 'always';
  /** SRV records are taken in the order of their priority. */
  readonly heedsPriority: boolean;
  /** STARTTLS is offered to servers that connect. */
  readonly offersTls: boolean;
  /** TLS is negotiated where it is offered. */
  readonly takesTls: boolean;
  /** Dialback is announced among the stream features. */
  readonly announcesDialback: boolean;
  /** Key that this server proves itself with. */
  key(secret: string, parts: KeyParts): string;
  /** The authoritative server is asked for keys that come. */
  readonly verifiesKeys: boolean;
  /** What is made of its answer. */
  verdict(said: Verdict): Verdict;
  /** An answer that belongs to no question is believed. */
  readonly believesUnsolicited: boolean;
  /** The answer to a server that asks for a key. */
  vouches(isOwn: boolean): boolean;
  /** What becomes of a key for another pair on a stream that is proved: it is taken, refused, or ends the stream. */
  readonly furtherPairs: 'taken' | 'refused' | 'fatal';
  /**
   * What becomes of a stream whose key is denied: the other server is told and the stream closed, told alone, only the stream
   * closed, or the other server answered with a dialback error.
   */
  readonly invalidKey: 'told-and-closed' | 'told' | 'untold' | 'refused';
  /** What becomes of a stanza that another server has sent. */
  inboundFate(fate: InboundFate, stanza: Element): InboundFate;
  /** The pair whose stream a stanza takes. */
  outboundPair(pair: DomainPair): DomainPair;
  /** A stanza as it is written to another server. */
  outbound(stanza: Element): Element;
  /** Whether what waits goes on waiting until the pair has been verified. */
  awaitsResult(waiting: readonly Element[]): boolean;
  /** What is sent, in order, of what has waited for the stream. */
  released(waiting: readonly Element[]): readonly Element[];
  /** The error for what has waited in vain; undefined: none. */
  failureError(failure: Failure): FailureError | undefined;
}

/** The decisions of the sound server. */
export function soundFederation(mode: Mode): FederationPolicy {
  return {
    lookups: (names) => names,
    addressFallback: 'without-records',
    heedsPriority: true,
    offersTls: true,
    takesTls: true,
    announcesDialback: true,
    key: dialbackKey,
    verifiesKeys: true,
    verdict: (said) => said,
    believesUnsolicited: false,
    vouches: (isOwn) => isOwn,
    furtherPairs: 'taken',
    invalidKey: 'told-and-closed',
    inboundFate: (fate) => fate,
    outboundPair: (pair) => pair,
    outbound: (stanza) => stanza,
    awaitsResult: () => true,
    released: (waiting) => waiting,
    failureError: (failure) => failureError(mode, failure),
  };
}

/** RFC 6120 10.4.3; for an invalid key XEP-0220 2.1.1. RFC 3920 9.3.3 has another type for internal-server-error. */
function failureError(mode: Mode, failure: Failure): FailureError {
  switch (failure) {
    case 'unresolved':
      return { type: 'cancel', condition: 'remote-server-not-found' };
    case 'unreachable':
      return { type: 'wait', condition: 'remote-server-timeout' };
    case 'refused':
      return { type: mode === 'rfc3921' ? 'wait' : 'cancel', condition: 'internal-server-error' };
  }
}
