import { DOMParser, type Element as DomElement } from '@xmldom/xmldom';
import { code, GENERATED, page, prose, table } from './markdown.js';

const XS = 'http://www.w3.org/2001/XMLSchema';

/** What XML Schema's own types are to an author. */
const BUILT_IN: Readonly<Record<string, string>> = {
  'xs:boolean': '`true` or `false`',
  'xs:positiveInteger': 'a number from 1 on',
  'xs:string': 'text',
  'xs:normalizedString': 'text',
  'xs:token': 'text',
};

/** A type that stands for literal stanzas: told of once, not for each stanza. */
const LITERAL = 'literal';

/** An element as it is described: where it may stand and what declares it. */
interface Described {
  readonly title: string;
  readonly declaration: DomElement;
  /** Its complex type; undefined where it holds text alone. */
  readonly type: DomElement | undefined;
}

/**
 * The reference of the scenario language, from its schema.
 * @param xsd text of fixtures/schema/scenario.xsd
 * @throws Error when the schema has something that the reference could not tell: an element, attribute or type without
 *   documentation
 */
export function languagePage(xsd: string): string {
  const document = new DOMParser().parseFromString(xsd, 'application/xml');
  const schema = document.documentElement;
  if (schema === null) throw new Error('scenario.xsd has no root element.');
  const globals = new Map(
    children(schema).map((node) => [`${node.localName} ${attribute(node, 'name')}`, node]),
  );
  const comment = Array.from(document.childNodes).find((node) => node.nodeType === 8)?.nodeValue ?? '';
  const elements = describedElements(globals);
  return page([
    GENERATED,
    '',
    '# The scenario language',
    '',
    ...comment
      .replace('The scenario language. ', '')
      .split(/\n\s*\n/)
      .flatMap((paragraph) => [prose(paragraph), '']),
    'The namespace is `urn:xmpp-conform:scenario:1`; the schema is [fixtures/schema/scenario.xsd](../fixtures/schema/scenario.xsd).',
    'Every file is checked against it when it is loaded, and `xmpp-conform lint` tells the line of each fault.',
    '[Writing a scenario](writing-a-scenario.md) shows how the parts come together.',
    '',
    '## Elements',
    ...elements.flatMap((item) => elementPart(item, globals)),
    '',
    ...stanzaPart(globals),
    '',
    '## Values',
    ...[...globals.values()]
      .filter((node) => node.localName === 'simpleType')
      .flatMap((node) => ['', `### ${attribute(node, 'name')}`, '', valueText(node)]),
  ]);
}

/** The elements that an author writes, in the order in which a file has them, each once. */
function describedElements(globals: ReadonlyMap<string, DomElement>): Described[] {
  const found = new Map<DomElement, Described>();
  const visit = (declaration: DomElement, title: string) => {
    if (found.has(declaration) || attribute(declaration, 'type') === LITERAL) return;
    const type = complexTypeOf(declaration, globals);
    found.set(declaration, { title, declaration, type });
    for (const child of type === undefined ? [] : contentOf(type, globals)) {
      const target = resolve(child, globals);
      const name = attribute(target, 'name');
      visit(target, target === child && globals.has(`element ${name}`) ? `${name} in ${title}` : name);
    }
  };
  const root = globals.get('element scenario');
  if (root !== undefined) visit(root, 'scenario');
  return [...found.values()].filter(({ type }) => type !== undefined);
}

function elementPart(
  { title, declaration, type }: Described,
  globals: ReadonlyMap<string, DomElement>,
): string[] {
  if (type === undefined) return [];
  const told = documentation(declaration) || documentation(type) || sameAsGlobal(declaration, globals);
  if (told === '') throw new Error(`scenario.xsd does not say what the element ${title} means.`);
  const attributes = children(type).filter((node) => node.localName === 'attribute');
  const content = contentOf(type, globals);
  return [
    '',
    `### ${title}`,
    '',
    prose(told),
    '',
    ...table(
      ['attribute', 'value', 'without it', 'means'],
      attributes.map((node) => attributeRow(node, title, globals)),
    ),
    '',
    ...table(
      ['holds', 'how often', 'means'],
      content.map((node) => contentRow(node, title, globals)),
    ),
  ];
}

/** What the global element of the same name says, where a local one says nothing of its own. */
function sameAsGlobal(declaration: DomElement, globals: ReadonlyMap<string, DomElement>): string {
  const own = globals.get(`element ${attribute(declaration, 'name')}`);
  return own === undefined ? '' : documentation(own);
}

function attributeRow(node: DomElement, owner: string, globals: ReadonlyMap<string, DomElement>): string[] {
  const name = attribute(node, 'name');
  const type = globals.get(`simpleType ${attribute(node, 'type')}`);
  const told = documentation(node) || (type === undefined ? '' : documentation(type)) || '';
  if (told === '') throw new Error(`scenario.xsd does not say what the attribute ${name} of ${owner} means.`);
  const fallback = attribute(node, 'default');
  const absent = attribute(node, 'use') === 'required' ? 'required' : fallback === '' ? '' : code(fallback);
  return [code(name), valueCell(node, type), absent, prose(told)];
}

