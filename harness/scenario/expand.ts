import type { Element } from '../wire/element.js';
import type { Action, Check, Exchange, PlayableCase, Row, Scenario, StateCheck, Step } from './types.js';

/**
 * Fills in the columns of one row and cuts the play into exchanges.
 * @returns the case as it will be played
 */
function expandCase(scenario: Scenario, row: Row): PlayableCase {
  const fill = filler(row.columns);
  const applies = (placed: { readonly when: string }) => holds(placed.when, row.columns);
  const steps = scenario.steps.filter(applies).map((step) => fillStep(step, fill, applies));
  return {
    scenario,
    name: row.name,
    users: scenario.users.map((user) => ({ ...user, resources: user.resources.filter(applies).map(fill) })),
    domains: scenario.domains.map(fill),
    contacts: scenario.contacts,
    subscriptions: scenario.subscriptions.map(fill),
    exchanges: exchanges(steps),
    states: steps.filter((step): step is StateCheck => step.kind === 'state'),
  };
}

/** Every case of a scenario, in the order of its table. */
export function expandScenario(scenario: Scenario): PlayableCase[] {
  return scenario.rows.map((row) => expandCase(scenario, row));
}

/** Whether a `when` condition holds for the columns of a case. */
export function holds(condition: string, columns: Readonly<Record<string, string>>): boolean {
  if (condition === '') return true;
  return condition.split(' and ').every((term) => {
    const [, column = '', negation = '', value = ''] = /^([a-z-]+)(!?)=(.+)$/.exec(term.trim()) ?? [];
    return (columns[column] === value) !== (negation === '!');
  });
}

/** Clause ids of a `proves` attribute; a column may hold several, or none. */
export function clauseList(value: string): string[] {
  return value.split(/\s+/).filter((clause) => clause !== '');
}

type Filler = <T>(value: T) => T;

/** Replaces `{column}` in every string of a value; other placeholders are left for play and matching. */
function filler(columns: Readonly<Record<string, string>>): Filler {
  const fillText = (text: string) =>
    text.includes('{')
      ? text.replace(/\{([a-z-]+)\}/g, (whole, name: string) => columns[name] ?? whole)
      : text;
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return fillText(value);
    if (Array.isArray(value)) return value.map(fill);
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
    }
    return value;
  };
  return fill as Filler;
}

function fillStep(step: Step, fill: Filler, applies: (placed: { when: string }) => boolean): Step {
  const filled = fill(step);
  switch (filled.kind) {
    case 'expect':
      return { ...filled, ...lists(filled), asserts: filled.asserts.filter(applies).map(withClauses) };
    case 'never':
    case 'order':
    case 'closed':
    case 'open':
      return { ...filled, ...lists(filled) };
    case 'asked':
      return {
        ...withClauses(filled),
        names: clauseList(filled.names.join(' ')),
        not: clauseList(filled.not.join(' ')),
      };
    case 'one-of':
      return {
        ...withClauses(filled),
        options: filled.options.map((option) => ({
          ...withClauses(option),
          parts: option.parts.map((part) => ({ ...part, at: clauseList(part.at.join(' ')) })),
        })),
      };
    case 'state':
      return { ...withClauses(filled), alternatives: filled.alternatives.map(withClauses) };
    default:
      return filled;
  }
}

/** What cites clauses, of which a column may hold several. */
interface Citing {
  readonly proves: readonly string[];
  readonly farEnd?: readonly string[];
}

function withClauses<T extends Citing>(check: T): T {
  return { ...check, proves: clauseList(check.proves.join(' ')), ...farEnd(check) };
}

function farEnd({ farEnd: clauses }: Citing): { farEnd?: string[] } {
  return clauses === undefined ? {} : { farEnd: clauseList(clauses.join(' ')) };
}

/** A column may hold several places or clauses, so lists are split again after filling in. */
function lists(check: Citing & { readonly at: readonly string[] }) {
  return {
    at: clauseList(check.at.join(' ')),
    proves: clauseList(check.proves.join(' ')),
    ...farEnd(check),
  };
}

const ACTIONS: ReadonlySet<Step['kind']> = new Set<Action['kind']>([
  'send',
  'login',
  'logout',
  'domain-goes',
]);

function isAction(step: Step): step is Action {
  return ACTIONS.has(step.kind);
}

function exchanges(steps: readonly Step[]): Exchange[] {
  const found: { actions: Action[]; checks: Exclude<Check, StateCheck>[] }[] = [];
  for (const step of steps) {
    if (step.kind === 'state') continue;
    const current = found.at(-1);
    if (isAction(step)) {
      if (current === undefined || current.checks.length > 0) found.push({ actions: [step], checks: [] });
      else current.actions.push(step);
    } else if (current === undefined) {
      found.push({ actions: [], checks: [step] });
    } else {
      current.checks.push(step);
    }
  }
  return found;
}

/**
 * Replaces party placeholders (`{romeo}`, `{romeo/orchard}`, `{domain}`), and `{filler 4000}` by that many characters.
 * @param values by placeholder
 */
export function fillText(text: string, values: ReadonlyMap<string, string>): string {
  if (!text.includes('{')) return text;
  return text
    .replace(/\{filler (\d+)\}/g, (_, length: string) => 'x'.repeat(Number(length)))
    .replace(/\{([a-z0-9/-]+)\}/g, (whole, name: string) => values.get(name) ?? whole);
}

/** Replaces placeholders in a stanza or template, as {@link fillText} does. */
export function fillParties(stanza: Element, values: ReadonlyMap<string, string>): Element {
  const fill = (text: string) => fillText(text, values);
  return {
    ...stanza,
    attrs: Object.fromEntries(Object.entries(stanza.attrs).map(([key, value]) => [key, fill(value)])),
    children: stanza.children.map((item) =>
      typeof item === 'string' ? fill(item) : fillParties(item, values),
    ),
  };
}

/** Replaces placeholders in the templates of a check, as {@link fillText} does. */
export function fillCheck<T extends Exchange['checks'][number]>(
  check: T,
  values: ReadonlyMap<string, string>,
): T {
  if (check.kind === 'expect' || check.kind === 'never') {
    return { ...check, template: fillParties(check.template, values) };
  }
  if (check.kind === 'one-of') {
    const options = check.options.map((option) => ({
      ...option,
      parts: option.parts.map((part) =>
        !('template' in part) ? part : { ...part, template: fillParties(part.template, values) },
      ),
    }));
    return { ...check, options };
  }
  return check;
}
