import type { PlayableCase } from '../scenario/types.js';
import type { TranscriptEntry } from '../wire/transcript.js';
import type { CheckResult, Difference } from './result.js';

/** What came of one check, before levels and contradictions turn it into verdicts. */
export interface Finding {
  readonly kind: CheckResult['kind'];
  readonly at: string;
  readonly line: number;
  readonly proves: readonly string[];
  readonly satisfied: 'yes' | 'no' | 'untested';
  readonly expected: string;
  readonly received: string;
  readonly differences: readonly Difference[];
  readonly reason: string;
  /** Rests on silence: only as good as the fence that proved it. */
  readonly negative: boolean;
}

/** A choice that was taken. */
export interface ChoiceFinding {
  readonly name: string;
  readonly taken: string;
  readonly options: readonly string[];
  readonly clauses: readonly string[];
}

/** The way that stanzas went, by which lateness is kept. */
export type FencePath = 'inbound' | 'outbound' | 'log-in' | 'leave' | 'read-back';

/** A finding with what is needed to show and to weigh it. */
export interface PlayedFinding extends Finding {
  readonly path: FencePath;
  /** The entries of the transcript that led to it. */
  readonly from: number;
  readonly to: number;
}

/** What one case showed, not yet judged. */
export interface PlayedCase {
  readonly play: PlayableCase;
  /** `played`, or why not. */
  readonly ending: 'played' | 'blocked' | 'skipped' | 'error';
  readonly reason: string;
  readonly findings: readonly PlayedFinding[];
  readonly choices: readonly ChoiceFinding[];
  /** How long after its fence each expected stanza came, in milliseconds. */
  readonly lateness: readonly { readonly path: FencePath; readonly ms: number }[];
  readonly schemaViolations: readonly string[];
  readonly transcript: readonly TranscriptEntry[];
  readonly durationMs: number;
}
