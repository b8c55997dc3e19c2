import type { CheckOutcome, Outcome, Spec } from '../../harness/verdict/result.js';

/** One server to be played: what is wrong or different about it, and which scenarios to play. */
export interface Job {
  readonly id: string;
  readonly spec: Spec;
  readonly faults: readonly string[];
  readonly variations: readonly string[];
  /** Where the contacts live: on a component, which is cheap, or on a server that federates with the one that is judged. */
  readonly contactsBy: 'component' | 's2s';
  /** Scenario ids. */
  readonly only: readonly string[];
  /** Clauses of a fault: the run may end once each has failed. None: everything is played. */
  readonly until: readonly string[];
  /** What the sound server of the specification breaks of them, by {@link breachKey}: that shows no fault. */
  readonly baseline: readonly string[];
  /** Plays the scenarios one by one and tells which variations each of them would notice. */
  readonly isSurvey: boolean;
}

/** The key of a clause broken in a case. */
export function breachKey(scenario: string, name: string, clause: string): string {
  return `${scenario} ${name} ${clause}`;
}

/** What the scenarios said of it. */
export interface JobResult {
  readonly cases: readonly JobCase[];
  /** Why the run ended early; empty when it did not. */
  readonly interrupted: string;
  /** What the preflight found that decides how cases are played. */
  readonly preflight: string;
  /** By variation, the scenarios in which it would have decided otherwise; filled by a survey. */
  readonly noticed: Readonly<Record<string, readonly string[]>>;
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
  /** The MAY clauses that the server made use of. */
  readonly liberties: readonly string[];
  /** The options that the server took, by the name of the choice. */
  readonly choices: readonly { readonly name: string; readonly taken: string }[];
}