function valueCell(node: DomElement, type: DomElement | undefined): string {
  if (type !== undefined) {
    const name = attribute(type, 'name');
    return `[${name}](#${name.toLowerCase()})`;
  }
  const options = enumerations(node);
  return options.length > 0 ? options.map(code).join(', ') : (BUILT_IN[attribute(node, 'type')] ?? 'text');
}

function contentRow(node: DomElement, owner: string, globals: ReadonlyMap<string, DomElement>): string[] {
  const target = resolve(node, globals);
  const name = attribute(target, 'name');
  const isLiteral = attribute(target, 'type') === LITERAL;
  const type = complexTypeOf(target, globals);
  const told = isLiteral
    ? 'a stanza, see [below](#stanzas)'
    : prose(
        documentation(target) ||
          (type === undefined ? '' : documentation(type)) ||
          sameAsGlobal(target, globals),
      );
  if (told === '') throw new Error(`scenario.xsd does not say what ${name} in ${owner} means.`);
  return [code(`<${name}>`), occurrence(node), told];
}

/** How often a part may stand: its own limits, or those of the choice around it. */
function occurrence(node: DomElement): string {
  const around = node.parentNode as DomElement | null;
  const choice = around?.localName === 'choice' ? around : undefined;
  const least = Number(attribute(node, 'minOccurs') || '1');
  const most = attribute(node, 'maxOccurs') || attribute(choice ?? node, 'maxOccurs') || '1';
  if (choice !== undefined) return most === '1' ? 'one of these' : 'any number, in any order';
  if (most === '1') return least === 0 ? 'once or not at all' : 'once';
  return least === 0 ? 'any number' : `${least === 1 ? 'once' : `${least} times`} or more`;
}

function stanzaPart(globals: ReadonlyMap<string, DomElement>): string[] {
  const type = globals.get(`complexType ${LITERAL}`);
  const group = globals.get('group stanza');
  const any = group === undefined ? undefined : descendants(group).find((node) => node.localName === 'any');
  const names = [...globals]
    .filter(([key, node]) => key.startsWith('element ') && attribute(node, 'type') === LITERAL)
    .map(([, node]) => code(`<${attribute(node, 'name')}>`));
  return [
    '### Stanzas',
    '',
    `${names.join(', ')}: literal XML. ${prose(type === undefined ? '' : documentation(type))}`,
    `A check may also name what belongs to the stream itself, in its own namespace: ${prose(any === undefined ? '' : documentation(any))}.`,
  ];
}

function valueText(type: DomElement): string {
  const told = prose(documentation(type));
  if (told === '') throw new Error(`scenario.xsd does not say what a ${attribute(type, 'name')} is.`);
  const options = enumerations(type);
  const sentence = /[.!?]$/.test(told) ? told : `${told}.`;
  return options.length > 0 ? `${sentence} One of ${options.map(code).join(', ')}.` : sentence;
}

function enumerations(node: DomElement): string[] {
  return descendants(node)
    .filter((item) => item.localName === 'enumeration')
    .map((item) => attribute(item, 'value'));
}

/** The element declarations in the content of a type: groups followed, those of nested elements left out. */
function contentOf(type: DomElement, globals: ReadonlyMap<string, DomElement>): DomElement[] {
  return children(type).flatMap((node) => {
    if (node.localName === 'element') return [node];
    if (node.localName === 'group') {
      const group = globals.get(`group ${attribute(node, 'ref')}`);
      return group === undefined ? [] : contentOf(group, globals);
    }
    return node.localName === 'sequence' || node.localName === 'choice' ? contentOf(node, globals) : [];
  });
}

function resolve(node: DomElement, globals: ReadonlyMap<string, DomElement>): DomElement {
  return globals.get(`element ${attribute(node, 'ref')}`) ?? node;
}

function complexTypeOf(
  declaration: DomElement,
  globals: ReadonlyMap<string, DomElement>,
): DomElement | undefined {
  const inline = children(declaration).find((node) => node.localName === 'complexType');
  return inline ?? globals.get(`complexType ${attribute(declaration, 'type')}`);
}

/** The documentation of a declaration itself; empty when it has none. */
function documentation(node: DomElement): string {
  const annotation = children(node).find((child) => child.localName === 'annotation');
  return (annotation?.textContent ?? '').trim();
}

function descendants(node: DomElement): DomElement[] {
  return children(node).flatMap((child) => [child, ...descendants(child)]);
}

function children(node: DomElement): DomElement[] {
  return Array.from(node.childNodes).filter(
    (child): child is DomElement => child.nodeType === 1 && (child as DomElement).namespaceURI === XS,
  );
}

function attribute(node: DomElement, name: string): string {
  return node.getAttribute(name) ?? '';
}
