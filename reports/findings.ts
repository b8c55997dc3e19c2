import type { CaseResult, CheckResult, Difference, Level, Spec } from '../harness/verdict/result.js';
import type { TranscriptEntry } from '../harness/wire/transcript.js';
import { groupBy } from './group.js';

/** Outcomes of a check that a report must explain. */
export type FindingOutcome = 'fail' | 'error' | 'warn';

/** A clause that an expectation proves and that didn't pass. */
export interface FindingClause {
  readonly clause: string;
  readonly spec: Spec;
  readonly level: Level;
  readonly summary: string;
  readonly outcome: FindingOutcome;
}

/** One expectation that was not met, with every clause that this concerns. */
export interface Finding {
  readonly outcome: FindingOutcome;
  readonly clauses: readonly FindingClause[];
  readonly kind: CheckResult['kind'];
  readonly at: string;
  readonly source: string;
  readonly expected: string;
  readonly received: string;
  readonly differences: readonly Difference[];
  readonly reasons: readonly string[];
  readonly transcript: readonly TranscriptEntry[];
}

const GRAVITY: readonly FindingOutcome[] = ['fail', 'error', 'warn'];

function isFinding(check: CheckResult): check is CheckResult & { readonly outcome: FindingOutcome } {
  return check.outcome === 'fail' || check.outcome === 'error' || check.outcome === 'warn';
}

/**
 * What went wrong in a case, gravest first: checks of the same expectation and observation together. A clause of
 * the other specification appears only beside one of `spec`.
 */
export function findings(result: CaseResult, spec: Spec): Finding[] {
  const groups = groupBy(result.checks.filter(isFinding), (check) =>
    JSON.stringify([check.source, check.at, check.kind, check.expected, check.received, check.differences]),
  );
  const found: Finding[] = [];
  for (const checks of groups.values()) {
    const own = checks.filter((check) => check.spec === spec);
    const [first] = own;
    if (!first) continue;
    const sorted = [...own, ...checks.filter((check) => check.spec !== spec)];
    found.push({
      outcome: GRAVITY.find((grave) => own.some((check) => check.outcome === grave)) ?? first.outcome,
      clauses: sorted.map(({ clause, spec: of, level, summary, outcome }) => ({
        clause,
        spec: of,
        level,
        summary,
        outcome,
      })),
      kind: first.kind,
      at: first.at,
      source: first.source,
      expected: first.expected,
      received: first.received,
      differences: first.differences,
      reasons: [...new Set(sorted.map((check) => check.reason).filter((reason) => reason !== ''))],
      transcript: first.transcript.length > 0 ? first.transcript : result.transcript,
    });
  }
  return found.sort((a, b) => GRAVITY.indexOf(a.outcome) - GRAVITY.indexOf(b.outcome));
}
