import { checkXPath } from '../match/xpath.js';
import type { Catalogue } from '../requirements/load.js';
import { type Element, elements, NS, serialize } from '../wire/element.js';
import { expandScenario } from './expand.js';
import { markersStopped } from './marker-paths.js';
import { citedClauses, farEndClauses } from './select.js';
import type { SubscriptionState } from './states.js';
import type { Check, DomainDecl, DomainReach, PlayableCase, Scenario } from './types.js';

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
  const parties = new Set([...scenario.users, ...scenario.contacts].map(({ name }) => name));
  for (const column of columns.filter((name) => parties.has(name))) {
    complain(
      first.line,
      `column ${column} has the name of a party, so {${column}} would no longer stand for its address`,
    );
  }
  const written = JSON.stringify([
    scenario.users,
    scenario.domains,
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
  const domains = new Map(play.domains.map((domain) => [domain.name, domain]));
  const people = new Set([...play.users.map((user) => user.name), ...contacts]);
  const known = new Set([...people, ...resources, 'domain', 'contacts', 'contacts-parent', 'any', 'absent']);
  for (const name of domains.keys()) known.add(name).add(`${name}/stream`);
  if (isInterop(play.scenario)) known.add('peer-domain');

  const place = (name: string, line: number) => {
    if (!resources.has(name) && !contacts.has(name) && !domains.has(name)) {
      complain(line, `there is no ${name} in this scenario`);
    }
  };
  const stream = (name: string, line: number) => {
    if (!resources.has(name) && !domains.has(name))
      complain(line, `${name} has no stream of its own that the server could close`);
  };
  const domain = (name: string, line: number) => {
    if (!domains.has(name)) complain(line, `there is no domain ${name} in this scenario`);
  };
  const reach = (value: string, line: number) => {
    if (!REACHES.has(value))
      complain(line, `a domain is one of ${[...REACHES].join(', ')}, and not ${value}`);
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

  for (const decl of play.domains) {
    reach(decl.is, decl.line);
    if (!KEYS.has(decl.keys)) complain(decl.line, `keys is own, all or none, and not ${decl.keys}`);
    if (!ANSWERS.has(decl.answers)) {
      complain(decl.line, `answers is truth, invalid or nothing, and not ${decl.answers}`);
    }
  }
  for (const { domain: own, line } of play.contacts) if (own !== undefined) domain(own, line);
  for (const decl of play.subscriptions) {
    const home = domains.get(play.contacts.find(({ name }) => name === decl.to)?.domain ?? '');
    if (home !== undefined && (home.is !== 'up' || home.isCold || !home.proves)) {
      complain(
        decl.line,
        `${decl.to} can reach no state: nothing goes to or from ${home.name} before the play`,
      );
    }
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
      } else if (action.kind === 'domain-goes') {
        domain(action.domain, action.line);
        reach(action.to, action.line);
      } else if (!resources.has(action.resource)) {
        complain(action.line, `there is no ${action.resource} in this scenario`);
      }
    }
    const ids = new Set(checks.flatMap((check) => (check.kind === 'expect' ? [check.id] : [])));
    for (const check of checks) {
      if (check.kind === 'one-of' && check.of !== undefined) person(check.of, check.line);
    }
    for (const check of checks) lintCheck(check, ids, { place, stream, domain, stanza, complain });
  }
  for (const check of play.states) {
    person(check.of, check.line);
    person(check.to, check.line);
    for (const demanded of [check, ...check.alternatives]) state(demanded.is, check.line);
  }
  for (const { line, text } of betweenServers(play)) complain(line, text);
  for (const { line, text } of markersStopped(play)) complain(line, text);
  lintClauses(play, context, complain);
}

/** Scenarios of this area are played between two servers. */
function isInterop({ id }: Scenario): boolean {
  return id.startsWith('interop/');
}

/** What belongs to plays between two servers alone, and what those can't have. */
function betweenServers(play: PlayableCase): { line: number; text: string }[] {
  const { scenario, users, contacts } = play;
  if (isInterop(scenario)) {
    const played = contacts.map(({ name, line }) => ({
      line,
      text: `${name} is played by the harness: between two servers everybody is a user of one of them`,
    }));
    const servers = new Set(users.map(({ server }) => server));
    const lone = servers.size < 2 ? [{ line: 1, text: 'a play between two servers has users on both' }] : [];
    const needy = scenario.needs.map((feature) => ({
      line: 1,
      text: `${feature} is looked for on a target alone, not on two servers`,
    }));
    return [...played, ...lone, ...needy];
  }
  const elsewhere = users
    .filter(({ server }) => server === 'peer')
    .map(({ name, line }) => ({
      line,
      text: `${name} is a user of another server, of which an ordinary run knows nothing: only scenarios of the area interop have such`,
    }));
  const demanding = farEndClauses(play).map((id) => ({
    line: 1,
    text: `${id} is demanded of the far end, and only scenarios of the area interop have one`,
  }));
  return [...elsewhere, ...demanding];
}

const REACHES: ReadonlySet<string> = new Set<DomainReach>([
  'up',
  'refusing',
  'resetting',
  'silent',
  'unknown',
  'unlisted',
  'only-im-and-pres',
]);
const KEYS: ReadonlySet<string> = new Set<DomainDecl['keys']>(['own', 'all', 'none']);
const ANSWERS: ReadonlySet<string> = new Set<DomainDecl['answers']>(['truth', 'invalid', 'nothing']);

/** Log-ins that end before there is a session. */
const LEFT_OFF: ReadonlySet<string> = new Set(['secured', 'authenticated', 'bound']);

interface CheckLint {
  readonly stream: (name: string, line: number) => void;
  readonly place: (name: string, line: number) => void;
  readonly domain: (name: string, line: number) => void;
  readonly stanza: (element: Element, line: number, isTemplate: boolean) => void;
  readonly complain: Complain;
}

function lintCheck(
  check: Check,
  ids: ReadonlySet<string>,
  { place, stream, domain, stanza, complain }: CheckLint,
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
    case 'asked':
      domain(check.domain, check.line);
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
  const cited = [...citedClauses(play), ...farEndClauses(play)];
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
    text.replaceAll(/(?<=([@.])?)\{([^{}]+)\}/g, (_, before: string | undefined, name: string) => {
      // Behind a localpart or a label stands a domain.
      if (before !== undefined || name.endsWith('domain') || name.startsWith('contacts')) return 'b.example';
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
