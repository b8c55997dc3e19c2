import type { Difference } from '../verdict/result.js';
import { type Element, elements, NS, serialize, text } from '../wire/element.js';
import { cheapestAssignment } from './assignment.js';
import { comparableNamespace } from './content-namespace.js';
import { type Demand, describeDemand, meets, readDemand } from './placeholder.js';

/** What a template may refer to. */
export interface MatchScope {
  /** Values captured earlier in the case, by name. */
  readonly captures: Readonly<Record<string, string>>;
}

/** How a stanza compares with a template. */
export interface MatchResult {
  readonly matched: boolean;
  /** Where the two differ, as few places as any pairing of their children allows. Empty on a match. */
  readonly differences: readonly Difference[];
  /** What `{let NAME}` captured, as far as the template matched. */
  readonly captures: Readonly<Record<string, string>>;
  /** How far the stanza is from the template: 0 for a match, the lower the nearer. */
  readonly score: number;
}

const ANOTHER_NAME = 1_000_000;
const ANOTHER_TYPE = 10_000;
const ANOTHER_CONTENT = 1000;
/** Dearer than any pairing: an element that is there is compared rather than called missing. */
const MISSING = 1_000_000;
/** Dearer than a missing element: never chosen. */
const IMPOSSIBLE = 1_000_000_000;

const EMPTY_SCOPE: MatchScope = { captures: {} };

/**
 * Compares a stanza with a template. What the template lists must be there: the name, its attributes, its child elements (each by
 * a child of its own, in any order) and its text; anything else is free. Values may be `{any}`, `{absent}`, `{let NAME}` and
 * `{NAME}`; a child that holds `{absent}` alone says that no child like it may exist. The namespaces of client, server and
 * component streams count as one.
 * @param template from the scenario, its parties put in
 * @param actual as received
 */
export function matchTemplate(
  template: Element,
  actual: Element,
  scope: MatchScope = EMPTY_SCOPE,
): MatchResult {
  const differences: Difference[] = [];
  const captures: Record<string, string> = {};
  if (!sameName(template, actual)) {
    differences.push({ path: '', expected: startOf(template), received: startOf(actual) });
  } else {
    compare(template, actual, template.name, scope.captures, differences, captures);
  }
  return {
    matched: differences.length === 0,
    differences,
    captures,
    score: score(template, actual, scope, differences),
  };
}

/** Whether a stanza matches; as {@link matchTemplate}, but most that do not match are told by name and attributes alone. */
export function matches(template: Element, actual: Element, scope: MatchScope = EMPTY_SCOPE): boolean {
  return (
    sameName(template, actual) &&
    attributesMatch(template, actual, scope.captures) &&
    matchTemplate(template, actual, scope).matched
  );
}

/**
 * The candidate that a template most likely meant: the one with the fewest differences among those of the same kind, then of the
 * same type, then with the same content.
 * @returns its index; -1 when there are no candidates
 */
export function nearest(
  template: Element,
  candidates: readonly Element[],
  scope: MatchScope = EMPTY_SCOPE,
): number {
  let best = -1;
  let bestScore = Number.POSITIVE_INFINITY;
  candidates.forEach((candidate, index) => {
    const { score } = matchTemplate(template, candidate, scope);
    if (score < bestScore) {
      best = index;
      bestScore = score;
    }
  });
  return best;
}

function score(
  template: Element,
  actual: Element,
  scope: MatchScope,
  differences: readonly Difference[],
): number {
  if (differences.length === 0) return 0;
  let total = differences.length;
  if (!sameName(template, actual)) total += ANOTHER_NAME;
  // A stanza without a type is of a type of its own: available presence, a normal message.
  const type = template.attrs.type;
  const sameType =
    type === undefined
      ? actual.attrs.type === undefined
      : meets(readDemand(type), actual.attrs.type, scope.captures);
  if (!sameType) total += ANOTHER_TYPE;
  const contents = new Set(elements(actual).map((child) => comparableNamespace(child.ns)));
  const listed = elements(template).filter((child) => !isForbidden(child));
  if (!listed.every((child) => contents.has(comparableNamespace(child.ns)))) total += ANOTHER_CONTENT;
  return total;
}

function sameName(template: Element, actual: Element): boolean {
  return template.name === actual.name && comparableNamespace(template.ns) === comparableNamespace(actual.ns);
}

/** An attribute's value, or its default: a roster item without one has the subscription "none" (RFC 6121 2.1.2.5). */
function attributeOf(actual: Element, key: string): string | undefined {
  const value = actual.attrs[key];
  const hasDefault = key === 'subscription' && actual.name === 'item' && actual.ns === NS.roster;
  return value === undefined && hasDefault ? 'none' : value;
}

function attributesMatch(
  template: Element,
  actual: Element,
  captures: Readonly<Record<string, string>>,
): boolean {
  for (const key in template.attrs) {
    if (!meets(readDemand(template.attrs[key] ?? ''), attributeOf(actual, key), captures)) return false;
  }
  return true;
}

