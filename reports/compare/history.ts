import { UsageError } from '../../harness/config.js';
import { isBroken } from '../../harness/verdict/known.js';
import type {
  CaseResult,
  CheckResult,
  Level,
  Outcome,
  RunResult,
  Spec,
} from '../../harness/verdict/result.js';
import { caseKey } from '../../harness/verdict/summary.js';
import { groupBy } from '../group.js';
import { specName } from '../scoreboard.js';

/**
 * What became of a case or of a clause in it: `broke-must`, `broke-should` (kept before, broken now), `mended`,
 * `other-failure` (broken before and now, but otherwise), `choice` (another permitted option), `not-judged` (blocked
 * or in error now, and not before), `skipped` (skipped now, and not before), `now-judged` (judged now, and not before),
 * `new` and `gone` (a case that only one run knows).
 */
export type ChangeKind =
  | 'broke-must'
  | 'broke-should'
  | 'mended'
  | 'other-failure'
  | 'choice'
  | 'not-judged'
  | 'skipped'
  | 'now-judged'
  | 'new'
  | 'gone';

/** One change, with all cases of a scenario in which it shows. */
export interface Change {
  readonly kind: ChangeKind;
  readonly scenario: string;
  readonly title: string;
  readonly cases: readonly string[];
  /** The clause that broke, was mended or fails otherwise; empty for changes of whole cases and of choices. */
  readonly clause: string;
  readonly level: Level | '';
  /** The clause's summary, or the name of the choice; empty for changes of whole cases. */
  readonly about: string;
  /** One sentence: what is the matter now, or was before. */
  readonly detail: string;
}

/** What changed between two runs, the gravest first. */
export interface History {
  /** The specification that decides, that of the new run. */
  readonly spec: Spec;
  readonly strict: boolean;
  /** Old and new: the target's name or software. */
  readonly before: string;
  readonly after: string;
  /** What makes the runs less than comparable, a sentence each. */
  readonly remarks: readonly string[];
  readonly changes: readonly Change[];
  /** Cases that both runs know. */
  readonly cases: number;
  /**
   * 0: nothing broke; 1: a clause that the old run saw kept is broken, a MUST or with `strict` a SHOULD; 2: nothing
   * did, but cases could not be judged with which the old run had no trouble, or the new run ended early.
   */
  readonly exitStatus: 0 | 1 | 2;
}

/** Every kind of change, the gravest first. */
export const CHANGE_KINDS: readonly ChangeKind[] = [
  'broke-must',
  'broke-should',
  'not-judged',
  'other-failure',
  'mended',
  'choice',
  'skipped',
  'now-judged',
  'new',
  'gone',
];

/**
 * What changed between two runs, case by case and clause by clause, under the specification of the new one; pure.
 * Cases are matched by scenario and name.
 * @param strict whether a SHOULD that broke counts
 * @throws UsageError where the runs have no case in common
 */
export function compareRuns(before: RunResult, after: RunResult, strict: boolean): History {
  const { spec } = after.selection;
  const old = new Map(before.cases.map((item) => [caseKey(item.scenario, item.case), item]));
  const now = new Map(after.cases.map((item) => [caseKey(item.scenario, item.case), item]));
  const common = after.cases.filter((item) => old.has(caseKey(item.scenario, item.case)));
  if (common.length === 0) throw new UsageError(nothingInCommon(before, after));
  const changes = merge([
    ...common.flatMap((item) => {
      const earlier = old.get(caseKey(item.scenario, item.case));
      return earlier === undefined ? [] : changesOf(earlier, item, spec);
    }),
    ...after.cases
      .filter((item) => !old.has(caseKey(item.scenario, item.case)))
      .map((item) => wholeCase(item, 'new', item.specs[spec])),
    ...before.cases
      .filter((item) => !now.has(caseKey(item.scenario, item.case)))
      .map((item) => wholeCase(item, 'gone', `${item.specs[spec]} before`)),
  ]);
  const isThere = (kind: ChangeKind) => changes.some((change) => change.kind === kind);
  const isBroke = isThere('broke-must') || (strict && isThere('broke-should'));
  return {
    spec,
    strict,
    before: nameOf(before),
    after: nameOf(after),
    remarks: remarksOn(before, after),
    changes,
    cases: common.length,
    exitStatus: isBroke ? 1 : isThere('not-judged') || after.interrupted !== '' ? 2 : 0,
  };
}

function nothingInCommon(before: RunResult, after: RunResult): string {
  const empty = [before, after].find((run) => run.cases.length === 0);
  return empty === undefined
    ? 'The two runs have no case in common: give runs of the same selection.'
    : `The run of ${nameOf(empty)} holds no case${empty.interrupted === '' ? '' : ` (${empty.interrupted})`}, so there is nothing to compare: judge the server again.`;
}

function nameOf({ target }: RunResult): string {
  return target.software ?? target.name;
}

