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
    if (result.outcome === 'error' || result.outcome === 'skipped') continue;
    const found = matches.get(key) ?? [];
    if (entry.kind === 'blocked') {
      const status = statusOfBlocked(result, entry);
      if (status === 'unexpected-pass') {
        stale.push(
          `${entry.source}: ${entry.scenario}, case "${entry.case}", is blocked no more; delete the line.`,
        );
      }
      found.push({ status, clause: entry.clause, why: entry.why });
      matches.set(key, found);
      continue;
    }
    if (result.outcome === 'blocked') continue;
    const checks = result.checks.filter((check) => check.clause === entry.clause);
    const broken = checks.filter((check) => check.outcome === 'fail' || check.outcome === 'warn');
    if (checks.length === 0) {
      stale.push(`${entry.source}: ${where} is not judged there; delete the line.`);
      continue;
    }
    // What was not put to the test neither fails nor passes.
    if (checks.every((check) => check.outcome === 'untested' || check.outcome === 'error')) continue;
    const status =
      broken.length === 0
        ? 'unexpected-pass'
        : broken.every((check) => isAsStated(check, entry))
          ? 'expected'
          : 'other-reason';
    if (status === 'unexpected-pass') stale.push(`${entry.source}: ${where} passes now; delete the line.`);
    found.push({ status, clause: entry.clause, why: entry.why });
    matches.set(key, found);
  }
  return {
    cases: cases.map((item) => ({ ...item, known: matches.get(caseKey(item.scenario, item.case)) ?? [] })),
    stale,
  };
}

function statusOfBlocked(result: CaseResult, entry: KnownFailure): KnownFailureMatch['status'] {
  if (result.outcome !== 'blocked') return 'unexpected-pass';
  return entry.differences.some((difference) => result.reason.includes(difference))
    ? 'expected'
    : 'other-reason';
}

function isAsStated(check: CheckResult, entry: KnownFailure): boolean {
  const said = failureText(check);
  return entry.differences.some((difference) => said.includes(difference));
}

/** What a failed check says, as one line: the text that an entry's expected difference is looked for in. */
export function failureText(check: CheckResult): string {
  const differences = check.differences.map(
    ({ path, expected, received }) => `${path}: expected ${expected}, received ${received}`,
  );
  return [check.reason, ...differences].join('; ');
}

/** Whether the case is blocked, and known to be for the reason that it is. */
export function isKnownBlocked(result: CaseResult): boolean {
  return result.outcome === 'blocked' && result.known.some((match) => match.status === 'expected');
}

/** Whether every broken check of that severity is known and broken for the stated reason. */
export function isKnown(result: CaseResult, check: CheckResult): boolean {
  return result.known.some((match) => match.clause === check.clause && match.status === 'expected');
}
