import {
  countOutcomes,
  type End,
  type InteropCase,
  type InteropDifference,
  type InteropOutcome,
  type InteropResult,
  type InteropServer,
} from '../../harness/interop/result.js';
import type { Level, Spec } from '../../harness/verdict/result.js';
import type { TranscriptEntry } from '../../harness/wire/transcript.js';

/** An ordered pair in few numbers. */
export interface Cell {
  readonly target: string;
  readonly peer: string;
  readonly cases: number;
  readonly counts: Readonly<Record<InteropOutcome, number>>;
  /** Cases in which each end departs. */
  readonly departs: Readonly<Record<End, number>>;
  readonly durationMs: number;
  readonly interrupted: string;
}

/** Where something was seen. */
export interface Sighting {
  readonly target: string;
  readonly peer: string;
  /** `SCENARIO#CASE`. */
  readonly case: string;
}

/** A clause that a server departs from, and what it looks like to the people of both ends. */
export interface Departure {
  readonly server: string;
  readonly clauses: readonly {
    readonly clause: string;
    readonly level: Level;
    readonly summary: string;
    /** The case of the server's own run that shows it; the record may have lost it. */
    readonly shownBy: string;
    /** Why that run takes it for a known failure; empty where it does not. */
    readonly known: string;
  }[];
  readonly expectation: Expectation;
  readonly sightings: readonly Sighting[];
}

/** What was watched for at the first sighting. */
export interface Expectation {
  readonly title: string;
  readonly at: string;
  readonly source: string;
  readonly expected: string;
  readonly received: string;
  readonly reason: string;
  readonly exchange: readonly TranscriptEntry[];
}

/** Something that the two don't manage together, though each keeps what it owes. */
export interface Gap {
  /** What people lose, or what was expected. */
  readonly says: string;
  /** The server whose permitted choice it is; empty where there was none. */
  readonly by: string;
  /** Name of the choice and what was taken; empty where there was none. */
  readonly choice: string;
  readonly expectation: Expectation | undefined;
  readonly sightings: readonly Sighting[];
}

/** A difference that no record explains: what would have to be known. */
export interface Unattributed {
  readonly says: string;
  readonly clauses: readonly string[];
  readonly expectation: Expectation;
  readonly sightings: readonly Sighting[];
}

/** A case that could not be judged. */
export interface NotJudged extends Sighting {
  readonly outcome: 'blocked' | 'error';
  readonly reason: string;
}

/** The choices that servers took where the specification leaves one, by name. */
export interface ChoiceRow {
  readonly name: string;
  /** By server, in the order of the matrix; more than one where it depends on the other end. */
  readonly taken: readonly (readonly string[])[];
}

/** All pairs side by side. */
export interface InteropMatrix {
  readonly spec: Spec;
  readonly servers: readonly InteropServer[];
  readonly cells: readonly Cell[];
  readonly departures: readonly Departure[];
  readonly gaps: readonly Gap[];
  readonly unattributed: readonly Unattributed[];
  readonly notJudged: readonly NotJudged[];
  readonly choices: readonly ChoiceRow[];
}

/** Lays ordered pairs of one specification side by side; pure. */
export function interopMatrix(results: readonly InteropResult[]): InteropMatrix {
  const servers = new Map<string, InteropServer>();
  for (const { target, peer } of results)
    for (const server of [target, peer]) servers.set(server.name, server);
  const seen = results.flatMap((result) => result.cases.map((item) => ({ result, item })));
  return {
    spec: results[0]?.spec ?? 'rfc3921',
    servers: [...servers.values()],
    cells: results.map(cellOf),
    departures: gathered(seen.flatMap(departuresOf)),
    gaps: gathered(seen.flatMap(gapsOf)),
    unattributed: gathered(seen.flatMap(unattributedOf)),
    notJudged: seen.flatMap(({ result, item }) =>
      item.outcome === 'blocked' || item.outcome === 'error'
        ? [{ ...sightingOf(result, item), outcome: item.outcome, reason: item.reason }]
        : [],
    ),
    choices: choiceRows(seen, [...servers.keys()]),
  };
}

