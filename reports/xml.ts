/** An element as it was written: prefixes and references are kept, attribute values come without their quotes. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlNode | string)[];
}

/** A line of laid out XML; `tag` is set where the line starts an element. */
export interface XmlLine {
  readonly depth: number;
  readonly text: string;
  readonly tag?: XmlNode;
}

const TAG = /<(\/?)([^\s<>/='"]+)((?:\s+[^\s<>/='"]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([^\s<>/='"]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const OTHER = /[^<]+|<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/y;
const MAX_DEPTH = 200;

/**
 * Reads XML for display: elements, text in between, several at the top level.
 * @returns undefined where tags don't match up or nest deeper than anyone could read
 */
export function readXml(text: string): XmlNode[] | undefined {
  const top: (XmlNode | string)[] = [];
  const open: { name: string; children: (XmlNode | string)[] }[] = [];
  let content = top;
  let position = 0;
  while (position < text.length) {
    OTHER.lastIndex = TAG.lastIndex = position;
    const other = OTHER.exec(text);
    if (other) {
      content.push(other[0]);
      position = OTHER.lastIndex;
      continue;
    }
    const tag = TAG.exec(text);
    if (!tag) return undefined;
    position = TAG.lastIndex;
    const [, closing, name = '', attributes = '', empty] = tag;
    if (closing) {
      if (open.pop()?.name !== name || attributes || empty) return undefined;
      content = open.at(-1)?.children ?? top;
    } else {
      const children: (XmlNode | string)[] = [];
      content.push({ name, attributes: readAttributes(attributes), children });
      if (empty) continue;
      open.push({ name, children });
      if (open.length > MAX_DEPTH) return undefined;
      content = children;
    }
  }
  if (open.length > 0 || top.some((node) => typeof node === 'string' && node.trim() !== '')) return undefined;
  return top.filter((node) => typeof node !== 'string');
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE))
    attributes.set(name, double ?? single ?? '');
  return attributes;
}

/** One line a tag, text beside its tags; attributes in a fixed order, so that two stanzas can be compared. */
export function layOutXml(nodes: readonly XmlNode[], depth = 0): XmlLine[] {
  return nodes.flatMap((node) => {
    const elements = node.children.filter((child) => typeof child !== 'string');
    const hasText = node.children.some((child) => typeof child === 'string' && child.trim() !== '');
    if (elements.length === 0 || hasText) return [{ depth, text: writeInline(node), tag: node }];
    return [
      { depth, text: `<${startOf(node)}>`, tag: node },
      ...layOutXml(elements, depth + 1),
      { depth, text: `</${node.name}>` },
    ];
  });
}

function writeInline(node: XmlNode): string {
  if (node.children.length === 0) return `<${startOf(node)}/>`;
  const content = node.children.map((child) =>
    typeof child === 'string' ? child.replaceAll('\n', '&#10;') : writeInline(child),
  );
  return `<${startOf(node)}>${content.join('')}</${node.name}>`;
}

function startOf(node: XmlNode): string {
  const names = [...node.attributes.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const written = names.map((name) => {
    const value = node.attributes.get(name) ?? '';
    const quote = value.includes("'") ? '"' : "'";
    return `${name}=${quote}${value.replaceAll('\n', '&#10;')}${quote}`;
  });
  return [node.name, ...written].join(' ');
}

function rank(attribute: string): number {
  return attribute === 'xmlns' || attribute.startsWith('xmlns:') ? 0 : 1;
}

/** XML with a line a tag, children indented by two spaces. Text that isn't XML comes back as it is. */
export function prettyXml(text: string): string {
  const nodes = readXml(text);
  if (!nodes || nodes.length === 0) return text;
  return layOutXml(nodes)
    .map((line) => '  '.repeat(line.depth) + line.text)
    .join('\n');
}
