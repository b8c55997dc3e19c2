import type { CaseResult, CheckResult, KnownFailureMatch } from './result.js';
import { caseKey } from './summary.js';

/** A clause that a target is known to break in one case, or by whose breach it keeps the case from being played. */
export interface KnownFailure {
  /** `broken`: the clause fails in the case; `blocked`: the case's precondition can't be reached. */
  readonly kind: 'broken' | 'blocked';
  readonly clause: string;
  readonly scenario: string;
  readonly case: string;
  /** One of them must be part of what the report says of each failure of the clause, or of what blocked the case. */
  readonly differences: readonly string[];
  readonly why: string;
  /** File beside the list with the exchange that shows it; empty when there is none. */
  readonly evidence: string;
  /** File and line of the entry. */
  readonly source: string;
}

/** The cases with their known failures marked, and the entries that must go. */
export interface KnownApplied {
  readonly cases: readonly CaseResult[];
  /** A sentence for each entry that passes now or that no case bears out. */
  readonly stale: readonly string[];
}

/**
 * Compares results with what is known; pure.
 * @param known entries of the file
 * @param exists whether there is such a case at all, selected or not (key of {@link caseKey})
 */
export function applyKnownFailures(
  cases: readonly CaseResult[],
  known: readonly KnownFailure[],
  exists: (key: string) => boolean,
): KnownApplied {
  const played = new Map(cases.map((item) => [caseKey(item.scenario, item.case), item]));
  const matches = new Map<string, KnownFailureMatch[]>();
  const stale: string[] = [];
  for (const entry of known) {
    const key = caseKey(entry.scenario, entry.case);
    const result = played.get(key);
    const where = `${entry.clause} in ${entry.scenario}, case "${entry.case}"`;
    if (result === undefined) {
      if (!exists(key))
        stale.push(`${entry.source}: there is no ${entry.scenario}, case "${entry.case}"; delete the line.`);
      continue;
    }
    const fit = fitOf(entry, result);
    if (fit === 'undecided') continue;
    if (fit === 'not-judged') {
      stale.push(`${entry.source}: ${where} is not judged there; delete the line.`);
      continue;
    }
    if (fit === 'unexpected-pass') {
      const now =
        entry.kind === 'blocked'
          ? `${entry.scenario}, case "${entry.case}", is blocked no more`
          : `${where} passes now`;
      stale.push(`${entry.source}: ${now}; delete the line.`);
    }
    const found = matches.get(key) ?? [];
    found.push({ status: fit, clause: entry.clause, why: entry.why });
    matches.set(key, found);
  }
  return {
    cases: cases.map((item) => ({ ...item, known: matches.get(caseKey(item.scenario, item.case)) ?? [] })),
    stale,
  };
}

/** How an entry fits a case: `undecided` where nothing was put to the test, `not-judged` where nothing ever is. */
export type KnownFit = KnownFailureMatch['status'] | 'undecided' | 'not-judged';

/** How an entry fits the result of its case. */
export function fitOf(entry: KnownFailure, result: CaseResult): KnownFit {
  if (result.outcome === 'error' || result.outcome === 'skipped') return 'undecided';
  if (entry.kind === 'blocked') {
    if (result.outcome !== 'blocked') return 'unexpected-pass';
    return isBlockedAsStated(result, entry) ? 'expected' : 'other-reason';
  }
  if (result.outcome === 'blocked') return 'undecided';
  const checks = result.checks.filter((check) => check.clause === entry.clause);
  if (checks.length === 0) return 'not-judged';
  if (checks.every((check) => check.outcome === 'untested' || check.outcome === 'error')) return 'undecided';
  const broken = checks.filter(isBroken);
  if (broken.length === 0) return 'unexpected-pass';
  return broken.every((check) => isAsStated(check, entry)) ? 'expected' : 'other-reason';
}

/** Whether the clause is broken there, a MUST or a SHOULD. */
export function isBroken(check: CheckResult): boolean {
  return check.outcome === 'fail' || check.outcome === 'warn';
}

/** Whether the case is blocked by what the entry says. */
export function isBlockedAsStated(result: CaseResult, entry: KnownFailure): boolean {
  return entry.differences.some((difference) => result.reason.includes(difference));
}

/** Whether the check says what the entry expects it to say. */
export function isAsStated(check: CheckResult, entry: KnownFailure): boolean {
  const said = failureText(check);
  return entry.differences.some((difference) => said.includes(difference));
}

/** What stands for a reason that nobody has given yet. */
export const NO_REASON = 'TODO: why';

/** Whether an entry says why: one without is accepted, and named. */
export function hasReason(why: string): boolean {
  return why !== '' && !/^TODO\b/.test(why);
}

/** What a failed check says, as one line: the text that an entry's expected difference is looked for in. */
export function failureText(check: CheckResult): string {
  const differences = check.differences.map(
    ({ path, expected, received }) => `${path}: expected ${expected}, received ${received}`,
  );
  return [check.reason, ...differences].join('; ').replaceAll(/\s+/g, ' ');
}

/** Whether the case is blocked, and known to be for the reason that it is. */
export function isKnownBlocked(result: CaseResult): boolean {
  return result.outcome === 'blocked' && result.known.some((match) => match.status === 'expected');
}

/** Whether every broken check of that severity is known and broken for the stated reason. */
export function isKnown(result: CaseResult, check: CheckResult): boolean {
  return result.known.some((match) => match.clause === check.clause && match.status === 'expected');
}
