import type { ClauseResult, Level, Outcome, RunResult, Spec } from '../../harness/verdict/result.js';
import { LEVELS, SPECS } from '../../harness/verdict/summary.js';
import { specName } from '../scoreboard.js';
import { type Difference, differencesOf } from './differences.js';
import type { Seen, ServerView } from './server.js';

/** One server in a comparison; cells of rows are in the order of the servers. */
export interface ComparedServer {
  readonly name: string;
  /** What the software calls itself; empty where it doesn't say. */
  readonly software: string;
  readonly target: string;
  readonly toolVersion: string;
  readonly spec: Spec;
  /** What was left out of its run; empty when nothing was. */
  readonly limits: string;
  readonly cases: Readonly<Record<Spec, Readonly<Record<Outcome, number>>>>;
}

/** Clauses of one specification and level, counted for each server. */
export interface LevelRow {
  readonly spec: Spec;
  readonly level: Level;
  readonly cells: readonly LevelCell[];
}

/** Clauses of one server by how it stands to them. */
export interface LevelCell {
  readonly kept: number;
  /** All departures, those that the other specification demands included. */
  readonly departs: number;
  readonly demanded: number;
  readonly unclear: number;
  readonly untested: number;
}

/** A feature that some server offers and another doesn't. */
export interface FeatureRow {
  readonly feature: string;
  readonly cells: readonly boolean[];
}

/** A clause and how each server stands to it; null where the server's result doesn't know the clause. */
export interface ClauseRow {
  readonly id: string;
  readonly document: string;
  readonly spec: Spec;
  readonly section: string;
  readonly level: Level;
  readonly summary: string;
  readonly contradicts: readonly string[];
  readonly differs: readonly string[];
  readonly cells: readonly (Seen | null)[];
}

/** A section with the clauses of it that some server was judged by. */
export interface SectionRows {
  readonly document: string;
  readonly section: string;
  readonly title: string;
  readonly clauses: readonly ClauseRow[];
}

/** Servers side by side; the JSON form of a comparison. */
export interface Comparison {
  readonly servers: readonly ComparedServer[];
  /** What makes the runs less than comparable, a sentence each. */
  readonly remarks: readonly string[];
  readonly levels: readonly LevelRow[];
  readonly features: readonly FeatureRow[];
  /** Scenarios in which a server departs or servers choose differently, what matters most first. */
  readonly differences: readonly Difference[];
  readonly sections: readonly SectionRows[];
}

/** Puts servers side by side, in the order given; pure. */
export function compareServers(views: readonly ServerView[]): Comparison {
  const catalogue = catalogueOf(views);
  return {
    servers: views.map(({ name, software, target, toolVersion, spec, limits, cases }) => ({
      name,
      software,
      target,
      toolVersion,
      spec,
      limits,
      cases,
    })),
    remarks: remarksOn(views),
    levels: SPECS.flatMap((spec) =>
      LEVELS.map((level) => ({ spec, level, cells: views.map((view) => countLevel(view, spec, level)) })),
    ).filter(({ cells }) => cells.some((cell) => cell.kept + cell.departs + cell.unclear > 0)),
    features: featureRows(views),
    differences: differencesOf(views, catalogue),
    sections: sectionRows(views, catalogue),
  };
}

/** Every clause that some result has, by id, in the order of the first that has it. */
function catalogueOf(views: readonly ServerView[]): Map<string, ClauseResult> {
  const all = new Map<string, ClauseResult>();
  for (const clause of views.flatMap((view) => view.catalogue)) {
    if (!all.has(clause.id)) all.set(clause.id, clause);
  }
  return all;
}

function remarksOn(views: readonly ServerView[]): string[] {
  const versions = new Set(views.map((view) => view.toolVersion));
  const specs = new Set(views.map((view) => view.spec));
  return [
    ...(versions.size > 1
      ? [
          `The runs are of different versions of xmpp-conform (${[...versions].join(', ')}): clauses and cases that only one knows are shown as not known to the others.`,
        ]
      : []),
    ...(specs.size > 1
      ? [
          `The runs were judged by different specifications (${[...specs].map(specName).join(', ')}); both are compared here, since every run holds the verdicts of both.`,
        ]
      : []),
    ...views
      .filter((view) => view.limits !== '')
      .map((view) => `The run of ${view.name} is not complete (${view.limits}).`),
  ];
}

function countLevel(view: ServerView, spec: Spec, level: Level): LevelCell {
  const cell = { kept: 0, departs: 0, demanded: 0, unclear: 0, untested: 0 };
  for (const clause of view.catalogue) {
    const seen = view.clauses.get(clause.id);
    if (clause.spec !== spec || clause.level !== level || seen === undefined) continue;
    cell[seen.standing === 'excused' ? 'kept' : seen.standing]++;
    if (seen.demandedBy.length > 0) cell.demanded++;
  }
  return cell;
}

function featureRows(views: readonly ServerView[]): FeatureRow[] {
  const names = new Set(views.flatMap((view) => view.features).filter((name) => !name.startsWith('no-')));
  return [...names]
    .sort()
    .map((feature) => ({ feature, cells: views.map((view) => view.features.includes(feature)) }))
    .filter(({ cells }) => cells.includes(false));
}

function sectionRows(
  views: readonly ServerView[],
  catalogue: ReadonlyMap<string, ClauseResult>,
): SectionRows[] {
  const titles = new Map<string, RunResult['sections'][number]>();
  for (const title of views.flatMap((view) => view.sections)) {
    const key = `${title.document}:${title.section}`;
    if (!titles.has(key)) titles.set(key, title);
  }
  const sections = new Map<string, ClauseRow[]>();
  for (const clause of catalogue.values()) {
    const cells = views.map((view) => view.clauses.get(clause.id) ?? null);
    if (cells.every((cell) => cell === null)) continue;
    const key = `${clause.document}:${clause.section}`;
    const rows = sections.get(key) ?? [];
    sections.set(key, rows);
    const { id, document, spec, section, level, summary, contradicts, differs } = clause;
    rows.push({ id, document, spec, section, level, summary, contradicts, differs, cells });
  }
  return [...sections].map(([key, clauses]) => ({
    document: clauses[0]?.document ?? '',
    section: clauses[0]?.section ?? '',
    title: titles.get(key)?.title ?? '',
    clauses,
  }));
}
