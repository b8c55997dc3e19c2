/**
 * xmpp-conform as a library: judge a server from a program, read a result back, render it. What is exported here is the
 * interface that semantic versioning speaks of; docs/library.md shows how to use it.
 */

export { renderCase, renderText } from '../reports/plain.js';
export { readResult } from '../reports/read.js';
export {
  REPORT_FORMATS,
  ReportError,
  type ReportFormat,
  renderReport,
  writeReports,
} from '../reports/write.js';
export { UsageError } from './config.js';
export { FixtureError } from './fixture.js';
export { type ReadyTarget, type RunOptions, run } from './library.js';
export type {
  CaseResult,
  CheckOutcome,
  CheckResult,
  ChoiceResult,
  ClauseCounts,
  ClauseOutcome,
  ClauseResult,
  Difference,
  KnownFailureMatch,
  Lateness,
  Level,
  Outcome,
  RunResult,
  ScenarioText,
  SectionTitle,
  Shard,
  Spec,
} from './verdict/result.js';
export type { EntryKind, TranscriptEntry } from './wire/transcript.js';
