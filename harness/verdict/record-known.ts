import {
  failureText,
  fitOf,
  isAsStated,
  isBlockedAsStated,
  isBroken,
  type KnownFailure,
  NO_REASON,
} from './known.js';
import type { CaseResult, CheckResult, RunResult } from './result.js';
import { caseKey } from './summary.js';

/** Cases in which a clause breaks in one way, or that are blocked for one reason: an entry of the file. */
export interface KnownGroup extends Omit<KnownFailure, 'scenario' | 'case' | 'source'> {
  readonly cases: readonly { readonly scenario: string; readonly case: string }[];
}

type Recorded = Omit<KnownFailure, 'source'>;

/**
 * The entries with which the same run would not fail; pure. New ones are made for what counts under the specification
 * chosen: a broken MUST, with `strict` a broken SHOULD too, and blocked cases. Old ones stay as they are where they
 * fit, and where the run says nothing of them: cases not played or not judged.
 * @param run what came out
 * @param old the entries so far; a new failure that one of the same clause describes takes its difference and reason
 * @param order keys of all cases there are ({@link caseKey}), in the order of the suites
 */
export function recordKnownFailures(
  run: Pick<RunResult, 'cases' | 'selection'>,
  old: readonly KnownFailure[],
  order: readonly string[],
): KnownGroup[] {
  const position = new Map(order.map((key, index) => [key, index]));
  const played = new Map(run.cases.map((item) => [caseKey(item.scenario, item.case), item]));
  const kept = old.filter((entry) => {
    const key = caseKey(entry.scenario, entry.case);
    const result = played.get(key);
    if (result === undefined) return position.has(key);
    const fit = fitOf(entry, result);
    return fit === 'expected' || fit === 'undecided';
  });
  const covered = new Set(kept.map((entry) => entryKey(entry)));
  const added = run.cases
    .flatMap((item) => (item.outcome === 'blocked' ? [blocked(item, old)] : broken(item, run.selection, old)))
    .filter((entry) => !covered.has(entryKey(entry)));
  const placeOf = (entry: Recorded) => position.get(caseKey(entry.scenario, entry.case)) ?? order.length;
  return grouped(
    [...kept, ...added].sort(
      (a, b) =>
        compare(a.kind, b.kind) ||
        // Which clause blocks a case is a guess of the user's, so it does not tell entries apart before place does.
        (a.kind === 'broken' ? compare(a.clause, b.clause) : 0) ||
        placeOf(a) - placeOf(b),
    ),
  );
}

/** A case is blocked once, whatever clause is blamed for it. */
function entryKey({ kind, clause, scenario, case: name }: Recorded): string {
  return `${kind === 'blocked' ? '' : clause} ${caseKey(scenario, name)}`;
}

function broken(
  item: CaseResult,
  selection: RunResult['selection'],
  old: readonly KnownFailure[],
): Recorded[] {
  const counts = (check: CheckResult) =>
    check.spec === selection.spec &&
    (check.outcome === 'fail' || (selection.strict && check.outcome === 'warn'));
  const clauses = new Set(item.checks.filter(counts).map((check) => check.clause));
  return [...clauses].map((clause) => {
    const checks = item.checks.filter((check) => check.clause === clause && isBroken(check));
    const kin = old.find(
      (entry) =>
        entry.kind === 'broken' &&
        entry.clause === clause &&
        checks.every((check) => isAsStated(check, entry)),
    );
    const differences = kin?.differences ?? [...new Set(checks.map(differenceOf))].sort(compare);
    return {
      ...reasonOf(kin),
      kind: 'broken',
      clause,
      differences,
      scenario: item.scenario,
      case: item.case,
    };
  });
}

function blocked(item: CaseResult, old: readonly KnownFailure[]): Recorded {
  const kin = old.find((entry) => entry.kind === 'blocked' && isBlockedAsStated(item, entry));
  const differences = kin?.differences ?? [
    writable(item.reason.replace(/^the state .* was not reached: /, '')),
  ];
  const clause = kin?.clause ?? '';
  return { ...reasonOf(kin), kind: 'blocked', clause, differences, scenario: item.scenario, case: item.case };
}

function reasonOf(kin: KnownFailure | undefined): Pick<KnownFailure, 'why' | 'evidence'> {
  return { why: kin?.why ?? NO_REASON, evidence: kin?.evidence ?? '' };
}

/** What a failure says, whoever is watched: `romeo/orchard received nothing` and `juliet received nothing` are alike. */
function differenceOf(check: CheckResult): string {
  const own = check.reason === '' ? failureText(check) : check.reason.replaceAll(/\s+/g, ' ');
  return writable(own.startsWith(`${check.at} `) ? own.slice(check.at.length + 1) : own);
}

const MAX_DIFFERENCE = 300;

/** The text up to what a file of one line of XML an entry can't hold: a part of it serves as well. */
function writable(text: string): string {
  return (text.split(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u, 1)[0] ?? '')
    .slice(0, MAX_DIFFERENCE)
    .trim();
}

function grouped(entries: readonly Recorded[]): KnownGroup[] {
  const groups = new Map<string, KnownGroup & { readonly cases: KnownGroup['cases'][number][] }>();
  for (const { scenario, case: name, kind, clause, differences, why, evidence } of entries) {
    const key = JSON.stringify([kind, clause, differences, why, evidence]);
    const group = groups.get(key) ?? { kind, clause, differences, why, evidence, cases: [] };
    group.cases.push({ scenario, case: name });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
