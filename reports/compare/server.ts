import { isBroken } from '../../harness/verdict/known.js';
import type {
  CaseResult,
  CheckResult,
  ClauseResult,
  Outcome,
  RunResult,
  Spec,
} from '../../harness/verdict/result.js';
import { groupBy } from '../group.js';
import { type Reach, reachOf, widest } from './reach.js';

/**
 * How a server stands to a clause: `kept`; `excused` (it goes by a clause of the same RFC that contradicts this one);
 * `departs`; `unclear` (no departure seen, but some of its cases could not be judged); `untested`.
 */
export type Standing = 'kept' | 'excused' | 'departs' | 'unclear' | 'untested';

/** What was seen of one server and one clause. */
export interface Seen {
  readonly standing: Standing;
  /** Cases in which the clause was judged. */
  readonly cases: number;
  /** Those of them in which it was broken. */
  readonly broken: number;
  /** Whether a departure counts as one from a MUST: a MUST that a SHOULD contradicts weighs as that. */
  readonly isGrave: boolean;
  /** Why it departs, or why it was not judged: a sentence; empty where it is kept. */
  readonly reason: string;
  /** The first case in which it was broken: `subscription/inbound-subscribed#none`; empty where there is none. */
  readonly example: string;
  /** Clauses of the other specification that demand what was done instead, kept in every case that breaks this one. */
  readonly demandedBy: readonly string[];
}

/** What was seen of a clause in the cases of one scenario. */
export interface SeenInScenario extends Seen {
  readonly reach: Reach;
}

/** The choices of one name in one scenario. */
export interface ChoicesSeen {
  readonly reach: Reach;
  /** The option taken, by case; empty where it was none of the options. */
  readonly taken: ReadonlyMap<string, string>;
}

/** A scenario as one server went through it. */
export interface Behaviour {
  readonly title: string;
  /** Why cases of it were not judged, the most frequent reason; empty where all were. */
  readonly notJudged: string;
  readonly clauses: ReadonlyMap<string, SeenInScenario>;
  readonly choices: ReadonlyMap<string, ChoicesSeen>;
}

/** A server as a comparison needs it: a result without its exchanges. */
export interface ServerView {
  readonly name: string;
  /** What the software calls itself; empty where it doesn't say. */
  readonly software: string;
  readonly target: string;
  readonly toolVersion: string;
  readonly spec: Spec;
  /** What was left out of the run, or how it ended early: a sentence; empty when it was complete. */
  readonly limits: string;
  readonly features: readonly string[];
  readonly cases: Readonly<Record<Spec, Readonly<Record<Outcome, number>>>>;
  readonly catalogue: readonly ClauseResult[];
  readonly sections: RunResult['sections'];
  readonly clauses: ReadonlyMap<string, Seen>;
  readonly behaviours: ReadonlyMap<string, Behaviour>;
}

/** Reduces a result to what a comparison needs. */
export function viewServer(name: string, result: RunResult): ServerView {
  const differs = new Map(result.clauses.map((clause) => [clause.id, clause.differs]));
  const whole = new Map<string, Tally>();
  const behaviours = new Map<string, Behaviour>();
  for (const [scenario, cases] of groupBy(result.cases, (item) => item.scenario)) {
    const tallies = new Map<string, Tally>();
    for (const item of cases) {
      tally(item, tallies, differs);
      tally(item, whole, differs);
    }
    behaviours.set(scenario, {
      title: cases[0]?.title ?? '',
      notJudged: reasonNotJudged(cases),
      clauses: new Map([...tallies].map(([id, seen]) => [id, { ...seenOf(seen), reach: seen.reach }])),
      choices: choicesOf(cases),
    });
  }
  const whyNot = new Reasons(result);
  return {
    name,
    software: result.target.software ?? '',
    target: result.target.name,
    toolVersion: result.tool.version,
    spec: result.selection.spec,
    limits: limitsOf(result),
    features: result.target.features,
    cases: { rfc3921: countUnder('rfc3921', result.cases), rfc6121: countUnder('rfc6121', result.cases) },
    catalogue: result.clauses,
    sections: result.sections,
    clauses: new Map(
      result.clauses
        .filter((clause) => clause.outcome !== 'unjudged')
        .map((clause) => [clause.id, clauseSeen(clause, whole.get(clause.id) ?? emptyTally(), whyNot)]),
    ),
    behaviours,
  };
}

/** What the cases say of a clause, counted. */
interface Tally {
  kept: number;
  excused: number;
  broken: number;
  unjudged: number;
  example: string;
  reason: string;
  untestedReason: string;
  reach: Reach;
  isGrave: boolean;
  demandedBy: Set<string>;
  /** Every case that breaks it keeps a clause of the other specification that demands so. */
  isDemanded: boolean;
}

function emptyTally(): Tally {
  return {
    kept: 0,
    excused: 0,
    broken: 0,
    unjudged: 0,
    example: '',
    reason: '',
    untestedReason: '',
    reach: 'client',
    isGrave: false,
    demandedBy: new Set(),
    isDemanded: true,
  };
}

