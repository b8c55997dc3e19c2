import type { CaseResult, CheckResult, RunResult } from '../../harness/verdict/result.js';

/** A check that a clause failed, and its case. */
export interface Breach {
  readonly item: CaseResult;
  readonly check: CheckResult;
}

/** A case that shows a clause kept, and the run that it is of. */
export interface Witness {
  readonly run: RunResult;
  readonly item: CaseResult;
}

/** Where a case breaks the clause, as a MUST or as a SHOULD. */
export function breachesOf(item: CaseResult, clause: string): Breach[] {
  return item.checks
    .filter((check) => check.clause === clause && (check.outcome === 'fail' || check.outcome === 'warn'))
    .map((check) => ({ item, check }));
}

/**
 * The case in which the clause is judged and kept that is most like this one: the same case, else one of its scenario,
 * else any.
 * @param runs where to look, in this order
 */
export function findWitness(
  like: CaseResult,
  clause: string,
  runs: readonly RunResult[],
): Witness | undefined {
  const likeness = ({ item }: Witness) =>
    (item.scenario === like.scenario ? 2 : 0) + (item.case === like.case ? 1 : 0);
  return runs
    .flatMap((run) => run.cases.map((item) => ({ run, item })))
    .filter(({ item }) => keeps(item, clause))
    .sort((a, b) => likeness(b) - likeness(a))[0];
}

/** Kept, or excused because a clause that contradicts it was kept. */
function keeps(item: CaseResult, clause: string): boolean {
  const checks = item.checks.filter((check) => check.clause === clause);
  return (
    checks.length > 0 && checks.every((check) => check.outcome === 'pass' || check.outcome === 'excused')
  );
}
