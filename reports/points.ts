import { isKnownBlocked } from '../harness/verdict/known.js';
import type { CaseResult, RunResult, Spec } from '../harness/verdict/result.js';
import { findings } from './findings.js';
import { groupBy } from './group.js';
import { count, oneLine } from './text.js';

/** What a test report says of a case; there is no word in it for a warning. */
export type PointVerdict = 'passed' | 'failed' | 'error' | 'skipped';

/** One line of a test report: a case, or something about the run as a whole. JUnit and TAP list the same ones. */
export interface Point {
  /** Scenario id, or `run`. */
  readonly suite: string;
  readonly name: string;
  readonly verdict: PointVerdict;
  /** For everything but `passed`: why, on one line. */
  readonly message: string;
  readonly durationMs: number;
  /** Absent where the point is about the run. */
  readonly result?: CaseResult;
}

type Selection = RunResult['selection'];

/** Why a run without cases is no mistake. */
export const EMPTY_SHARD = 'The selection has fewer cases than there are shards, and none fell to this one';

/** Suite of the points that are about the run and not about a case. */
const RUN_SUITE = 'run';

/**
 * All points of a run, scenario by scenario. At least one of them is `failed` or `error` exactly when the run
 * didn't exit with status 0.
 */
export function points(run: RunResult): Point[] {
  const scenarios = groupBy(run.cases, (result) => result.scenario);
  const cases = [...scenarios.values()].flat().map((result) => casePoint(result, run.selection));
  return [...cases, ...runPoints(run, cases)];
}

/** The point of one case. */
export function casePoint(result: CaseResult, selection: Selection): Point {
  return {
    suite: pointName(result.scenario),
    name: pointName(result.case),
    durationMs: result.durationMs,
    result,
    ...judge(result, selection),
  };
}

function judge(result: CaseResult, selection: Selection): Pick<Point, 'verdict' | 'message'> {
  const { outcome, known } = result;
  const passedAnyway = known.find((match) => match.status === 'unexpected-pass');
  if (passedAnyway) {
    return {
      verdict: 'failed',
      message: oneLine(
        `passes, but is listed as a known failure of ${passedAnyway.clause}: remove the entry`,
      ),
    };
  }
  switch (outcome) {
    case 'pass':
      return { verdict: 'passed', message: '' };
    case 'skipped':
      return { verdict: 'skipped', message: oneLine(result.reason) };
    case 'blocked':
      if (isKnownBlocked(result)) break;
      return { verdict: 'error', message: oneLine(`blocked: ${result.reason}`) };
    case 'error':
      return { verdict: 'error', message: oneLine(`error: ${result.reason}`) };
    case 'warn':
      if (!selection.strict) return { verdict: 'passed', message: '' };
      break;
    case 'fail':
      break;
  }
  if (isKnown(result, selection)) {
    const reasons = new Set(known.map((match) => match.why));
    return { verdict: 'skipped', message: oneLine(`known failure: ${[...reasons].join('; ')}`) };
  }
  return { verdict: 'failed', message: failureMessage(result, selection.spec) };
}

function isKnown(result: CaseResult, { spec, strict }: Selection): boolean {
  const expected = new Set(
    result.known.filter((match) => match.status === 'expected').map((match) => match.clause),
  );
  return (
    expected.size > 0 &&
    result.known.every((match) => match.status === 'expected') &&
    result.checks
      .filter((check) => check.spec === spec)
      .filter((check) => check.outcome === 'fail' || (strict && check.outcome === 'warn'))
      .every((check) => expected.has(check.clause))
  );
}

function failureMessage(result: CaseResult, spec: Spec): string {
  const other = result.known.find((match) => match.status === 'other-reason');
  const prefix = other ? `known to fail ${other.clause}, but not like this: ` : '';
  const [first, ...more] = findings(result, spec).flatMap((finding) =>
    finding.clauses
      .filter((clause) => clause.spec === spec)
      .map((clause) => ({ ...clause, reason: finding.reasons[0] ?? clause.summary })),
  );
  if (!first) return oneLine(`${prefix}${result.reason || 'failed'}`);
  const rest = more.length > 0 ? ` (and ${count(more.length, 'more clause')})` : '';
  return oneLine(`${prefix}${first.level} ${first.clause}: ${first.reason}${rest}`);
}

function runPoints(run: RunResult, cases: readonly Point[]): Point[] {
  const found: Point[] = [];
  const add = (name: string, verdict: PointVerdict, message: string) =>
    found.push({ suite: RUN_SUITE, name, verdict, message: oneLine(message), durationMs: 0 });
  if (run.interrupted !== '') add('run complete', 'error', `ended early: ${run.interrupted}`);
  else if (run.exitStatus === 3) add('cases selected', 'error', 'nothing matched the selection');
  else if (run.cases.length === 0) add('cases in this shard', 'skipped', EMPTY_SHARD);
  if (run.knownFailures.stale.length > 0) {
    const { file, stale } = run.knownFailures;
    add('known failures up to date', 'failed', `${file}: ${stale.join(' ')}`);
  }
  const isRed = [...cases, ...found].some(({ verdict }) => verdict === 'failed' || verdict === 'error');
  if (run.exitStatus !== 0 && !isRed) {
    add('run sound', 'error', `the run ended with status ${run.exitStatus} although no case failed`);
  }
  return found;
}

// TAP readers take a brace at the end of a line for the start of a subtest and drop it; names must be the same in
// every report.
function pointName(name: string): string {
  return oneLine(name).replace(/\{$/, '\\u{7B}');
}