/** Adds what one case says of each clause that it judges: the worst of its checks counts. */
function tally(
  item: CaseResult,
  tallies: Map<string, Tally>,
  differs: ReadonlyMap<string, readonly string[]>,
): void {
  const byClause = groupBy(item.checks, (check) => check.clause);
  for (const [clause, checks] of byClause) {
    const seen = tallies.get(clause) ?? emptyTally();
    tallies.set(clause, seen);
    const broken = checks.filter(isBroken);
    const [first] = broken;
    for (const check of broken.length > 0 ? broken : checks)
      seen.reach = widest(seen.reach, reachOf(check, item.scenario));
    if (first) {
      if (seen.broken === 0) {
        seen.example = `${item.scenario}#${item.case}`;
        seen.reason = first.reason;
      }
      seen.broken++;
      seen.isGrave ||= broken.some((check) => check.outcome === 'fail');
      const demanding = (differs.get(clause) ?? []).filter((id) => isKept(byClause.get(id)));
      for (const id of demanding) seen.demandedBy.add(id);
      if (demanding.length === 0) seen.isDemanded = false;
    } else if (checks.some((check) => check.outcome === 'error')) seen.unjudged++;
    else if (checks.some((check) => check.outcome === 'excused')) seen.excused++;
    else if (checks.some((check) => check.outcome === 'pass')) seen.kept++;
    else seen.untestedReason ||= checks[0]?.reason ?? '';
  }
}

function isKept(checks: readonly CheckResult[] | undefined): boolean {
  return checks?.some((check) => check.outcome === 'pass') === true && !checks.some(isBroken);
}

function seenOf(seen: Tally): Seen {
  const { kept, excused, broken, unjudged, isGrave } = seen;
  const common = { cases: kept + excused + broken, broken, isGrave, reason: '', example: '', demandedBy: [] };
  if (broken > 0) {
    const { reason, example } = seen;
    const demandedBy = seen.isDemanded ? [...seen.demandedBy] : [];
    return { ...common, standing: 'departs', reason, example, demandedBy };
  }
  if (unjudged > 0) return { ...common, standing: 'unclear' };
  if (kept + excused === 0) return { ...common, standing: 'untested', reason: seen.untestedReason };
  return { ...common, standing: excused > 0 ? 'excused' : 'kept' };
}

/** What is seen in the cases played, and what keeps the others from being judged. */
function clauseSeen(clause: ClauseResult, tallied: Tally, whyNot: Reasons): Seen {
  const seen = seenOf(tallied);
  if (clause.outcome === 'blocked') return { ...seen, standing: 'unclear', reason: whyNot.of(clause) };
  if (seen.standing !== 'untested') return seen;
  return { ...seen, reason: whyNot.of(clause) || seen.reason || 'no case put it to the test' };
}

/** Why clauses were not judged: the reasons of the cases in which they would have been. */
class Reasons {
  readonly #byScenario: ReadonlyMap<string, readonly CaseResult[]>;

  constructor(result: RunResult) {
    this.#byScenario = groupBy(result.cases, (item) => item.scenario);
  }

  /** The most frequent reason; empty where all cases were judged. */
  of(clause: ClauseResult): string {
    const cases = clause.scenarios.flatMap((scenario) => this.#byScenario.get(scenario) ?? []);
    if (cases.length === 0) return clause.scenarios.length === 0 ? '' : 'none of its scenarios was played';
    return reasonNotJudged(cases);
  }
}

/** The most frequent reason why cases were skipped or blocked, or failed to be judged; empty where all were. */
function reasonNotJudged(cases: readonly CaseResult[]): string {
  const reasons = groupBy(
    cases.filter((item) => item.checks.length === 0 && item.reason !== ''),
    (item) => item.reason,
  );
  const [most] = [...reasons].sort(([, a], [, b]) => b.length - a.length);
  return most?.[0] ?? '';
}

function choicesOf(cases: readonly CaseResult[]): Map<string, ChoicesSeen> {
  const found = new Map<string, { reach: Reach; taken: Map<string, string> }>();
  for (const item of cases) {
    for (const choice of item.choices) {
      const seen = found.get(choice.name) ?? { reach: 'client', taken: new Map() };
      found.set(choice.name, seen);
      seen.taken.set(item.case, choice.taken);
      for (const check of item.checks) {
        if (check.kind === 'choice' && choice.clauses.includes(check.clause))
          seen.reach = widest(seen.reach, reachOf(check, item.scenario));
      }
    }
  }
  return found;
}

function countUnder(spec: Spec, cases: readonly CaseResult[]): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { pass: 0, warn: 0, fail: 0, blocked: 0, skipped: 0, error: 0 };
  for (const item of cases) counts[item.specs[spec]]++;
  return counts;
}

function limitsOf({ selection, interrupted }: RunResult): string {
  const { only, skip, sections, shard } = selection;
  const parts = [
    ...(only.length > 0 ? [`only ${only.join(', ')}`] : []),
    ...(skip.length > 0 ? [`without ${skip.join(', ')}`] : []),
    ...(sections.length > 0 ? [`sections ${sections.join(', ')}`] : []),
    ...(shard === undefined ? [] : [`shard ${shard.index} of ${shard.count}`]),
    ...(interrupted === '' ? [] : [`ended early: ${interrupted}`]),
  ];
  return parts.join('; ');
}