function remarksOn(before: RunResult, after: RunResult): string[] {
  const remarks: string[] = [];
  const [old, now] = [before.selection, after.selection];
  if (before.tool.version !== after.tool.version)
    remarks.push(
      `The runs are of xmpp-conform ${before.tool.version} and ${after.tool.version}: what changed may be the suite's doing.`,
    );
  if (old.spec !== now.spec)
    remarks.push(
      `The old run was judged by ${specName(old.spec)}, the new one by ${specName(now.spec)}; the verdicts by ${specName(now.spec)} are compared, which both hold.`,
    );
  if (selectionOf(before) !== selectionOf(after))
    remarks.push(
      'The runs were given different selections: cases that one of them left out are listed as new or gone.',
    );
  for (const run of [before, after]) {
    const which = run === before ? 'old' : 'new';
    if (run.interrupted !== '') remarks.push(`The ${which} run ended early: ${run.interrupted}`);
  }
  const lost = before.target.features.filter((feature) => !after.target.features.includes(feature));
  const gained = after.target.features.filter((feature) => !before.target.features.includes(feature));
  const real = (names: readonly string[]) => names.filter((name) => !name.startsWith('no-')).join(', ');
  if (real(lost) !== '') remarks.push(`No longer offered: ${real(lost)}.`);
  if (real(gained) !== '') remarks.push(`Newly offered: ${real(gained)}.`);
  return remarks;
}

function selectionOf({ selection }: RunResult): string {
  const { only, skip, sections, shard } = selection;
  return JSON.stringify([shard ?? '', ...[only, skip, sections].map((patterns) => [...patterns].sort())]);
}

const IS_JUDGED: Readonly<Record<Outcome, boolean>> = {
  pass: true,
  warn: true,
  fail: true,
  blocked: false,
  skipped: false,
  error: false,
};

function changesOf(before: CaseResult, after: CaseResult, spec: Spec): Change[] {
  const [was, is] = [before.specs[spec], after.specs[spec]];
  const choices = changedChoices(before, after);
  if (IS_JUDGED[was] && IS_JUDGED[is]) return [...changedClauses(before, after, spec), ...choices];
  if (IS_JUDGED[was]) {
    const kind = is === 'skipped' ? 'skipped' : 'not-judged';
    return [wholeCase(after, kind, `${was} before, ${is} now: ${after.reason}`)];
  }
  if (IS_JUDGED[is]) return [wholeCase(after, 'now-judged', `${was} before, ${is} now`)];
  if (was === is || (was !== 'skipped' && is !== 'skipped')) return [];
  return [
    wholeCase(
      after,
      is === 'skipped' ? 'skipped' : 'not-judged',
      `${was} before, ${is} now: ${after.reason}`,
    ),
  ];
}

function changedClauses(before: CaseResult, after: CaseResult, spec: Spec): Change[] {
  const old = clausesOf(before, spec);
  const now = clausesOf(after, spec);
  const changes: Change[] = [];
  for (const [clause, checks] of now) {
    const broken = checks.filter(isBroken);
    const earlier = old.get(clause) ?? [];
    const wasBroken = earlier.filter(isBroken);
    const [first] = broken;
    if (first && wasBroken.length === 0) {
      const kind = first.outcome === 'fail' ? 'broke-must' : 'broke-should';
      changes.push(clauseChange(after, kind, first, first.reason));
    } else if (first && shapeOf(broken) !== shapeOf(wasBroken)) {
      const detail = `${first.reason} (before: ${wasBroken[0]?.reason ?? ''})`;
      changes.push(clauseChange(after, 'other-failure', first, detail));
    }
  }
  for (const [clause, checks] of old) {
    const [first] = checks.filter(isBroken);
    const later = now.get(clause);
    if (first && later !== undefined && !later.some(isBroken))
      changes.push(clauseChange(after, 'mended', first, `before: ${first.reason}`));
  }
  return changes;
}

function clausesOf(result: CaseResult, spec: Spec): Map<string, CheckResult[]> {
  return groupBy(
    result.checks.filter((check) => check.spec === spec),
    (check) => check.clause,
  );
}

/**
 * In what way checks fail. Reasons are made of the scenario's words; which of several stanzas is the nearest, and the
 * names in it, may be others in each run.
 */
function shapeOf(checks: readonly CheckResult[]): string {
  return JSON.stringify(
    checks.map(({ outcome, kind, at, reason }) => `${outcome} ${kind} ${at} ${reason}`).sort(),
  );
}

function changedChoices(before: CaseResult, after: CaseResult): Change[] {
  return after.choices.flatMap((choice): Change[] => {
    const earlier = before.choices.find(({ name }) => name === choice.name);
    if (earlier === undefined || earlier.taken === choice.taken) return [];
    const detail = `${earlier.taken || 'none of the options'} before, ${choice.taken || 'none of the options'} now`;
    return [{ ...wholeCase(after, 'choice', detail), about: choice.name }];
  });
}

function wholeCase(result: CaseResult, kind: ChangeKind, detail: string): Change {
  const { scenario, title } = result;
  return { kind, scenario, title, cases: [result.case], clause: '', level: '', about: '', detail };
}

function clauseChange(
  result: CaseResult,
  kind: ChangeKind,
  { clause, level, summary }: CheckResult,
  detail: string,
): Change {
  return { ...wholeCase(result, kind, detail), clause, level, about: summary };
}

/** The same change in several cases of a scenario becomes one; the first one's detail stands for all. */
function merge(changes: readonly Change[]): Change[] {
  const key = ({ kind, scenario, clause, about, detail }: Change) =>
    JSON.stringify([kind, scenario, clause, about, clause === '' ? detail : '']);
  const merged = [...groupBy(changes, key).values()].flatMap((group) =>
    group.slice(0, 1).map((first) => ({ ...first, cases: group.flatMap(({ cases }) => cases) })),
  );
  return merged.sort((a, b) => CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind));
}
