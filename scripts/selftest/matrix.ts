import type { Fixtures } from '../../harness/fixtures.js';
import { citedClauses } from '../../harness/scenario/select.js';
import type { ChoiceCheck, ChoiceOption, PlayableCase } from '../../harness/scenario/types.js';
import { type Element, serialize } from '../../harness/wire/element.js';
import type { JobResult } from './job.js';

/** The kill matrix as a whole: what its lines leave open. */
export interface Matrix {
  /** How many clauses scenarios judge. */
  readonly judged: number;
  /** Clauses that a server can break, but none that was played has failed. */
  readonly spared: readonly string[];
  /** Clauses that no server fails alone: whoever breaks one keeps the rivals named. */
  readonly opposed: ReadonlyMap<string, readonly string[]>;
  /** MAY clauses that no permitted server has made use of. */
  readonly unused: readonly string[];
  /** Options that satisfy a clause, but that no permitted server has taken: `scenario: choice: option`. */
  readonly untaken: readonly string[];
}

/**
 * What is still to be proved; pure.
 * @param killed the clauses that some fault has failed
 * @param permitted what the sound servers and the permitted variations have shown
 */
export function matrixOf(
  fixtures: Fixtures,
  killed: ReadonlySet<string>,
  permitted: readonly JobResult[],
): Matrix {
  const judged = [...new Set(fixtures.cases.flatMap(citedClauses))].sort();
  const opposed = opposedClauses(fixtures);
  const levelOf = (clause: string) => fixtures.catalogue.get(clause).level;
  const shown = permitted.flatMap(({ cases }) => cases);
  const kept = new Set(shown.flatMap((item) => item.liberties));
  const taken = new Set(
    shown.flatMap((item) =>
      item.choices.map((choice) => optionKey(item.scenario, choice.name, choice.taken)),
    ),
  );
  return {
    judged: judged.length,
    spared: judged.filter(
      (clause) => levelOf(clause) !== 'MAY' && !killed.has(clause) && !opposed.has(clause),
    ),
    opposed: new Map([...opposed].filter(([clause]) => !killed.has(clause))),
    unused: judged.filter((clause) => levelOf(clause) === 'MAY' && !kept.has(clause)),
    untaken: optionsOf(fixtures).filter((option) => !taken.has(option)),
  };
}

/**
 * Clauses that are judged only where a stanza either comes or doesn't come, and where a clause that contradicts them
 * demands the opposite: broken, they are excused, and there is no third way.
 */
function opposedClauses(fixtures: Fixtures): Map<string, string[]> {
  const opposed = new Map<string, string[]>();
  const breakable = new Set<string>();
  for (const play of fixtures.cases) {
    const opposites = choicesOf(play).flatMap(oppositesOf);
    const rivalsHere = new Map<string, string[]>();
    for (const { clause, against } of opposites) {
      const { contradicts } = fixtures.catalogue.get(clause);
      rivalsHere.set(
        clause,
        against.filter((rival) => contradicts.includes(rival)),
      );
    }
    for (const clause of citedClauses(play)) {
      const rivals = rivalsHere.get(clause) ?? [];
      if (rivals.length === 0 || isCitedOtherwise(play, clause)) breakable.add(clause);
      else opposed.set(clause, [...new Set([...(opposed.get(clause) ?? []), ...rivals])].sort());
    }
  }
  for (const clause of breakable) opposed.delete(clause);
  return new Map([...opposed].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Whether a case judges the clause anywhere but in a choice between opposites. */
function isCitedOtherwise(play: PlayableCase, clause: string): boolean {
  const within = (choice: ChoiceCheck) => oppositesOf(choice).some((opposite) => opposite.clause === clause);
  const exchanges = play.exchanges.map(({ actions, checks }) => ({
    actions,
    checks: checks.filter((check) => check.kind !== 'one-of' || !within(check)),
  }));
  return citedClauses({ ...play, exchanges }).includes(clause);
}

/** Of a choice between a stanza that comes and the same stanza that doesn't: each clause, and those of the other side. */
function oppositesOf({ options, proves }: ChoiceCheck): { clause: string; against: readonly string[] }[] {
  const [one, other, ...more] = options;
  if (one === undefined || other === undefined || more.length > 0 || !areOpposite(one, other)) return [];
  return [
    ...one.proves.map((clause) => ({ clause, against: other.proves })),
    ...other.proves.map((clause) => ({ clause, against: one.proves })),
  ].filter(({ clause }) => !proves.includes(clause));
}

function areOpposite(one: ChoiceOption, other: ChoiceOption): boolean {
  const [part, ...parts] = one.parts;
  const [opposite, ...opposites] = other.parts;
  return (
    part !== undefined &&
    opposite !== undefined &&
    parts.length + opposites.length === 0 &&
    'template' in part &&
    'template' in opposite &&
    part.kind !== opposite.kind &&
    part.at.length === 1 &&
    part.at[0] === opposite.at[0] &&
    whateverAddress(part.template) === whateverAddress(opposite.template)
  );
}

/** What reaches a party is addressed to it, whether the template says so or not. */
function whateverAddress(template: Element): string {
  const { to: _, ...attrs } = template.attrs;
  return serialize({ ...template, attrs });
}

function choicesOf(play: PlayableCase): ChoiceCheck[] {
  return play.exchanges.flatMap(({ checks }) =>
    checks.filter((check): check is ChoiceCheck => check.kind === 'one-of'),
  );
}

function optionsOf({ cases }: Fixtures): string[] {
  const keys = cases.flatMap((play) =>
    choicesOf(play).flatMap(({ name, options, proves }) =>
      options
        .filter((option) => proves.length + option.proves.length > 0)
        .map((option) => optionKey(play.scenario.id, name, option.name)),
    ),
  );
  return [...new Set(keys)].sort();
}

function optionKey(scenario: string, choice: string, option: string): string {
  return `${scenario}: ${choice}: ${option}`;
}
