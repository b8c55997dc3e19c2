import type { Catalogue } from '../requirements/load.js';
import { type Element, NS, serialize } from '../wire/element.js';
import { expandScenario } from './expand.js';
import { citedClauses, farEndClauses } from './select.js';
import type {
  Check,
  ChoiceOption,
  ChoicePart,
  ContactDecl,
  DemandedState,
  DomainDecl,
  FenceReach,
  ResourceDecl,
  Scenario,
  Step,
  UserDecl,
} from './types.js';

/**
 * A scenario as text that can be read beside the RFC: who is there, what happens, what must follow, and the clauses
 * that it judges in the catalogue's words.
 */
export function describeScenario(scenario: Scenario, catalogue: Catalogue): string {
  const lines = [scenario.title, '='.repeat(scenario.title.length), '', `${scenario.id} (${scenario.file})`];
  if (scenario.about !== '') lines.push('', scenario.about);
  if (scenario.needs.length > 0) lines.push('', `Needs: ${scenario.needs.join(', ')}.`);
  lines.push('', ...play(scenario));
  lines.push('', 'Clauses', ...clauses(scenario, catalogue).map(indent));
  return `${lines.join('\n')}\n`;
}

/** The middle part of {@link describeScenario}: who is there, what happens, what must follow, and the table of cases. */
export function describePlay(scenario: Scenario): string {
  return `${play(scenario).join('\n')}\n`;
}

function play(scenario: Scenario): string[] {
  const lines = [
    'Given',
    ...given(scenario).map(indent),
    '',
    'Play',
    ...scenario.steps.flatMap(step).map(indent),
  ];
  if (scenario.rows.some((row) => Object.keys(row.columns).length > 0)) {
    lines.push('', `Cases (${scenario.rows.length})`, ...table(scenario).map(indent));
  }
  return lines;
}

function given(scenario: Scenario): string[] {
  const users = scenario.users.flatMap((user) =>
    user.resources.length === 0
      ? [`${user.name}, a user${elsewhere(user)} without a connected resource${apart(user.fence)}`]
      : user.resources.map((resource) => {
          const traits = [
            resource.interested ? 'interested' : 'not interested in the roster',
            resource.available ? 'available' : 'not available',
          ];
          const later = resource.joinsLater ? ', logs in later' : '';
          const name =
            resource.boundAs === resource.name ? '' : ` (asks for the resource ${resource.boundAs})`;
          const state = STAGES[resource.logIn] ?? traits.join(', ');
          return `${user.name}/${resource.name}${name}${elsewhere(user)}: ${state}${later}${apart(user.fence)}${condition(resource.when)}`;
        }),
  );
  const contacts = scenario.contacts.map(
    (contact) => `${contact.name}, a contact on ${homeOf(contact)}${apart(contact.fence)}`,
  );
  const subscriptions = scenario.subscriptions.map((decl) => {
    const details = [
      decl.name === '' ? '' : ` named "${decl.name}"`,
      decl.group === '' ? '' : ` in group "${decl.group}"`,
    ];
    return `the subscription of ${decl.of} to ${decl.to} is ${decl.state}${withItem(decl.item)}${details.join('')}`;
  });
  return [...users, ...scenario.domains.map(domain), ...contacts, ...subscriptions];
}

/** Whose server it is, where that is not the target. */
function elsewhere({ server }: UserDecl): string {
  return server === 'peer' ? ' of the other server' : '';
}

function homeOf({ domain }: ContactDecl): string {
  return domain === undefined ? 'a remote server' : `the server of ${domain}`;
}

/** A remote domain, and what is not as it should be there. */
function domain({ name, is, isCold, keys, answers, proves }: DomainDecl): string {
  const traits = [
    is === 'up' ? '' : `, ${is}`,
    isCold ? ', to which there is no stream yet' : '',
    keys === 'own' ? '' : `, which vouches for ${keys === 'all' ? 'any key' : 'no key'}`,
    answers === 'truth'
      ? ''
      : `, which ${answers === 'invalid' ? 'calls the keys of the target invalid' : 'answers no key'}`,
    proves ? '' : ', whose dialback is left to the play',
  ];
  return `${name}, a remote domain with a server of its own${traits.join('')}`;
}

/** Whether the fence goes around the party, as the end of a sentence. */
function apart(fence: FenceReach): string {
  return fence === 'server' ? ', fenced by the server alone' : '';
}

/** What a stream is whose log-in is left off. */
const STAGES: Readonly<Partial<Record<ResourceDecl['logIn'], string>>> = {
  secured: 'a stream that is not authenticated',
  authenticated: 'a stream that is authenticated, without a resource',
  bound: 'a stream with a resource, without a session',
};

function step(step: Step): string[] {
  switch (step.kind) {
    case 'send':
      return [
        `${step.from} sends${condition(step.when)}:`,
        indent(step.stanza === undefined ? step.malformed.trim() : xml(step.stanza)),
      ];
    case 'domain-goes':
      return [`the server of ${step.domain} goes ${step.to}${condition(step.when)}`];
    case 'login':
      return [`${step.resource} logs in${condition(step.when)}`];
    case 'logout':
      return [`${step.resource} leaves (${step.how})${condition(step.when)}`];
    default:
      return check(step);
  }
}

