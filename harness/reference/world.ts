import type { Accounts } from './accounts.js';
import type { Policy } from './policy.js';

/** What every decision of the server may look at. */
export interface World {
  readonly domain: string;
  readonly policy: Policy;
  readonly accounts: Accounts;
}
