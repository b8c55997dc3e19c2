import type { Difference, Lateness, Level, Spec } from '../verdict/result.js';
import type { TranscriptEntry } from '../wire/transcript.js';

/** One of the two servers: `target` has the user of a play, `peer` the contact. */
export type End = 'target' | 'peer';

/**
 * What came of a case. `agree`: each end showed what the clauses of its own server demand. `departs`: something else, and the own
 * record of an end breaks a clause by which it had a part in it. `gap`: something else though the records of both ends keep those
 * clauses, or a permitted choice by which people lose something. `unattributed`: something else, and no record that could tell.
 * `blocked` and `error` as in any run.
 */
export type InteropOutcome = 'agree' | 'departs' | 'gap' | 'unattributed' | 'blocked' | 'error';

/**
 * What the record of an end says of a clause: `breaks elsewhere` where it is broken only in cases less like this one than others
 * that keep it, `none` where no record was given.
 */
export type Standing = 'breaks' | 'breaks elsewhere' | 'keeps' | 'not judged' | 'none';

/** A clause that would have had to be kept for an expectation to be met. */
export interface ClauseInQuestion {
  /** Full clause id. */
  readonly clause: string;
  readonly level: Level;
  /** In the project's own words. */
  readonly summary: string;
  /** The server that has to keep it. */
  readonly end: End;
  readonly standing: Standing;
  /** A case of the own run of that server that shows it broken, `SCENARIO#CASE`; empty otherwise. */
  readonly shownBy: string;
  /** Why that run takes it for a known failure; empty where it does not. */
  readonly known: string;
}

/** An expectation that was not met. */
export interface InteropDifference {
  /** The party that was watched. */
  readonly at: string;
  /** The server of that party. */
  readonly end: End;
  /** Scenario file and line. */
  readonly source: string;
  readonly expected: string;
  /** The nearest that came; empty when nothing did. */
  readonly received: string;
  readonly reason: string;
  readonly differences: readonly Difference[];
  /** What both clients sent and received in the exchange that led here, without markers and negotiation. */
  readonly exchange: readonly TranscriptEntry[];
  readonly verdict: 'departs' | 'gap' | 'unattributed';
  /** The ends that depart; empty unless the verdict says so. */
  readonly departs: readonly End[];
  readonly clauses: readonly ClauseInQuestion[];
}

/** A permitted alternative that a server took. */
export interface InteropChoice {
  readonly name: string;
  readonly taken: string;
  readonly by: End;
  /** What people lose by it; empty: nothing. */
  readonly gap: string;
}

/** One case between two servers. */
export interface InteropCase {
  readonly scenario: string;
  readonly case: string;
  readonly title: string;
  readonly outcome: InteropOutcome;
  /** The ends that depart, in any of the differences. */
  readonly departs: readonly End[];
  /** Why it was blocked or not judged; empty otherwise. */
  readonly reason: string;
  readonly differences: readonly InteropDifference[];
  readonly choices: readonly InteropChoice[];
  readonly durationMs: number;
  /** What both clients sent and received; where the case was played, without the markers of the fence. */
  readonly transcript: readonly TranscriptEntry[];
}

/** A server of a pair. */
export interface InteropServer {
  /** What reports call it. */
  readonly name: string;
  readonly domain: string;
  /** Software and version (XEP-0092); empty where it doesn't say. */
  readonly software: string;
  /** Where its record was read; empty where none was given. */
  readonly record: string;
}

/** An ordered pair: the user on the target, the contact on the peer; `reports/interop/pair.schema.json` describes its JSON form. */
export interface InteropResult {
  readonly tool: { readonly name: 'xmpp-conform'; readonly version: string };
  readonly target: InteropServer;
  readonly peer: InteropServer;
  /** The specification whose clauses decide for both ends. */
  readonly spec: Spec;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Why the run ended early; empty when it did not. */
  readonly interrupted: string;
  readonly cases: readonly InteropCase[];
  /** How long after its fence an expected stanza still arrived. */
  readonly latenessMs: Lateness;
}

/** The outcomes, the gravest first. */
export const INTEROP_OUTCOMES: readonly InteropOutcome[] = [
  'error',
  'blocked',
  'departs',
  'unattributed',
  'gap',
  'agree',
];

/** How many cases had each outcome. */
export function countOutcomes(cases: readonly InteropCase[]): Readonly<Record<InteropOutcome, number>> {
  const counts = { agree: 0, departs: 0, gap: 0, unattributed: 0, blocked: 0, error: 0 };
  for (const { outcome } of cases) counts[outcome]++;
  return counts;
}

/**
 * The exit status of pairs: 0 everywhere agreement, 1 a departure, a gap or a difference that no record explains, 2 cases that were
 * not judged, or runs that ended early.
 */
export function interopStatus(results: readonly InteropResult[]): 0 | 1 | 2 {
  if (results.some(({ interrupted }) => interrupted !== '')) return 2;
  const outcomes = new Set(results.flatMap(({ cases }) => cases.map(({ outcome }) => outcome)));
  if (outcomes.has('departs') || outcomes.has('gap') || outcomes.has('unattributed')) return 1;
  return outcomes.has('blocked') || outcomes.has('error') ? 2 : 0;
}
