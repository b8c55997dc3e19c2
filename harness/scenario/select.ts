import type { Shard } from '../verdict/result.js';
import type { PlayableCase } from './types.js';

/** What to play: patterns on `SCENARIO` or `SCENARIO#CASE` with `*`, and sections such as `9.3` or `rfc6121:3.1`. */
export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly section: readonly string[];
}

/** The cases selected, and the patterns and sections that no case matches. */
export interface Selected {
  readonly cases: readonly PlayableCase[];
  readonly unmatched: readonly string[];
}

/** Picks cases; pure. */
export function selectCases(cases: readonly PlayableCase[], selection: Selection): Selected {
  const only = selection.only.map(matcher);
  const skip = selection.skip.map(matcher);
  const sections = selection.section.map(sectionMatcher);
  const unmatched = [
    ...selection.only.filter((_, index) => !cases.some((item) => only[index]?.(item))),
    ...selection.skip.filter((_, index) => !cases.some((item) => skip[index]?.(item))),
    ...selection.section.filter((_, index) => !cases.some((item) => sections[index]?.(item))),
  ];
  return {
    cases: cases.filter(
      (item) =>
        (only.length === 0 || only.some((matches) => matches(item))) &&
        !skip.some((matches) => matches(item)) &&
        (sections.length === 0 || sections.some((matches) => matches(item))),
    ),
    unmatched,
  };
}

/** The cases of one shard: every `count`th, so that the cases of a scenario are spread over all; pure. */
export function shardCases(
  cases: readonly PlayableCase[],
  shard: Shard | undefined,
): readonly PlayableCase[] {
  if (shard === undefined) return cases;
  return cases.filter((_, index) => index % shard.count === shard.index - 1);
}

/** The clauses that a case can prove. */
export function citedClauses(play: PlayableCase): string[] {
  const checks = play.exchanges.flatMap((exchange) => exchange.checks);
  const cited = [...checks, ...play.states].flatMap((check) => {
    if (check.kind === 'expect') return [...check.proves, ...check.asserts.flatMap((item) => item.proves)];
    if (check.kind === 'one-of') return [...check.proves, ...check.options.flatMap((item) => item.proves)];
    if (check.kind === 'state')
      return [...check.proves, ...check.alternatives.flatMap((item) => item.proves)];
    return check.proves;
  });
  return [...new Set(cited)];
}

/** The clauses by which the server at the other end of a link must have sent what a case watches for. */
export function farEndClauses({ exchanges, states }: PlayableCase): string[] {
  const checks = [...exchanges.flatMap((exchange) => exchange.checks), ...states];
  const cited = checks.flatMap((check) => {
    const own = 'farEnd' in check ? (check.farEnd ?? []) : [];
    return check.kind === 'expect' ? [...own, ...check.asserts.flatMap(({ farEnd = [] }) => farEnd)] : own;
  });
  return [...new Set(cited)];
}

type Matcher = (play: PlayableCase) => boolean;

function matcher(pattern: string): Matcher {
  const [scenario = '', name] = pattern.split('#', 2);
  const scenarioMatches = glob(scenario);
  const caseMatches = name === undefined ? () => true : glob(name);
  return (play) => scenarioMatches(play.scenario.id) && caseMatches(play.name);
}

function glob(pattern: string): (text: string) => boolean {
  const expression = new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
  return (text) => expression.test(text);
}

/** A section covers its subsections: 9 covers 9.3. */
function sectionMatcher(section: string): Matcher {
  const [, document, number = ''] = /^(?:((?:rfc|xep)\d+):)?(.*)$/.exec(section) ?? [];
  return (play) =>
    citedClauses(play).some((clause) => {
      const [ofDocument = '', rest = ''] = clause.split(':', 2);
      const ofSection = rest.slice(0, rest.indexOf('/'));
      return (
        (document === undefined || document === ofDocument) &&
        (ofSection === number || ofSection.startsWith(`${number}.`))
      );
    });
}
