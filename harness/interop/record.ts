import type { CaseResult, CheckResult, ClauseOutcome, RunResult, Spec } from '../verdict/result.js';
import type { ClauseInQuestion } from './result.js';

/** What a server's own conformance run says of it, as far as attribution needs it. */
export interface ConformanceRecord {
  /** Where it was read. */
  readonly file: string;
  /** What the server called itself then; empty where it did not say. */
  readonly software: string;
  readonly clauses: ReadonlyMap<string, ClauseRecord>;
}

/** What the run says of one clause. */
export interface ClauseRecord {
  readonly outcome: ClauseOutcome;
  /** The cases that put it to the test. */
  readonly trials: readonly Trial[];
}

/** A case of the run that shows a clause kept or broken. */
export interface Trial {
  /** `SCENARIO#CASE`. */
  readonly case: string;
  readonly isBroken: boolean;
  /** Why the run takes the breach for a known failure; empty where it does not. */
  readonly known: string;
  /** All clauses of that specification which the case judges: they tell the situation. */
  readonly situation: ReadonlySet<string>;
}

/** What a record says of a clause in a situation. */
export type Testimony = Pick<ClauseInQuestion, 'standing' | 'shownBy' | 'known'>;

/** The record in a result; the result itself, with all its exchanges, is not kept. */
export function recordOf(result: RunResult, file: string): ConformanceRecord {
  const trials = new Map<string, Trial[]>();
  for (const item of result.cases) {
    for (const [clause, trial] of trialsOf(item)) {
      trials.set(clause, [...(trials.get(clause) ?? []), trial]);
    }
  }
  const clauses = result.clauses.map(
    ({ id, outcome }) => [id, { outcome, trials: trials.get(id) ?? [] }] as const,
  );
  return { file, software: result.target.software ?? '', clauses: new Map(clauses) };
}

/** What one case says of each clause that it decides. */
function trialsOf({ scenario, case: name, checks, known }: CaseResult): Map<string, Trial> {
  const situationOf = (spec: Spec) =>
    new Set(checks.filter((check) => check.spec === spec).map(({ clause }) => clause));
  const situations = { rfc3921: situationOf('rfc3921'), rfc6121: situationOf('rfc6121') };
  const trials = new Map<string, Trial>();
  for (const check of checks) {
    const isBroken = isBreach(check);
    if (!isBroken && check.outcome !== 'pass') continue;
    // One breach breaks it, whatever else the case shows.
    if (trials.get(check.clause)?.isBroken === true) continue;
    const match = known.find(({ clause, status }) => clause === check.clause && status === 'expected');
    trials.set(check.clause, {
      case: `${scenario}#${name}`,
      isBroken,
      known: isBroken ? (match?.why ?? '') : '',
      situation: situations[check.spec],
    });
  }
  return trials;
}

function isBreach({ outcome }: CheckResult): boolean {
  return outcome === 'fail' || outcome === 'warn';
}

/**
 * How the server of the record stands to a clause in a situation; pure. The cases of its own run that are most like the situation
 * decide: who breaks a clause there alone where something else happens can't be named for it here.
 * @param situation the clauses that the same server has to keep in the case in question
 */
export function standingOf(
  record: ConformanceRecord | undefined,
  clause: string,
  situation: ReadonlySet<string>,
): Testimony {
  if (record === undefined) return { standing: 'none', shownBy: '', known: '' };
  const { outcome, trials } = record.clauses.get(clause) ?? { outcome: 'untested', trials: [] };
  if (outcome !== 'fail') {
    return { standing: outcome === 'pass' ? 'keeps' : 'not judged', shownBy: '', known: '' };
  }
  const broken = nearest(trials, situation, true);
  const kept = nearest(trials, situation, false);
  const isHere = kept === undefined || (broken !== undefined && broken.likeness >= kept.likeness);
  return {
    standing: isHere ? 'breaks' : 'breaks elsewhere',
    shownBy: broken?.trial.case ?? '',
    known: broken?.trial.known ?? '',
  };
}

/** The trial that is most like the situation, the first of several. */
function nearest(trials: readonly Trial[], situation: ReadonlySet<string>, isBroken: boolean) {
  return trials
    .filter((trial) => trial.isBroken === isBroken)
    .map((trial) => ({ trial, likeness: likenessOf(trial.situation, situation) }))
    .reduce<{ trial: Trial; likeness: number } | undefined>(
      (best, item) => (best === undefined || item.likeness > best.likeness ? item : best),
      undefined,
    );
}

/** How much two situations have in common, of all that either has: from 0 to 1. */
function likenessOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((clause) => other.has(clause)).length;
  const all = one.size + other.size - shared;
  return all === 0 ? 0 : shared / all;
}