/** Adds to `differences` and `captured` what comparing two elements of the same name yields. */
function compare(
  template: Element,
  actual: Element,
  path: string,
  known: Readonly<Record<string, string>>,
  differences: Difference[],
  captured: Record<string, string>,
): void {
  const judge = (where: string, demand: Demand, value: string | undefined): void => {
    if (!meets(demand, value, known)) {
      differences.push({
        path: where,
        expected: describeDemand(demand, known),
        received: value ?? 'absent',
      });
    } else if (demand.kind === 'let') {
      captured[demand.name] = value ?? '';
    }
  };
  for (const key in template.attrs) {
    judge(`${path}/@${key}`, readDemand(template.attrs[key] ?? ''), attributeOf(actual, key));
  }
  const listed = elements(template);
  const demand = textDemand(template, listed.length > 0);
  if (demand !== undefined) {
    const received = text(actual);
    // Only a literal can ask for empty text: to any other demand it is text that is not there.
    judge(path, demand, received === '' && demand.kind !== 'literal' ? undefined : received);
  }
  if (listed.length > 0) {
    compareChildren(listed, elements(actual), path, { ...known, ...captured }, differences, captured);
  }
}

/** What a template demands of an element's own text; undefined where it is free, as is the white space between children. */
function textDemand(template: Element, hasChildren: boolean): Demand | undefined {
  const written = text(template);
  if (written === '') return undefined;
  const trimmed = written.trim();
  if (trimmed === '' && (hasChildren || written.includes('\n'))) return undefined;
  const demand = readDemand(trimmed);
  return demand.kind === 'literal' ? { kind: 'literal', value: written } : demand;
}

function compareChildren(
  listed: readonly Element[],
  received: readonly Element[],
  path: string,
  known: Readonly<Record<string, string>>,
  differences: Difference[],
  captured: Record<string, string>,
): void {
  const required: Element[] = [];
  for (const child of listed) {
    if (!isForbidden(child)) {
      required.push(child);
      continue;
    }
    const unwanted = received.find(
      (candidate) => sameName(child, candidate) && attributesMatch(child, candidate, known),
    );
    if (unwanted !== undefined) {
      differences.push({
        path: pathOf(child, path, known),
        expected: 'absent',
        received: serialize(unwanted, comparableNamespace(unwanted.ns) === NS.client ? unwanted.ns : ''),
      });
    }
  }
  if (required.length === 0) return;

  const pairings = required.map((child) => {
    const childPath = pathOf(child, path, known);
    return received.map((candidate) => pair(child, candidate, childPath, known));
  });
  const costs = pairings.map((row) => [
    ...row.map((pairing) => pairing?.differences.length ?? IMPOSSIBLE),
    ...required.map(() => MISSING),
  ]);
  const assigned = cheapestAssignment(costs);
  required.forEach((child, row) => {
    const pairing = pairings[row]?.[assigned[row] ?? -1];
    if (pairing === undefined) {
      differences.push(missing(child, path, known, received, assigned));
    } else {
      differences.push(...pairing.differences);
      Object.assign(captured, pairing.captures);
    }
  });
}

interface Pairing {
  readonly differences: readonly Difference[];
  readonly captures: Readonly<Record<string, string>>;
}

function pair(
  template: Element,
  actual: Element,
  path: string,
  known: Readonly<Record<string, string>>,
): Pairing | undefined {
  if (!sameName(template, actual)) return undefined;
  // A JID says whose item it is: an item of someone else's is not this item with a wrong JID.
  const jid = template.attrs.jid;
  if (jid !== undefined && !meets(readDemand(jid), actual.attrs.jid, known)) return undefined;
  const differences: Difference[] = [];
  const captures: Record<string, string> = {};
  compare(template, actual, path, known, differences, captures);
  return { differences, captures };
}

function missing(
  child: Element,
  path: string,
  known: Readonly<Record<string, string>>,
  received: readonly Element[],
  assigned: readonly number[],
): Difference {
  const others = received.filter((_, column) => !assigned.includes(column)).map(startOf);
  return {
    path: pathOf(child, path, known),
    expected: startOf(child),
    received: others.length === 0 ? 'absent' : `absent, but there is ${others.slice(0, 5).join(', ')}`,
  };
}

function isForbidden(template: Element): boolean {
  return (
    template.children.length > 0 &&
    elements(template).length === 0 &&
    readDemand(text(template).trim()).kind === 'absent'
  );
}

function pathOf(child: Element, parent: string, known: Readonly<Record<string, string>>): string {
  const { jid } = child.attrs;
  if (jid === undefined) return `${parent}/${child.name}`;
  const demand = readDemand(jid);
  if (demand.kind !== 'literal' && demand.kind !== 'captured') return `${parent}/${child.name}`;
  return `${parent}/${child.name}[@jid='${describeDemand(demand, known)}']`;
}

/** An element without its content. */
function startOf(node: Element): string {
  return serialize({ ...node, children: [] }, comparableNamespace(node.ns) === NS.client ? node.ns : '');
}
