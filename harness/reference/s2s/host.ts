import type { SecureContext } from 'node:tls';
import type { Router } from '../router.js';
import type { Resolve } from './resolve.js';

/** What streams between servers can count on. */
export interface FederationHost {
  readonly router: Router;
  /** What this server's dialback keys are made from. */
  readonly secret: string;
  /** For STARTTLS in both directions; undefined: none. */
  readonly tls: SecureContext | undefined;
  readonly resolve: Resolve;
  /** Aborted when the server stops. */
  readonly stopped: AbortSignal;
  /** Milliseconds that a stream may take to be good for something, and a connection to end. */
  readonly timeoutMs: number;
}