function cellOf({ target, peer, cases, durationMs, interrupted }: InteropResult): Cell {
  const departing = (end: End) => cases.filter(({ departs }) => departs.includes(end)).length;
  return {
    target: target.name,
    peer: peer.name,
    cases: cases.length,
    counts: countOutcomes(cases),
    departs: { target: departing('target'), peer: departing('peer') },
    durationMs,
    interrupted,
  };
}

interface Seen {
  readonly result: InteropResult;
  readonly item: InteropCase;
}

/** What is alike to be told once: the key decides. */
interface Keyed<T> {
  readonly key: string;
  readonly value: T;
}

function gathered<T extends { readonly sightings: readonly Sighting[] }>(items: readonly Keyed<T>[]): T[] {
  const found = new Map<string, T>();
  for (const { key, value } of items) {
    const before = found.get(key);
    const sightings = [...(before?.sightings ?? []), ...value.sightings];
    const unique = new Map(sightings.map((sighting) => [JSON.stringify(sighting), sighting]));
    found.set(key, { ...(before ?? value), sightings: [...unique.values()] });
  }
  return [...found.values()];
}

function departuresOf({ result, item }: Seen): Keyed<Departure>[] {
  return item.differences.flatMap((difference) =>
    difference.departs.map((end) => {
      const clauses = difference.clauses
        .filter((clause) => clause.end === end && clause.standing === 'breaks')
        .map(({ clause, level, summary, shownBy, known }) => ({ clause, level, summary, shownBy, known }));
      const server = result[end].name;
      return {
        key: JSON.stringify([server, clauses.map(({ clause }) => clause)]),
        value: {
          server,
          clauses,
          expectation: expectationOf(item, difference),
          sightings: [sightingOf(result, item)],
        },
      };
    }),
  );
}

function gapsOf({ result, item }: Seen): Keyed<Gap>[] {
  const sightings = [sightingOf(result, item)];
  const chosen = item.choices
    .filter(({ gap }) => gap !== '')
    .map(({ name, taken, by, gap }) => ({
      key: JSON.stringify([result[by].name, name, taken]),
      value: {
        says: gap,
        by: result[by].name,
        choice: `${name}: ${taken}`,
        expectation: undefined,
        sightings,
      },
    }));
  const unexplained = item.differences
    .filter(({ verdict }) => verdict === 'gap')
    .map((difference) => ({
      key: JSON.stringify([difference.source, difference.at]),
      value: {
        says: `${item.title}: ${reasonOf(difference)}, though by itself each keeps what this rests on`,
        by: '',
        choice: '',
        expectation: expectationOf(item, difference),
        sightings,
      },
    }));
  return [...chosen, ...unexplained];
}

function unattributedOf({ result, item }: Seen): Keyed<Unattributed>[] {
  return item.differences
    .filter(({ verdict }) => verdict === 'unattributed')
    .map((difference) => {
      const lacking = (['target', 'peer'] as const).filter((end) =>
        difference.clauses.some((clause) => clause.end === end && clause.standing === 'none'),
      );
      const names = lacking.map((end) => result[end].name);
      return {
        key: JSON.stringify([result.target.name, result.peer.name, difference.source, difference.at]),
        value: {
          says:
            names.length > 0
              ? `not attributed: give the records of ${names.join(' and ')}`
              : 'not attributed: the records do not show which of these clauses is broken here',
          clauses: difference.clauses.map(
            ({ clause, level, end, standing, shownBy }) =>
              `${clause} (${level}) of ${result[end].name}: ${standing}${standing === 'breaks elsewhere' ? `, in ${shownBy}` : ''}`,
          ),
          expectation: expectationOf(item, difference),
          sightings: [sightingOf(result, item)],
        },
      };
    });
}

/** The reason, with the party that it speaks of. */
function reasonOf({ at, reason }: InteropDifference): string {
  return reason.startsWith(at) ? reason : `${at}: ${reason}`;
}

function expectationOf(item: InteropCase, difference: InteropDifference): Expectation {
  const { at, source, expected, received, reason, exchange } = difference;
  return { title: item.title, at, source, expected, received, reason, exchange };
}

