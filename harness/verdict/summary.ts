import type { PlayedCase } from './finding.js';
import type {
  CaseResult,
  CheckOutcome,
  ClauseCounts,
  ClauseOutcome,
  ClauseResult,
  Lateness,
  Level,
  Outcome,
  RunResult,
  Spec,
} from './result.js';

/** The specifications judged. */
export const SPECS: readonly Spec[] = ['rfc3921', 'rfc6121'];

/** The requirement levels, strictest first. */
export const LEVELS: readonly Level[] = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'];

/**
 * The outcome of every server-role clause that a scenario could judge; pure.
 *
 * A broken SHOULD counts as `fail` in its own row of the scoreboard: it is the level that makes it a warning.
 * @param cited the clauses that the cases of the run prove, by case (`scenario case`)
 */
export function clauseOutcomes(
  cases: readonly CaseResult[],
  cited: ReadonlyMap<string, readonly string[]>,
): Map<string, JudgedOutcome> {
  const outcomes = new Map<string, JudgedOutcome>();
  const note = (clause: string, outcome: JudgedOutcome) => {
    const before = outcomes.get(clause);
    outcomes.set(clause, before === undefined ? outcome : worseOutcome(before, outcome));
  };
  for (const item of cases) {
    for (const check of item.checks) note(check.clause, CLAUSE_OUTCOME[check.outcome]);
    if (item.outcome === 'blocked' || item.outcome === 'error') {
      for (const clause of cited.get(caseKey(item.scenario, item.case)) ?? []) note(clause, 'blocked');
    }
  }
  return outcomes;
}

/** The outcome that counts of two that say something of one clause. */
export function worseOutcome<T extends ClauseOutcome>(a: T, b: T): T {
  return RANK[b] > RANK[a] ? b : a;
}

/** What a run can say of a clause that scenarios judge. */
type JudgedOutcome = Exclude<ClauseOutcome, 'unjudged'>;

/** The key of a case within a run. */
export function caseKey(scenario: string, name: string): string {
  return `${scenario} ${name}`;
}

const RANK: Readonly<Record<ClauseOutcome, number>> = {
  unjudged: 0,
  untested: 1,
  pass: 2,
  blocked: 3,
  fail: 4,
};

const CLAUSE_OUTCOME: Readonly<Record<CheckOutcome, JudgedOutcome>> = {
  pass: 'pass',
  excused: 'pass',
  fail: 'fail',
  warn: 'fail',
  error: 'blocked',
  untested: 'untested',
};

/** Counts of the clauses that scenarios judge, by specification, level and outcome. */
export function scoreboard(clauses: readonly ClauseResult[]): RunResult['summary']['specs'] {
  const count = (spec: Spec, level: Level): ClauseCounts => {
    const counts = { pass: 0, fail: 0, blocked: 0, untested: 0 };
    for (const clause of clauses) {
      if (clause.spec === spec && clause.level === level && clause.outcome !== 'unjudged')
        counts[clause.outcome]++;
    }
    return counts;
  };
  const levels = (spec: Spec) =>
    Object.fromEntries(LEVELS.map((level) => [level, count(spec, level)])) as Record<Level, ClauseCounts>;
  return { rfc3921: levels('rfc3921'), rfc6121: levels('rfc6121') };
}

/** How many cases had each outcome. */
export function countCases(cases: readonly CaseResult[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { pass: 0, warn: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
  for (const item of cases) counts[item.outcome]++;
  return counts;
}

/** Lateness over all paths and for each. */
export function summariseLateness(played: readonly PlayedCase[]): RunResult['fence'] {
  const byPath = new Map<string, number[]>();
  for (const { path, ms } of played.flatMap((item) => item.lateness)) {
    const samples = byPath.get(path) ?? [];
    samples.push(ms);
    byPath.set(path, samples);
  }
  const paths = [...byPath].sort(([a], [b]) => a.localeCompare(b));
  return {
    latenessMs: percentiles(paths.flatMap(([, samples]) => samples)),
    paths: Object.fromEntries(
      paths.map(([path, samples]) => [path, { ...percentiles(samples), samples: samples.length }]),
    ),
  };
}

/** The paths whose worst lateness exceeds half the settle time: silence there proves nothing. */
export function unreliablePaths(fence: RunResult['fence'], settleMs: number): Set<string> {
  return new Set(
    Object.entries(fence.paths)
      .filter(([, lateness]) => lateness.max > settleMs / 2)
      .map(([path]) => path),
  );
}

function percentiles(samples: readonly number[]): Lateness {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return Math.round(value * 1000) / 1000;
  };
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
