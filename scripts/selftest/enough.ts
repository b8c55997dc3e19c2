import type { CaseResult, RunProgress } from '../../harness/verdict/result.js';
import { breachKey } from './job.js';

/** Why a run was ended that has shown what it was made for. */
export const SHOWN = 'every clause that the fault names has failed';

/**
 * Watches a run for the clauses that a fault names, and aborts it once each has failed in a case in which the sound
 * server keeps it: what more the fault breaks proves no other check.
 */
export class Enough implements RunProgress {
  readonly #left: Set<string>;
  readonly #baseline: ReadonlySet<string>;
  readonly #abort = new AbortController();

  /**
   * @param clauses full ids; none: the run is played to its end
   * @param baseline what the sound server breaks, by {@link breachKey}
   */
  constructor(clauses: readonly string[], baseline: readonly string[]) {
    this.#left = new Set(clauses);
    this.#baseline = new Set(baseline);
  }

  /** For the run. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  caseEnded({ scenario, case: name, checks }: CaseResult): void {
    for (const { clause, outcome } of checks) {
      const isBroken = outcome === 'fail' || outcome === 'warn';
      if (!isBroken || this.#baseline.has(breachKey(scenario, name, clause))) continue;
      if (this.#left.delete(clause) && this.#left.size === 0) this.#abort.abort(SHOWN);
    }
  }
}