function sightingOf({ target, peer }: InteropResult, item: InteropCase): Sighting {
  return { target: target.name, peer: peer.name, case: `${item.scenario}#${item.case}` };
}

function choiceRows(seen: readonly Seen[], servers: readonly string[]): ChoiceRow[] {
  const rows = new Map<string, Map<string, Set<string>>>();
  for (const { result, item } of seen) {
    for (const { name, taken, by } of item.choices) {
      const row = rows.get(name) ?? new Map<string, Set<string>>();
      const server = result[by].name;
      row.set(server, (row.get(server) ?? new Set()).add(taken));
      rows.set(name, row);
    }
  }
  return [...rows].map(([name, row]) => ({
    name,
    taken: servers.map((server) => [...(row.get(server) ?? [])]),
  }));
}

/** What a cell says: `61 of 61`, `57 of 61, prosody departs in 3, 1 gap`. */
export function cellText(cell: Cell): string {
  const { counts, departs } = cell;
  if (cell.cases === 0) return 'not played';
  const parts = [
    `${counts.agree} of ${cell.cases} agree`,
    departs.target > 0 ? `${cell.target} departs in ${departs.target}` : '',
    departs.peer > 0 ? `${cell.peer} departs in ${departs.peer}` : '',
    counts.gap > 0 ? `${counts.gap} ${counts.gap === 1 ? 'gap' : 'gaps'}` : '',
    counts.unattributed > 0 ? `${counts.unattributed} not attributed` : '',
    counts.blocked > 0 ? `${counts.blocked} blocked` : '',
    counts.error > 0 ? `${counts.error} not judged` : '',
    cell.interrupted === '' ? '' : 'interrupted',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** What the words of the matrix mean, for whoever sees it first: each word with its meaning. */
export const LEGEND: readonly (readonly [string, string])[] = [
  ['agree', 'cases in which each end showed what the clauses of its own server demand'],
  [
    'departs',
    'an end did not, and the server named breaks the clause in its own run too, in what is most like this; the level of the clause tells whether it must or should',
  ],
  [
    'gap',
    'an end did not though each server keeps the clauses by itself, or a server chose what it may and people lose something by it',
  ],
  ['not attributed', 'an end did not, and no record tells whose doing it is'],
  ['blocked, not judged', 'the state to begin with was not reached, or a marker or a stream was lost'],
];

/** How a cell is coloured: everything agrees, a server departs, or something else is not as it should be. */
export function tintOf({ counts, cases, interrupted }: Cell): 'agree' | 'departs' | 'gap' {
  if (counts.departs > 0) return 'departs';
  return counts.agree === cases && interrupted === '' ? 'agree' : 'gap';
}

/** Why pairs were not played to the end, each reason once with the pairs that it stopped. */
export function interruptions({ cells }: InteropMatrix): string[] {
  const pairs = new Map<string, string[]>();
  for (const { target, peer, interrupted } of cells) {
    if (interrupted !== '')
      pairs.set(interrupted, [...(pairs.get(interrupted) ?? []), `${target} to ${peer}`]);
  }
  return [...pairs].map(([reason, names]) => `Not to the end: ${names.join(', ')}. ${reason}`);
}

/** The server and what it says it is. */
export function serverText({ name, software, domain, record }: InteropServer): string {
  const told = software === '' ? '' : `, ${software}`;
  return `${name}${told}, at ${domain}${record === '' ? '; no record of its own was given' : ''}`;
}

/** How a server's own run shows a departure: a sentence. */
export function shownText({ shownBy, known }: Departure['clauses'][number]): string {
  const expected = known === '' ? '' : `, a known failure: ${known.replace(/\.$/, '')}`;
  return `Its own run shows it in ${shownBy || 'a case that it does not name'}${expected}.`;
}

/** Where something was seen, in a line for each pair. */
export function sightingLines(sightings: readonly Sighting[]): string[] {
  const byPair = new Map<string, string[]>();
  for (const { target, peer, case: name } of sightings) {
    const pair = `${target} to ${peer}`;
    byPair.set(pair, [...(byPair.get(pair) ?? []), name]);
  }
  return [...byPair].map(([pair, names]) => `${pair}: ${names.join('; ')}`);
}
