import type { Fault } from '../../harness/reference/deviations.js';
import { caseKey } from '../../harness/verdict/summary.js';
import { breachKey, type JobCase, type JobResult } from './job.js';
import type { Reach } from './reach.js';

/** What the self-test says of one server. */
export interface Verdict {
  readonly id: string;
  readonly kind: 'fault' | 'variation';
  /** Whether the fault was caught as it must be, or the variation passed. */
  readonly holds: boolean;
  /** Its line in the kill matrix. */
  readonly line: string;
  /** The clauses that it failed. */
  readonly killed: readonly string[];
}

/** What a sound server breaks all the same: clauses of the other specification, by case. */
export type Baseline = ReadonlySet<string>;

/** The clauses that a server breaks, by case. */
export function baselineOf({ cases }: JobResult): Baseline {
  return new Set(cases.flatMap((item) => brokenClauses(item).map((clause) => keyOf(item, clause))));
}

/**
 * A fault must be caught by a clause that it names; a fault of a cell in its own cases, and nowhere out of its reach.
 * @param baseline what the sound server of the same specification breaks: that shows no fault
 */
export function judgeFault(
  fault: Fault,
  result: JobResult,
  reach: Reach | undefined,
  baseline: Baseline,
): Verdict {
  const named = new Set(fault.breaks);
  const broken = (item: JobCase) =>
    brokenClauses(item).filter((clause) => !baseline.has(keyOf(item, clause)));
  const catching = result.cases.filter(
    (item) =>
      (reach === undefined || reach.own.has(caseKey(item.scenario, item.case))) &&
      broken(item).some((clause) => named.has(clause)),
  );
  const strays = reach === undefined ? [] : result.cases.filter((item) => isStray(item, reach));
  const clauses = [...new Set(catching.flatMap(broken))].filter((clause) => named.has(clause));
  const isCaught = catching.length > 0 && result.interrupted === '';
  return {
    id: fault.id,
    kind: 'fault',
    holds: isCaught && strays.length === 0,
    line: isCaught
      ? `${strays.length === 0 ? 'caught ' : 'STRAYED'} by ${clauses.join(', ')} in ${catching.length} cases${strayText(strays)}`
      : `MISSED  ${result.interrupted || missText(result, [...new Set(result.cases.flatMap(broken))])}`,
    killed: isCaught ? [...new Set((reach === undefined ? result.cases : catching).flatMap(broken))] : [],
  };
}

/** A permitted variation must pass every scenario. */
export function judgeVariation(id: string, result: JobResult): Verdict {
  const bad = result.cases.filter((item) => item.outcome !== 'pass' && item.outcome !== 'skipped');
  const passed = result.cases.filter((item) => item.outcome === 'pass').length;
  const holds = bad.length === 0 && passed > 0 && result.interrupted === '';
  return {
    id,
    kind: 'variation',
    holds,
    line: holds ? `passed ${passed} cases` : wolfText(result, bad),
    killed: [],
  };
}

/** A server that no scenario can judge: the fault, or the variation, makes no difference to any. */
export function unnoticed(id: string, kind: Verdict['kind']): Verdict {
  const line =
    kind === 'fault'
      ? 'MISSED  no scenario judges any clause that it names'
      : 'UNPROVED no scenario comes to where it decides';
  return { id, kind, holds: false, line, killed: [] };
}

/** Outside its cases a fault of a cell may only block what is reached through it. */
function isStray(item: JobCase, reach: Reach): boolean {
  const key = caseKey(item.scenario, item.case);
  if (reach.own.has(key)) return item.outcome === 'error';
  if (reach.beyond.has(key) && item.outcome === 'blocked') return false;
  return item.outcome !== 'pass' && item.outcome !== 'skipped';
}

function wolfText(result: JobResult, bad: readonly JobCase[]): string {
  if (result.interrupted === '' && bad.length === 0) return 'UNPROVED no case was played';
  return `CRIED WOLF ${result.interrupted || strayText(bad)}`;
}

function brokenClauses(item: JobCase): string[] {
  return item.broken
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    .map(({ clause }) => clause);
}

function keyOf(item: JobCase, clause: string): string {
  return breachKey(item.scenario, item.case, clause);
}

function strayText(cases: readonly JobCase[]): string {
  if (cases.length === 0) return '';
  const shown = cases.slice(0, 3).map((item) => {
    const why =
      item.broken[0] === undefined ? item.reason : `${item.broken[0].clause}: ${item.broken[0].reason}`;
    return `${item.scenario}#${item.case} (${item.outcome}: ${why})`;
  });
  return `; also ${shown.join('; ')}${cases.length > 3 ? ` and ${cases.length - 3} more` : ''}`;
}

function missText(result: JobResult, others: readonly string[]): string {
  const errors = result.cases.filter((item) => item.outcome === 'error' || item.outcome === 'blocked');
  if (others.length > 0) return `only other clauses failed: ${others.slice(0, 4).join(', ')}`;
  if (errors[0] !== undefined) return `${errors.length} cases not judged: ${errors[0].reason}`;
  return `all ${result.cases.length} cases passed`;
}
