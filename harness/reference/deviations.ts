import type { Accounts } from './accounts.js';
import { type Mode, type Policy, soundPolicy } from './policy.js';

/** Takes single decisions of a policy differently; whatever it remembers lasts as long as one server. */
export type Deviate = (policy: Policy, accounts: Accounts) => Partial<Policy>;

/** A deliberate deviation that some clause forbids. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  /** Clause ids, at least one of which must fail or warn. */
  readonly breaks: readonly string[];
  /** The modes in which the deviation is a fault; both when absent. */
  readonly specs?: readonly Mode[];
  readonly deviate: Deviate;
}

/** A deviation that no clause forbids. */
export interface Variation {
  readonly id: string;
  readonly title: string;
  /** The modes in which it is permitted; both when absent. */
  readonly specs?: readonly Mode[];
  readonly deviate: Deviate;
}

/**
 * The policy of a server with deviations.
 * @param wanted ids
 * @param known where the ids are looked up
 * @throws {Error} when an id is unknown or does not apply in the mode
 */
export function policyOf(
  mode: Mode,
  wanted: readonly string[],
  known: readonly (Fault | Variation)[],
  accounts: Accounts,
): Policy {
  let policy = soundPolicy(mode);
  for (const id of wanted) {
    const deviation = known.find((candidate) => candidate.id === id);
    if (deviation === undefined) {
      throw new Error(`The reference server has no fault or variation named ${id}; its register lists them.`);
    }
    if (deviation.specs !== undefined && !deviation.specs.includes(mode)) {
      throw new Error(
        `${id} does not apply to a server of ${mode}, only to one of ${deviation.specs.join()}.`,
      );
    }
    policy = { ...policy, ...deviation.deviate(policy, accounts) };
  }
  return policy;
}
