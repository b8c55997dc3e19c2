import { isKnown, isKnownBlocked } from './known.js';
import type { CaseResult, RunResult, Spec } from './result.js';

/** What the exit status depends on. */
export interface RunEnd {
  readonly cases: readonly CaseResult[];
  readonly spec: Spec;
  readonly strict: boolean;
  /** Why the run ended early; empty when it did not. */
  readonly interrupted: string;
  /** Entries of the known failures that must go. */
  readonly stale: readonly string[];
}

/**
 * The exit status of a run: 0 nothing broken that counts, 1 a MUST broken (with `strict` a SHOULD too) or a known
 * failure that is none any more, 2 harness or target kept cases from being judged
 * (but for blocked ones that are known), or all were skipped. (3, nothing selected, is known
 * before the run; no case at all is a shard that has none, and sound.)
 */
export function exitStatus(end: RunEnd): RunResult['exitStatus'] {
  const { cases, spec, strict } = end;
  if (end.interrupted !== '') return 2;
  if (end.stale.length > 0 || cases.some((item) => breaks(item, spec, strict))) return 1;
  const isUnjudged = (item: CaseResult) =>
    item.outcome === 'error' || (item.outcome === 'blocked' && !isKnownBlocked(item));
  // Nothing but skipped cases looks like a pass and is none.
  const isIdle = cases.length > 0 && cases.every((item) => item.outcome === 'skipped');
  return cases.some(isUnjudged) || isIdle ? 2 : 0;
}

function breaks(result: CaseResult, spec: Spec, strict: boolean): boolean {
  return result.checks.some(
    (check) =>
      check.spec === spec &&
      (check.outcome === 'fail' || (strict && check.outcome === 'warn')) &&
      !isKnown(result, check),
  );
}
