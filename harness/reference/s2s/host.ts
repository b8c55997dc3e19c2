import type { SecureContext } from 'node:tls';
import type { Router } from '../router.js';
import type { XmlStream } from '../stream.js';
import type { Resolve } from './resolve.js';

/** What streams between servers can count on. */
export interface FederationHost {
  readonly router: Router;
  /** What this server's dialback keys are made from. */
  readonly secret: string;
  /** For STARTTLS in both directions; undefined: none. */
  readonly tls: SecureContext | undefined;
  readonly resolve: Resolve;
  /** Streams are for both directions wherever the other server can (XEP-0288). */
  readonly isBidirectional: boolean;
  /** Streams for both directions that other servers have opened, by the pair that may be sent for over them. */
  readonly bidi: Map<string, XmlStream>;
  /** Aborted when the server stops. */
  readonly stopped: AbortSignal;
  /** Milliseconds that a stream may take to be good for something, and a connection to end. */
  readonly timeoutMs: number;
}
