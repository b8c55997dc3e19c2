import { checkXPath } from '../match/xpath.js';
import type { Catalogue } from '../requirements/load.js';
import { type Element, elements, NS, serialize } from '../wire/element.js';
import { expandScenario } from './expand.js';
import { markersStopped } from './marker-paths.js';
import { citedClauses } from './select.js';
import type { SubscriptionState } from './states.js';
import type { Check, PlayableCase, Scenario } from './types.js';

/** What scenarios are checked against. */
export interface LintContext {
  readonly catalogue: Catalogue;
  readonly states: ReadonlyMap<string, SubscriptionState>;
  /** Complaints of the protocol schemas about one stanza. */
  readonly form: (xml: string) => readonly string[];
}

/**
 * Finds what the schema of the language can't: names that stand for nothing, clauses that don't exist, stanzas that
 * no server could accept, checks that prove nothing.
 * @returns complaints, each by file and line
 */
export function lintScenario(scenario: Scenario, context: LintContext): string[] {
  const complaints = new Set<string>();
  const complain = (line: number, text: string) => complaints.add(`${scenario.file}:${line}: ${text}`);
  lintTable(scenario, complain);
  for (const play of expandScenario(scenario)) lintCase(play, context, complain);
  return [...complaints];
}

type Complain = (line: number, text: string) => void;

function lintTable(scenario: Scenario, complain: Complain): void {
  const [first] = scenario.rows;
  if (first === undefined) return;
  const columns = Object.keys(first.columns);
  const names = new Set<string>();
  for (const { name, columns: own, line } of scenario.rows) {
    if (names.has(name)) complain(line, `there are two cases "${name}"`);
    names.add(name);
    for (const column of columns)
      if (!(column in own)) complain(line, `case "${name}" has no column ${column}`);
    for (const column of Object.keys(own)) {
      if (!columns.includes(column))
        complain(line, `case "${name}" has a column ${column} that the first case lacks`);
    }
  }
  const written = JSON.stringify([
    scenario.users,
    scenario.subscriptions,
    scenario.steps.map(({ line: _, ...step }) => step),
  ]);
  for (const column of columns) {
    const isUsed = written.includes(`{${column}}`) || new RegExp(`\\b${column}!?=`).test(written);
    if (!isUsed) complain(first.line, `column ${column} is never used`);
  }
  for (const { when, line } of conditions(scenario)) {
    for (const [, column = ''] of when.matchAll(/(?:^| and )([a-z-]+)!?=/g)) {
      if (!columns.includes(column))
        complain(line, `the condition "${when}" speaks of ${column}, which is no column`);
    }
  }
}

function conditions(scenario: Scenario): { when: string; line: number }[] {
  const asserts = scenario.steps.flatMap((step) => (step.kind === 'expect' ? step.asserts : []));
  return [...scenario.steps, ...asserts, ...scenario.users.flatMap((user) => user.resources)];
}

function lintCase(play: PlayableCase, context: LintContext, complain: Complain): void {
  const resources = new Set(
    play.users.flatMap((user) => user.resources.map((resource) => `${user.name}/${resource.name}`)),
  );
  const contacts = new Set(play.contacts.map((contact) => contact.name));
  const people = new Set([...play.users.map((user) => user.name), ...contacts]);
  const known = new Set([...people, ...resources, 'domain', 'contacts', 'contacts-parent', 'any', 'absent']);

  const place = (name: string, line: number) => {
    if (!resources.has(name) && !contacts.has(name)) complain(line, `there is no ${name} in this scenario`);
  };
  const stream = (name: string, line: number) => {
    if (!resources.has(name)) complain(line, `${name} has no stream of its own that the server could close`);
  };
  const person = (name: string, line: number) => {
    if (!people.has(name)) complain(line, `there is no ${name} in this scenario`);
  };
  const state = (name: string, line: number) => {
    if (!context.states.has(name)) complain(line, `fixtures/states.xml has no state "${name}"`);
  };
  const stanza = (element: Element, line: number, isTemplate: boolean) => {
    for (const name of placeholders(element)) {
      if (name.startsWith('let ')) known.add(name.slice('let '.length));
      else if (!known.has(name) && !/^filler \d+$/.test(name))
        complain(line, `{${name}} stands for nothing here`);
      else if (!isTemplate && (name === 'any' || name === 'absent')) {
        complain(line, `{${name}} is for what is expected; a stanza that is sent needs a value`);
      }
    }
    for (const problem of context.form(sample(element))) {
      // A template lists what matters; what an attribute needs to be complete is the sender's affair.
      if (!isTemplate || !/required|missing/i.test(problem)) complain(line, problem);
    }
  };

  for (const decl of play.subscriptions) {
    person(decl.of, decl.line);
    person(decl.to, decl.line);
    state(decl.state, decl.line);
    const optional = context.states.get(decl.state)?.itemOptional === true;
    if (optional && decl.item !== 'yes' && decl.item !== 'no') {
      complain(decl.line, `${decl.state} exists with and without a roster item: say item="yes" or item="no"`);
    }
  }
  for (const { name, resources: own } of play.users) {
    for (const resource of own) {
      if (LEFT_OFF.has(resource.logIn) && (resource.interested || resource.available)) {
        complain(
          resource.line,
          `the log-in of ${resource.name} is left off, so it requests no roster and sends no presence of its own accord`,
        );
      }
      if (resource.presence !== undefined) stanza(resource.presence, resource.line, false);
      if (own.some((other) => other !== resource && other.name === resource.name)) {
        complain(resource.line, `${name} has two resources ${resource.name}`);
      }
    }
  }
  for (const { actions, checks } of play.exchanges) {
    for (const action of actions) {
      if (action.kind === 'send') {
        place(action.from, action.line);
        if (action.stanza === undefined && contacts.has(action.from)) {
          complain(
            action.line,
            'all contacts share one stream, which malformed text would end for every case',
          );
        }
        if (action.stanza !== undefined) {
          stanza(action.stanza, action.line, false);
          const { from, to } = action.stanza.attrs;
          if (contacts.has(action.from) && (from === undefined || to === undefined)) {
            complain(action.line, 'a stanza of a remote contact needs from and to (XEP-0114 section 3)');
          }
        }
      } else if (!resources.has(action.resource)) {
        complain(action.line, `there is no ${action.resource} in this scenario`);
      }
    }
    const ids = new Set(checks.flatMap((check) => (check.kind === 'expect' ? [check.id] : [])));
    for (const check of checks) lintCheck(check, ids, { place, stream, stanza, complain });
  }
  for (const check of play.states) {
    person(check.of, check.line);
    person(check.to, check.line);
    for (const demanded of [check, ...check.alternatives]) state(demanded.is, check.line);
  }
  for (const { line, text } of markersStopped(play)) complain(line, text);
  lintClauses(play, context, complain);
}

