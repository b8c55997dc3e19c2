import type { ClauseResult, Level, Spec } from '../../harness/verdict/result.js';
import { REACHES, type Reach, widest } from './reach.js';
import type { Seen, SeenInScenario, ServerView, Standing } from './server.js';

/** How grave a difference is: the level of what is broken; a choice where nothing is. */
export type Gravity = 'MUST' | 'SHOULD' | 'choice';

const GRAVITIES: readonly Gravity[] = ['MUST', 'SHOULD', 'choice'];

/** What the place in the order depends on. */
export interface Weight {
  readonly reach: Reach;
  readonly gravity: Gravity;
  /** Whether servers differ; otherwise all that were judged depart alike. */
  readonly isSplit: boolean;
  /** Cases in which a server departs or chooses otherwise than another. */
  readonly cases: number;
}

/** The order in words, for the reports. */
export const RANKING: readonly string[] = [
  'First what is seen across servers: by a contact elsewhere, or in a subscription, which has to be the same on both sides; then what other people notice on one server, or by a list or a block; then what only the own client sees.',
  'Among these a broken MUST, then a broken SHOULD, then a choice that the specification leaves. A departure that the other specification demands counts as a choice between the two.',
  'Among these what the servers do differently, then what all of them depart from alike; and what shows in more cases first.',
];

/** A clause in a scenario, where a server departs from it, or where one goes by a clause that contradicts it. */
export interface ClausePart extends Weight {
  readonly kind: 'clause';
  readonly id: string;
  readonly spec: Spec;
  readonly level: Level;
  readonly summary: string;
  /** How each server stands to it in this scenario; null where the scenario did not judge it. */
  readonly cells: readonly (Seen | null)[];
}

/** A choice that servers make differently. */
export interface ChoicePart extends Weight {
  readonly kind: 'choice';
  readonly name: string;
  /** The options that each server took, with the cases counted; null where it was not put to the choice. */
  readonly cells: readonly (readonly TakenOption[] | null)[];
}

/** An option and in how many cases it was taken. */
export interface TakenOption {
  /** Empty where it was none of the options. */
  readonly option: string;
  readonly cases: number;
}

/** A scenario in which servers differ or depart; the weight is that of its gravest part. */
export interface Difference extends Weight {
  readonly scenario: string;
  readonly title: string;
  /** Why cases of it were not judged, for each server; empty where all were. */
  readonly notJudged: readonly string[];
  /** The gravest first. */
  readonly parts: readonly (ClausePart | ChoicePart)[];
}

/** Every scenario in which a server departs or servers choose differently, what matters most first; pure. */
export function differencesOf(
  views: readonly ServerView[],
  catalogue: ReadonlyMap<string, ClauseResult>,
): Difference[] {
  const scenarios = new Set(views.flatMap((view) => [...view.behaviours.keys()]));
  const found: Difference[] = [];
  for (const scenario of scenarios) {
    const parts = [...clauseParts(views, scenario, catalogue), ...choiceParts(views, scenario)].sort(
      byWeight,
    );
    const [gravest] = parts;
    if (gravest === undefined) continue;
    const { reach, gravity, isSplit, cases } = gravest;
    const title = views.map((view) => view.behaviours.get(scenario)?.title ?? '').find((text) => text !== '');
    const notJudged = views.map((view) => view.behaviours.get(scenario)?.notJudged ?? 'not played');
    found.push({ scenario, title: title ?? '', notJudged, reach, gravity, isSplit, cases, parts });
  }
  return found.sort(byWeight);
}

/** The order of {@link RANKING}. */
export function byWeight(a: Weight, b: Weight): number {
  return (
    REACHES.indexOf(a.reach) - REACHES.indexOf(b.reach) ||
    GRAVITIES.indexOf(a.gravity) - GRAVITIES.indexOf(b.gravity) ||
    Number(b.isSplit) - Number(a.isSplit) ||
    b.cases - a.cases
  );
}

const IS_JUDGED: Readonly<Record<Standing, boolean>> = {
  kept: true,
  excused: true,
  departs: true,
  unclear: false,
  untested: false,
};

function clauseParts(
  views: readonly ServerView[],
  scenario: string,
  catalogue: ReadonlyMap<string, ClauseResult>,
): ClausePart[] {
  const parts: ClausePart[] = [];
  const ids = new Set(views.flatMap((view) => [...(view.behaviours.get(scenario)?.clauses.keys() ?? [])]));
  for (const id of ids) {
    const clause = catalogue.get(id);
    const seen = views.map((view) => view.behaviours.get(scenario)?.clauses.get(id));
    const judged = seen.filter((each) => each !== undefined && IS_JUDGED[each.standing]) as SeenInScenario[];
    const departing = judged.filter(({ standing }) => standing === 'departs');
    const isRivalry = new Set(judged.map(({ standing }) => standing)).size > 1;
    if (clause === undefined || (departing.length === 0 && !isRivalry)) continue;
    const showing = departing.length > 0 ? departing : judged;
    const broken = departing.filter(({ demandedBy }) => demandedBy.length === 0);
    parts.push({
      kind: 'clause',
      id,
      spec: clause.spec,
      level: clause.level,
      summary: clause.summary,
      reach: showing.map(({ reach }) => reach).reduce(widest, 'client'),
      gravity: broken.some(({ isGrave }) => isGrave) ? 'MUST' : broken.length > 0 ? 'SHOULD' : 'choice',
      isSplit: departing.length < judged.length,
      cases: Math.max(...showing.map(({ broken, cases }) => (departing.length > 0 ? broken : cases))),
      cells: seen.map((each) => (each === undefined ? null : cellOf(each))),
    });
  }
  return parts;
}

function cellOf({ reach: _, ...seen }: SeenInScenario): Seen {
  return seen;
}

function choiceParts(views: readonly ServerView[], scenario: string): ChoicePart[] {
  const parts: ChoicePart[] = [];
  const names = new Set(views.flatMap((view) => [...(view.behaviours.get(scenario)?.choices.keys() ?? [])]));
  for (const name of names) {
    const seen = views.map((view) => view.behaviours.get(scenario)?.choices.get(name));
    const cases = new Set(seen.flatMap((each) => [...(each?.taken.keys() ?? [])]));
    const differing = [...cases].filter((item) => {
      const taken = seen.flatMap((each) => each?.taken.get(item) ?? []).filter((option) => option !== '');
      return new Set(taken).size > 1;
    });
    if (differing.length === 0) continue;
    parts.push({
      kind: 'choice',
      name,
      reach: seen.map((each) => each?.reach ?? 'client').reduce(widest, 'client'),
      gravity: 'choice',
      isSplit: true,
      cases: differing.length,
      cells: seen.map((each) => (each === undefined ? null : countOptions([...each.taken.values()]))),
    });
  }
  return parts;
}

function countOptions(taken: readonly string[]): TakenOption[] {
  const counts = new Map<string, number>();
  for (const option of taken) counts.set(option, (counts.get(option) ?? 0) + 1);
  return [...counts].map(([option, cases]) => ({ option, cases })).sort((a, b) => b.cases - a.cases);
}
