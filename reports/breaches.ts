import { isBroken, isKnown, isKnownBlocked } from '../harness/verdict/known.js';
import type { CheckResult, Level, RunResult } from '../harness/verdict/result.js';
import { groupBy } from './group.js';

/** A clause of the specification chosen that the target breaks, and where. */
export interface Breach {
  readonly clause: string;
  readonly level: Level;
  readonly summary: string;
  /** Whether it fails the run; otherwise it is a warning. */
  readonly counts: boolean;
  /** What the first case that shows it says. */
  readonly reason: string;
  /** Scenario file and line of the expectation that it does not meet. */
  readonly source: string;
  /** `SCENARIO: CASE` of each case that shows it. */
  readonly cases: readonly string[];
}

/** Cases that could not be judged for one reason. */
export interface Unjudged {
  readonly outcome: 'error' | 'blocked';
  readonly reason: string;
  readonly cases: readonly string[];
}

/** The clauses broken under the specification chosen that are not known to be, what fails the run first. */
export function breaches(run: RunResult): Breach[] {
  const { spec, strict } = run.selection;
  const counts = (check: CheckResult) => check.outcome === 'fail' || strict;
  const broken = run.cases.flatMap((result) =>
    result.checks
      .filter((check) => check.spec === spec && isBroken(check) && !isKnown(result, check))
      .map((check) => ({ check, name: `${result.scenario}: ${result.case}` })),
  );
  const found = [...groupBy(broken, ({ check }) => `${counts(check)} ${check.clause}`).values()].flatMap(
    (group): Breach[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { clause, level, summary, reason, source } = first.check;
      const cases = [...new Set(group.map(({ name }) => name))];
      return [{ clause, level, summary, counts: counts(first.check), reason, source, cases }];
    },
  );
  return found.sort((a, b) => Number(b.counts) - Number(a.counts));
}

/** Why cases could not be judged, errors first; what is known to be blocked is left out. */
export function unjudged(run: RunResult): Unjudged[] {
  return (['error', 'blocked'] as const).flatMap((outcome) => {
    const cases = run.cases.filter((result) => result.outcome === outcome && !isKnownBlocked(result));
    return [...groupBy(cases, (result) => result.reason)].map(([reason, group]) => ({
      outcome,
      reason,
      cases: group.map((result) => `${result.scenario}: ${result.case}`),
    }));
  });
}
