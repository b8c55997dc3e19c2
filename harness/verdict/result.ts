import type { TranscriptEntry } from '../wire/transcript.js';

/** The specifications that are judged side by side. */
export type Spec = 'rfc3921' | 'rfc6121';

/** Requirement levels (RFC 2119). */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY';

/** The outcome of a case; ARCHITECTURE.md, "Outcome vocabulary". */
export type Outcome = 'pass' | 'warn' | 'fail' | 'blocked' | 'skipped' | 'error';

/**
 * The outcome of one clause at one expectation: `pass`; `fail` (a MUST or MUST NOT broken); `warn` (a SHOULD or
 * SHOULD NOT broken); `excused` (broken, but a clause of the same RFC that contradicts it was satisfied);
 * `untested` (what it speaks of did not come about, or a MAY not taken); `error` (could not be judged).
 */
export type CheckOutcome = 'pass' | 'fail' | 'warn' | 'excused' | 'untested' | 'error';

/** One place where what was received departs from what was expected. */
export interface Difference {
  /** Where in the stanza: `presence/@from`, `iq/query/item/@subscription`; empty for the stanza as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly received: string;
}

/** The verdict on one clause at one expectation of a case. */
export interface CheckResult {
  /** Full clause id: `rfc6121:3.1.6/deliver`. */
  readonly clause: string;
  readonly spec: Spec;
  readonly level: Level;
  /** The clause in the project's own words, from the catalogue. */
  readonly summary: string;
  readonly outcome: CheckOutcome;
  readonly kind: 'expect' | 'never' | 'closed' | 'open' | 'assert' | 'order' | 'asked' | 'state' | 'choice';
  /** The party that was watched: `romeo/orchard`, `juliet`. */
  readonly at: string;
  /** Scenario file and line of the expectation. */
  readonly source: string;
  /** The expectation as XML or as a sentence. */
  readonly expected: string;
  /** The nearest stanza received, or an empty string when nothing came. */
  readonly received: string;
  readonly differences: readonly Difference[];
  /** One sentence: why this outcome. Empty on a pass. */
  readonly reason: string;
  /** The exchange that led here; empty on a pass, where the transcript of the case serves. */
  readonly transcript: readonly TranscriptEntry[];
}

/** A permitted alternative that the server took. */
export interface ChoiceResult {
  /** Name of the choice in the scenario. */
  readonly name: string;
  readonly scenario: string;
  readonly case: string;
  /** Name of the option taken; empty when none was. */
  readonly taken: string;
  readonly options: readonly string[];
  readonly clauses: readonly string[];
}

/** How a known failure fits what came out. */
export interface KnownFailureMatch {
  readonly status: 'expected' | 'other-reason' | 'unexpected-pass';
  readonly clause: string;
  readonly why: string;
}

/** Everything about one case. */
export interface CaseResult {
  /** Scenario id: `subscription/inbound-subscribed`. */
  readonly scenario: string;
  /** Case name, unique in its scenario: `none + pending out`. */
  readonly case: string;
  readonly title: string;
  /** RFC sections that the case's clauses belong to. */
  readonly sections: readonly string[];
  /** Under the specification chosen. */
  readonly outcome: Outcome;
  /** Outcome under each specification. */
  readonly specs: Readonly<Record<Spec, Outcome>>;
  /** For blocked, skipped and error: what, where, what to do. Empty otherwise. */
  readonly reason: string;
  readonly durationMs: number;
  readonly checks: readonly CheckResult[];
  readonly choices: readonly ChoiceResult[];
  /** Stanzas from the target that the protocol schemas reject; judged only where a clause says so. */
  readonly schemaViolations: readonly string[];
  readonly known: readonly KnownFailureMatch[];
  /** The whole exchange; where the case passed, the markers of each fence are folded into one entry. */
  readonly transcript: readonly TranscriptEntry[];
}

/**
 * What a run says of one clause: the worst of its checks. A broken SHOULD is `fail` too: it is the level that makes it
 * a warning. `untested`: no case of the run put it to the test; `unjudged`: no scenario ever does.
 */
export type ClauseOutcome = 'pass' | 'fail' | 'blocked' | 'untested' | 'unjudged';

/** One clause of the catalogue and what the run says of it. */
export interface ClauseResult {
  /** Full clause id: `rfc6121:3.1.6/deliver`. */
  readonly id: string;
  /** The document's short name: `rfc6121`, `xep0191`. */
  readonly document: string;
  /** The scoreboard that it counts to. */
  readonly spec: Spec;
  /** Section number: `3.1.6`. */
  readonly section: string;
  readonly level: Level;
  readonly role: 'server' | 'client';
  /** The clause in the project's own words. */
  readonly summary: string;
  readonly outcome: ClauseOutcome;
  /** One sentence: why no scenario judges it. Empty when one does. */
  readonly why: string;
  /** Full ids of clauses of the same specification that say otherwise. */
  readonly contradicts: readonly string[];
  /** Full ids of clauses of the other specification that cannot be kept together with it. */
  readonly differs: readonly string[];
  /** Ids of the scenarios that judge it, played or not. */
  readonly scenarios: readonly string[];
}

/** The title of one section, as the catalogue has it. */
export interface SectionTitle {
  readonly document: string;
  readonly section: string;
  readonly title: string;
}

/** A scenario of the run, for people to read. */
export interface ScenarioText {
  readonly id: string;
  readonly title: string;
  /** Path of the scenario file within the package. */
  readonly file: string;
  /** Who is there, what happens and what must follow: plain text, laid out in lines. */
  readonly prose: string;
}

/** Counts of clauses for one specification and level. */
export interface ClauseCounts {
  readonly pass: number;
  readonly fail: number;
  readonly blocked: number;
  readonly untested: number;
}

/** Percentiles in milliseconds. */
export interface Lateness {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The whole run; `reports/result.schema.json` describes its JSON form. */
export interface RunResult {
  readonly tool: { readonly name: 'xmpp-conform'; readonly version: string };
  readonly target: {
    /** `127.0.0.1:5222`, or `embedded (rfc3921)`. */
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly domain: string;
    /** What the software calls itself, with its version (XEP-0092): `Prosody 0.12.3`; absent where it doesn't say. */
    readonly software?: string;
    /** What the preflight found, a sentence each. */
    readonly findings: readonly string[];
    /** Features offered: `stream:session`, `pre-approval`, `component`, `registration` ... */
    readonly features: readonly string[];
  };
  readonly selection: {
    readonly spec: Spec;
    readonly strict: boolean;
    readonly only: readonly string[];
    readonly skip: readonly string[];
    readonly sections: readonly string[];
    readonly jobs: number;
    readonly timeoutMs: number;
    readonly settleMs: number;
    /** Set when the run plays a part of the cases alone. */
    readonly shard?: Shard;
  };
  readonly startedAt: string;
  readonly durationMs: number;
  /** Set when the run ended before every case was played: Ctrl-C, lost target. */
  readonly interrupted: string;
  readonly exitStatus: 0 | 1 | 2 | 3;
  readonly summary: {
    readonly cases: Readonly<Record<Outcome, number>>;
    readonly specs: Readonly<Record<Spec, Readonly<Record<Level, ClauseCounts>>>>;
  };
  /** Every clause of the catalogue, in its order. */
  readonly clauses: readonly ClauseResult[];
  readonly sections: readonly SectionTitle[];
  /** The scenarios selected, in the order of the suites; those of a shard are those of the whole selection. */
  readonly scenarios: readonly ScenarioText[];
  readonly cases: readonly CaseResult[];
  readonly choices: readonly ChoiceResult[];
  readonly knownFailures: {
    readonly file: string;
    /** Entries that matched no case played, or that passed: a sentence each; they fail the run. */
    readonly stale: readonly string[];
  };
  readonly fence: {
    /** How long after its fence an expected stanza still arrived. */
    readonly latenessMs: Lateness;
    readonly paths: Readonly<Record<string, Lateness & { readonly samples: number }>>;
  };
}

/** The part of the selected cases that a run plays: every `count`th, from the `index`th on. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** Told to a progress display while a run goes on. */
export interface RunProgress {
  caseEnded(result: CaseResult, done: number, total: number): void;
}
