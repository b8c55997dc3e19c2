import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Element as DomElement, Node as DomNode } from '@xmldom/xmldom';
import { displayPath, FixtureError, readFixture } from '../fixture.js';
import { packageRoot } from '../paths.js';
import type { LogInStage } from '../wire/client.js';
import { type Element, NS } from '../wire/element.js';
import type { Closing } from '../wire/stream.js';
import { clauseList } from './expand.js';
import type {
  AssertCheck,
  ChoiceCheck,
  ChoiceOption,
  ChoicePart,
  DemandedState,
  DomainDecl,
  FenceReach,
  ResourceDecl,
  Row,
  Scenario,
  Step,
  SubscriptionDecl,
  UserDecl,
} from './types.js';

const SCENARIO_NS = 'urn:xmpp-conform:scenario:1';

/** The folder that holds the scenarios, one folder an area. */
export function scenarioFolder(): string {
  return join(packageRoot(), 'fixtures', 'scenarios');
}

/** Every scenario file, sorted. */
export function scenarioFiles(): string[] {
  return readdirSync(scenarioFolder(), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.xml'))
    .sort()
    .map((file) => join(scenarioFolder(), file));
}

/**
 * Loads the scenario with this id.
 * @throws FixtureError when it is missing or faulty
 */
export function loadScenario(id: string): Scenario {
  return readScenario(join(scenarioFolder(), ...`${id}.xml`.split('/')));
}

/**
 * Reads one scenario file, checked against its schema.
 * @throws FixtureError with file and line
 */
export function readScenario(file: string): Scenario {
  const shown = displayPath(file);
  try {
    return scenarioOf(readFixture(file, 'scenario'), file, shown);
  } catch (error) {
    if (!(error instanceof FixtureError)) throw error;
    throw new FixtureError(
      error.complaints.map((complaint) => complaint.replace(/^line (?=\d+:)/, `${shown}:`)),
    );
  }
}

function scenarioOf(root: DomElement, file: string, shown: string): Scenario {
  const id = root.getAttribute('id') ?? '';
  if (file.startsWith(scenarioFolder())) {
    const expected = file
      .slice(scenarioFolder().length + 1, -'.xml'.length)
      .split(sep)
      .join('/');
    if (id !== expected)
      throw new FixtureError([`${shown}:1: the id is ${id}, but by its path it is ${expected}`]);
  }
  const given = only(root, 'given');
  const cases = children(root, 'cases')[0];
  return {
    id,
    title: textOf(only(root, 'title')),
    about: children(root, 'about').map(textOf).join(''),
    file: shown,
    needs: children(root, 'needs').map((need) => attribute(need, 'feature')),
    rows:
      cases === undefined
        ? [{ name: 'only', columns: {}, line: line(root) }]
        : children(cases, 'case').map(row),
    users: children(given, 'user').map(user),
    domains: children(given, 'domain').map(domain),
    contacts: children(given, 'contact').map((contact) => ({
      name: attribute(contact, 'name'),
      ...(contact.hasAttribute('domain') ? { domain: attribute(contact, 'domain') } : {}),
      placement: 'remote',
      fence: fenceReach(contact),
      line: line(contact),
    })),
    subscriptions: children(given, 'subscription').map(subscription),
    steps: children(root).flatMap(step),
  };
}

function row(node: DomElement): Row {
  const columns: Record<string, string> = {};
  for (const { name, value } of Array.from(node.attributes)) if (name !== 'name') columns[name] = value;
  return { name: attribute(node, 'name'), columns, line: line(node) };
}

function user(node: DomElement): UserDecl {
  return {
    name: attribute(node, 'name'),
    server: node.getAttribute('server') === 'peer' ? 'peer' : 'target',
    fence: fenceReach(node),
    resources: children(node, 'resource').map(resource),
    line: line(node),
  };
}

function domain(node: DomElement): DomainDecl {
  return {
    name: attribute(node, 'name'),
    is: node.getAttribute('is') ?? 'up',
    isCold: node.getAttribute('cold') === 'true',
    keys: (node.getAttribute('keys') ?? 'own') as DomainDecl['keys'],
    answers: (node.getAttribute('answers') ?? 'truth') as DomainDecl['answers'],
    proves: node.getAttribute('dialback') !== 'left-to-the-play',
    line: line(node),
  };
}

function fenceReach(node: DomElement): FenceReach {
  return node.getAttribute('fence') === 'server' ? 'server' : 'everyone';
}

function resource(node: DomElement): ResourceDecl {
  const presence = children(node, 'presence')[0];
  return {
    name: attribute(node, 'name'),
    boundAs: node.getAttribute('as') ?? attribute(node, 'name'),
    logIn: (node.getAttribute('log-in') ?? 'complete') as LogInStage,
    interested: choice(node, 'roster', 'requested', 'not-requested'),
    available: choice(node, 'presence', 'available', 'unavailable'),
    presence: presence === undefined ? undefined : stanza(presence),
    joinsLater: node.getAttribute('joins') === 'later',
    leavesPushes: node.getAttribute('pushes') === 'unanswered',
    when: attribute(node, 'when'),
    line: line(node),
  };
}

function subscription(node: DomElement): SubscriptionDecl {
  return {
    of: attribute(node, 'of'),
    to: attribute(node, 'to'),
    state: attribute(node, 'state'),
    item: attribute(node, 'item'),
    name: attribute(node, 'name'),
    group: attribute(node, 'group'),
    line: line(node),
  };
}

function step(node: DomElement): Step[] {
  const placed = { line: line(node), when: attribute(node, 'when') };
  switch (node.localName) {
    case 'send': {
      const malformed = node.getAttribute('malformed') === 'true';
      const sent = stanzas(node)[0];
      if (!malformed && sent === undefined) {
        throw new FixtureError([
          `line ${placed.line}: send holds no stanza; mark it malformed="true" to send text as it stands`,
        ]);
      }
      return [
        {
          kind: 'send',
          from: attribute(node, 'from'),
          stanza: malformed || sent === undefined ? undefined : stanza(sent),
          malformed: malformed ? (node.textContent ?? '') : '',
          ...placed,
        },
      ];
    }
    case 'login':
      return [{ kind: 'login', resource: attribute(node, 'resource'), ...placed }];
    case 'logout': {
      const how = node.getAttribute('how');
      return [
        {
          kind: 'logout',
          resource: attribute(node, 'resource'),
          how: how === 'unavailable' || how === 'cut' ? how : 'close',
          ...placed,
        },
      ];
    }
    case 'domain-goes':
      return [
        { kind: 'domain-goes', domain: attribute(node, 'domain'), to: attribute(node, 'to'), ...placed },
      ];
    case 'asked':
      return [
        {
          kind: 'asked',
          domain: attribute(node, 'about'),
          names: clauseList(attribute(node, 'names')),
          not: clauseList(attribute(node, 'not')),
          proves: proves(node),
          ...placed,
        },
      ];
    case 'expect':
      return [
        {
          kind: 'expect',
          id: attribute(node, 'id'),
          ...watched(node),
          times: node.hasAttribute('times') ? Number(node.getAttribute('times')) : undefined,
          asserts: children(node, 'assert').map(assertion),
          ...placed,
        },
      ];
    case 'never':
      return [{ kind: 'never', ...watched(node), ...placed }];
    case 'closed':
    case 'open':
      return [{ ...closing(node), proves: proves(node), ...placed }];
    case 'order':
      return [
        {
          kind: 'order',
          at: clauseList(attribute(node, 'at')),
          first: attribute(node, 'first'),
          // biome-ignore lint/suspicious/noThenProperty: the attribute is called so in the language
          then: attribute(node, 'then'),
          proves: proves(node),
          ...farEnd(node),
          ...placed,
        },
      ];
    case 'one-of':
      return [choiceOf(node, placed)];
    case 'state':
      return [
        {
          kind: 'state',
          of: attribute(node, 'of'),
          to: attribute(node, 'to'),
          ...demandedState(node),
          ...farEnd(node),
          alternatives: children(node, 'or').map(demandedState),
          ...placed,
        },
      ];
    default:
      return [];
  }
}

function demandedState(node: DomElement): DemandedState {
  return { is: attribute(node, 'is'), item: attribute(node, 'item'), proves: proves(node) };
}

function watched(node: DomElement) {
  return {
    at: clauseList(attribute(node, 'at')),
    template: template(node),
    proves: proves(node),
    ...farEnd(node),
  };
}

function assertion(node: DomElement): AssertCheck {
  return {
    test: attribute(node, 'test'),
    says: attribute(node, 'says'),
    proves: proves(node),
    ...farEnd(node),
    when: attribute(node, 'when'),
    line: line(node),
  };
}

function choiceOf(node: DomElement, placed: { line: number; when: string }): ChoiceCheck {
  const options = children(node, 'option').map(
    (option): ChoiceOption => ({
      name: attribute(option, 'name'),
      inOrder: attribute(option, 'in-order') === 'true',
      proves: proves(option),
      ...(option.hasAttribute('gap') ? { gap: attribute(option, 'gap') } : {}),
      parts: children(option).map(partOf),
    }),
  );
  return {
    kind: 'one-of',
    name: attribute(node, 'name'),
    ...(node.hasAttribute('of') ? { of: attribute(node, 'of') } : {}),
    options,
    proves: proves(node),
    ...farEnd(node),
    ...placed,
  };
}

function partOf(node: DomElement): ChoicePart {
  if (node.localName === 'closed' || node.localName === 'open') {
    return { ...closing(node), line: line(node) };
  }
  return {
    kind: node.localName === 'never' ? 'never' : 'expect',
    at: clauseList(attribute(node, 'at')),
    template: template(node),
    line: line(node),
  };
}

function closing(node: DomElement) {
  const kind: 'closed' | 'open' = node.localName === 'open' ? 'open' : 'closed';
  const what: Closing = node.getAttribute('what') === 'connection' ? 'connection' : 'stream';
  return { kind, at: clauseList(attribute(node, 'at')), what };
}

function template(node: DomElement): Element {
  const found = stanzas(node)[0];
  if (found === undefined) throw new FixtureError([`line ${line(node)}: ${node.localName} holds no stanza`]);
  return stanza(found);
}

function proves(node: DomElement): string[] {
  return clauseList(attribute(node, 'proves'));
}

function farEnd(node: DomElement): { farEnd?: string[] } {
  return node.hasAttribute('far-end') ? { farEnd: clauseList(attribute(node, 'far-end')) } : {};
}

/** A literal stanza; elements in the language's own namespace stand for jabber:client. */
export function stanza(node: DomElement): Element {
  const attrs: Record<string, string> = {};
  for (const item of Array.from(node.attributes)) {
    if (item.name === 'xmlns' || item.prefix === 'xmlns') continue;
    const key =
      item.namespaceURI === null || item.namespaceURI === ''
        ? item.name
        : item.namespaceURI === NS.xml
          ? `xml:${item.localName}`
          : `{${item.namespaceURI}}${item.localName}`;
    attrs[key] = item.value;
  }
  const inner: (Element | string)[] = [];
  for (const item of nodes(node)) {
    if (isElement(item)) inner.push(stanza(item));
    else if (item.nodeType === TEXT || item.nodeType === CDATA) inner.push(item.nodeValue ?? '');
  }
  const hasElements = inner.some((item) => typeof item !== 'string');
  const ns = node.namespaceURI ?? '';
  return {
    name: node.localName ?? '',
    ns: ns === SCENARIO_NS || ns === STATES_NS ? NS.client : ns,
    attrs,
    // Indentation between elements is layout of the fixture, not content of the stanza.
    children: hasElements ? inner.filter((item) => typeof item !== 'string' || item.trim() !== '') : inner,
  };
}

const STATES_NS = 'urn:xmpp-conform:states:1';
const ELEMENT = 1;
const TEXT = 3;
const CDATA = 4;

function nodes(node: DomElement): DomNode[] {
  return Array.from(node.childNodes);
}

function isElement(node: DomNode): node is DomElement {
  return node.nodeType === ELEMENT;
}

/** The child elements, all or those of a name. */
export function children(node: DomElement, name?: string): DomElement[] {
  return nodes(node)
    .filter(isElement)
    .filter((item) => name === undefined || item.localName === name);
}

/** Of what may stand in place of a stanza: the stream itself, dialback, STARTTLS. */
const STREAM_NAMESPACES: ReadonlySet<string> = new Set([NS.streams, NS.dialback, NS.tls]);

function stanzas(node: DomElement): DomElement[] {
  return children(node).filter(
    (item) =>
      ['presence', 'message', 'iq'].includes(item.localName ?? '') ||
      STREAM_NAMESPACES.has(item.namespaceURI ?? ''),
  );
}

function only(node: DomElement, name: string): DomElement {
  const found = children(node, name)[0];
  if (found === undefined) throw new FixtureError([`line ${line(node)}: ${name} is missing`]);
  return found;
}

/** An attribute's value, or an empty string. */
export function attribute(node: DomElement, name: string): string {
  return node.getAttribute(name) ?? '';
}

function choice(node: DomElement, name: string, yes: string, no: string): boolean {
  const value = attribute(node, name);
  if (value !== yes && value !== no) {
    throw new FixtureError([`line ${line(node)}: ${name} is "${value}", but must be ${yes} or ${no}`]);
  }
  return value === yes;
}

function textOf(node: DomElement): string {
  return (node.textContent ?? '').trim().replaceAll(/\s+/g, ' ');
}

/** The line on which the element stands. */
export function line(node: DomElement): number {
  return node.lineNumber ?? 0;
}