/** Log-ins that end before there is a session. */
const LEFT_OFF: ReadonlySet<string> = new Set(['secured', 'authenticated', 'bound']);

interface CheckLint {
  readonly stream: (name: string, line: number) => void;
  readonly place: (name: string, line: number) => void;
  readonly stanza: (element: Element, line: number, isTemplate: boolean) => void;
  readonly complain: Complain;
}

function lintCheck(
  check: Check,
  ids: ReadonlySet<string>,
  { place, stream, stanza, complain }: CheckLint,
): void {
  switch (check.kind) {
    case 'expect':
    case 'never':
      for (const name of check.at) place(name, check.line);
      stanza(check.template, check.line, true);
      if (check.kind === 'never') return;
      for (const assertion of check.asserts) {
        const problem = checkXPath(assertion.test);
        if (problem !== undefined) complain(assertion.line, problem);
      }
      return;
    case 'closed':
    case 'open':
      for (const name of check.at) stream(name, check.line);
      return;
    case 'order':
      for (const id of [check.first, check.then]) {
        if (!ids.has(id)) complain(check.line, `no expect of this exchange has the id ${id}`);
      }
      return;
    case 'one-of':
      for (const part of check.options.flatMap((option) => option.parts)) {
        for (const name of part.at) place(name, part.line);
        if (!('template' in part)) for (const name of part.at) stream(name, part.line);
        else stanza(part.template, part.line, true);
      }
      for (const { inOrder, parts } of check.options) {
        const places = parts.filter(({ kind }) => kind === 'expect').flatMap(({ at }) => at);
        if (inOrder && new Set(places).size === places.length) {
          complain(check.line, 'an option is in order only by what it expects at one place');
        }
      }
      if (check.proves.length === 0 && check.options.every((option) => option.proves.length === 0)) {
        complain(check.line, 'the choice proves no clause');
      }
  }
}

function lintClauses(play: PlayableCase, context: LintContext, complain: Complain): void {
  const line = play.scenario.rows.find((row) => row.name === play.name)?.line ?? 1;
  const cited = citedClauses(play);
  if (cited.length === 0) complain(line, `case "${play.name}" judges nothing`);
  for (const id of cited) {
    const clause = context.catalogue.clauses.get(id);
    if (clause === undefined) complain(line, `case "${play.name}" cites ${id}, which no catalogue has`);
    else if (clause.role !== 'server')
      complain(line, `${id} speaks to clients; a server can't be judged by it`);
    else if (clause.unjudged !== undefined) {
      complain(line, `${id} is judged here, but the catalogue says that it can't be (${clause.unjudged})`);
    }
  }
}

function placeholders(element: Element): string[] {
  const texts = [
    ...Object.values(element.attrs),
    ...element.children.filter((item): item is string => typeof item === 'string'),
  ];
  const own = texts.flatMap((text) => [...text.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name));
  return [...own, ...elements(element).flatMap(placeholders)];
}

/** The stanza with placeholders filled in by what could stand there; what is absent or of any value is left out. */
function sample(element: Element): string {
  return serialize(fillSample(element), NS.client);
}

function fillSample(element: Element): Element {
  const value = (text: string) =>
    text.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
      if (name === 'domain' || name.startsWith('contacts')) return 'b.example';
      if (name.startsWith('filler ')) return 'x';
      return /\/|^any$|^let /.test(name) ? 'a@b.example/c' : 'a@b.example';
    });
  return {
    ...element,
    attrs: Object.fromEntries(
      Object.entries(element.attrs)
        .filter(([, text]) => !/^\{(any|absent|let .*)\}$/.test(text))
        .map(([key, text]) => [key, value(text)]),
    ),
    children: element.children
      .filter((item) => typeof item === 'string' || !item.children.includes('{absent}'))
      .map((item) => (typeof item === 'string' ? value(item) : fillSample(item))),
  };
}