function check(check: Check): string[] {
  switch (check.kind) {
    case 'expect': {
      const times =
        check.times === undefined ? '' : ` exactly ${check.times === 1 ? 'once' : `${check.times} times`}`;
      return [
        `${list(check.at)} ${check.proves.length === 0 && (check.farEnd ?? []).length === 0 ? 'may' : 'must'} receive${times}${condition(check.when)}:`,
        indent(xml(check.template)),
        ...proof(check.proves, check.farEnd),
        ...check.asserts.flatMap((item) => [
          indent(`where ${item.says}${condition(item.when)}`),
          ...proof(item.proves, item.farEnd).map(indent),
        ]),
      ];
    }
    case 'never':
      return [
        `${list(check.at)} must not receive${condition(check.when)}:`,
        indent(xml(check.template)),
        ...proof(check.proves, check.farEnd),
      ];
    case 'closed':
    case 'open':
      return [
        `the server ${check.kind === 'closed' ? 'must' : 'must not'} have closed the ${check.what} of ${list(check.at)}${condition(check.when)}`,
        ...proof(check.proves),
      ];
    case 'order':
      return [
        `at ${list(check.at)}, "${check.first}" must come before "${check.then}"${condition(check.when)}`,
        ...proof(check.proves, check.farEnd),
      ];
    case 'asked': {
      const not = check.not.length === 0 ? '' : `, and not for ${list(check.not)}`;
      return [
        `the name service must be asked about ${check.domain} for ${check.names.join(', then ')}${not}${condition(check.when)}`,
        ...proof(check.proves),
      ];
    }
    case 'one-of':
      return [
        `one of these must hold${condition(check.when)} (${check.name}):`,
        ...check.options.flatMap((option) => [
          indent(`- ${option.name}${option.inOrder ? ', in this order' : ''}${loss(option)}`),
          ...option.parts.map((part) => indent(indent(sign(part)))),
          ...proof(option.proves).map(indent),
        ]),
        ...proof(check.proves, check.farEnd),
      ];
    case 'state':
      return [
        `the subscription of ${check.of} to ${check.to} must be ${demanded(check)}${condition(check.when)}`,
        ...proof(check.proves, check.farEnd),
        ...check.alternatives.flatMap((other) => [`or ${demanded(other)}`, ...proof(other.proves)]),
      ];
  }
}

/** What people lose by a permitted alternative, as the end of its line. */
function loss({ gap }: ChoiceOption): string {
  return gap === undefined ? '' : ` (permitted, but ${gap})`;
}

function sign(part: ChoicePart): string {
  if (!('template' in part)) {
    return `the server has ${part.kind === 'open' ? 'not ' : ''}closed the ${part.what} of ${list(part.at)}`;
  }
  return `${list(part.at)} ${part.kind === 'never' ? 'does not receive' : 'receives'} ${xml(part.template)}`;
}

function demanded({ is, item }: DemandedState): string {
  return `${is}${withItem(item)}`;
}

/** Whether there is a roster item, as the end of a sentence; a column is named where it decides. */
function withItem(item: string): string {
  if (item === '' || item === 'any') return '';
  if (item === 'yes') return ', with a roster item';
  return item === 'no' ? ', without a roster item' : `, roster item: ${item}`;
}

function table(scenario: Scenario): string[] {
  const columns = Object.keys(scenario.rows[0]?.columns ?? {}).filter(
    (column) => !scenario.rows.some((row) => row.columns[column]?.includes(':')),
  );
  const rows = [
    ['case', ...columns],
    ...scenario.rows.map((row) => [row.name, ...columns.map((column) => row.columns[column] ?? '')]),
  ];
  const widths = ['case', ...columns].map((_, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function clauses(scenario: Scenario, catalogue: Catalogue): string[] {
  const cases = expandScenario(scenario);
  const cited = [...new Set([...cases.flatMap(citedClauses), ...cases.flatMap(farEndClauses)])].sort();
  return cited.flatMap((id) => {
    const clause = catalogue.clauses.get(id);
    return clause === undefined ? [id] : [`${id}  ${clause.level}`, indent(clause.summary)];
  });
}

function proof(proves: readonly string[], farEnd: readonly string[] = []): string[] {
  return [
    ...(proves.length === 0 ? [] : [indent(`[${proves.join(' ')}]`)]),
    ...(farEnd.length === 0 ? [] : [indent(`[the far end: ${farEnd.join(' ')}]`)]),
  ];
}

function condition(when: string): string {
  return when === '' ? '' : ` (if ${when})`;
}

function xml(stanza: Element): string {
  return serialize(stanza, NS.client);
}

function list(places: readonly string[]): string {
  return places.join(' and ');
}

function indent(line: string): string {
  return `  ${line}`;
}
