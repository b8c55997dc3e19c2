import type { Level, Outcome, Spec } from '../../harness/verdict/result.js';
import { groupBy } from '../group.js';
import { specName } from '../scoreboard.js';
import { count } from '../text.js';
import type { ComparedServer, LevelCell } from './compare.js';
import type { ChoicePart, ClausePart, Difference, TakenOption, Weight } from './differences.js';
import { REACH_NAMES } from './reach.js';
import type { Seen } from './server.js';

/** Servers of which the same can be said. */
export interface Saying {
  readonly servers: readonly string[];
  readonly text: string;
}

/** `across servers, MUST, servers differ`: why a difference stands where it does. */
export function weightText({ reach, gravity, isSplit }: Weight): string {
  return `${REACH_NAMES[reach]}, ${gravity}, ${isSplit ? 'servers differ' : 'all that were judged depart'}`;
}

/** What is said of each server about a part of a difference, servers that act alike together. */
export function sayings(
  part: ClausePart | ChoicePart,
  difference: Difference,
  names: readonly string[],
): Saying[] {
  const said = names.map((name, index) => ({
    name,
    text:
      part.kind === 'clause'
        ? seenText(part.cells[index] ?? null, part.spec, difference.notJudged[index])
        : optionsText(part.cells[index] ?? null, difference.notJudged[index]),
  }));
  return [...groupBy(said, ({ text }) => text)].map(([text, group]) => ({
    servers: group.map(({ name }) => name),
    text,
  }));
}

/**
 * How a server stands to a clause: `departs in 3 of 8 cases`.
 * @param seen null where it was not judged
 * @param spec the clause's specification
 * @param why it was not judged, where that is known
 */
export function seenText(seen: Seen | null, spec: Spec, why = ''): string {
  if (seen === null) return because('not judged', why);
  switch (seen.standing) {
    case 'kept':
      return 'keeps it';
    case 'excused':
      return 'goes by a clause that contradicts it';
    case 'departs': {
      const often = seen.cases > 1 ? ` in ${seen.broken} of ${count(seen.cases, 'case')}` : '';
      const demanded =
        seen.demandedBy.length > 0
          ? `, as ${specName(otherSpec(spec))} demands (${seen.demandedBy.join(', ')})`
          : '';
      return `departs${often}${demanded}`;
    }
    case 'unclear':
      return because('not all cases judged', seen.reason || why);
    case 'untested':
      return because('not tested', seen.reason || why);
  }
}

function because(what: string, why: string): string {
  return why === '' ? what : `${what} (${why})`;
}

function optionsText(taken: readonly TakenOption[] | null, why = ''): string {
  if (taken === null) return because('not judged', why);
  return taken
    .map(({ option, cases }) => `${option || 'none of the options'}${taken.length > 1 ? ` (${cases})` : ''}`)
    .join(', ');
}

/** What a part of a difference is about: the clause's level and id, or the name of the choice. */
export function partTitle(part: ClausePart | ChoicePart): string {
  return part.kind === 'clause' ? `${part.level} ${part.id}` : `Choice: ${part.name}`;
}

/** `391 of 445 kept, 9 departures demanded by RFC 6121, 4 not all judged`. */
export function levelText({ kept, departs, demanded, unclear }: LevelCell, spec: Spec, level: Level): string {
  if (level === 'MAY') return `${kept} taken`;
  return [
    `${kept} of ${kept + departs} kept`,
    ...(demanded > 0 ? [`${count(demanded, 'departure')} demanded by ${specName(otherSpec(spec))}`] : []),
    ...(unclear > 0 ? [`${unclear} not all judged`] : []),
  ].join(', ');
}

/** The outcomes of cases, in the order in which they are told. */
export const OUTCOMES: readonly Outcome[] = ['pass', 'warn', 'fail', 'blocked', 'skipped', 'error'];

/** `1178 pass, 117 warn`: the outcomes that there are. */
export function casesText(cases: Readonly<Record<Outcome, number>>): string {
  const told = OUTCOMES.filter((outcome) => cases[outcome] > 0).map(
    (outcome) => `${cases[outcome]} ${outcome}`,
  );
  return told.join(', ') || 'none';
}

/** `Prosody: Prosody 0.12.3 at 127.0.0.1:5222, judged by RFC 3921`. */
export function aboutServer({ name, software, target, spec }: ComparedServer): string {
  const what = software === '' || software === name ? target : `${software} at ${target}`;
  return `${name}: ${what}, judged by ${specName(spec)}`;
}

/** The specification that a result holds beside this one. */
export function otherSpec(spec: Spec): Spec {
  return spec === 'rfc3921' ? 'rfc6121' : 'rfc3921';
}
