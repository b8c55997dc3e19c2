import type { CheckOutcome, Outcome, Spec } from '../../harness/verdict/result.js';

/** One server to be played: what is wrong or different about it, and which scenarios to play. */
export interface Job {
  readonly id: string;
  readonly spec: Spec;
  readonly faults: readonly string[];
  readonly variations: readonly string[];
  /** Scenario ids; none: all. */
  readonly only: readonly string[];
}

/** What the scenarios said of it. */
export interface JobResult {
  readonly cases: readonly JobCase[];
  /** Why the run ended early; empty when it did not. */
  readonly interrupted: string;
}

/** One case, with the checks that did not simply pass. */
export interface JobCase {
  readonly scenario: string;
  readonly case: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly broken: readonly {
    readonly clause: string;
    readonly outcome: CheckOutcome;
    readonly reason: string;
  }[];
}
