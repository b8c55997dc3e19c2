import { diffArrays } from 'diff';
import { layOutXml, readXml, type XmlLine, type XmlNode } from './xml.js';

/** A line of a comparison: in both, only in what was expected, only in what was received. */
export interface DiffLine {
  readonly side: 'both' | 'expected' | 'received';
  readonly text: string;
}

const MAX_EDITS = 400;

/**
 * Compares an expectation with the stanza received, line by line, for people to read; the verdict is the
 * matcher's. An expected `{placeholder}` fits any value, `{absent}` fits a missing attribute, and attributes that
 * the expectation doesn't list are free.
 * @returns undefined when one of the two is not XML
 */
export function diffStanzas(expected: string, received: string): DiffLine[] | undefined {
  const left = readXml(expected);
  const right = readXml(received);
  if (!left?.length || !right?.length) return undefined;
  const before = layOutXml(left);
  const after = layOutXml(right);
  const changes = diffArrays(before, after, { comparator: fits, maxEditLength: MAX_EDITS });
  if (!changes) return [...toLines(before, 'expected'), ...toLines(after, 'received')];
  return changes.flatMap((change) =>
    toLines(change.value, change.removed ? 'expected' : change.added ? 'received' : 'both'),
  );
}

/** The line on the other side, where exactly one line was replaced by one. */
export function counterpart(diff: readonly DiffLine[], index: number): string | undefined {
  const sideAt = (at: number) => diff[at]?.side ?? 'both';
  if (sideAt(index) === 'both') return undefined;
  const first = sideAt(index) === 'expected' ? index : index - 1;
  const isPair =
    sideAt(first - 1) !== 'expected' &&
    sideAt(first) === 'expected' &&
    sideAt(first + 1) === 'received' &&
    sideAt(first + 2) !== 'received';
  return isPair ? diff[first === index ? index + 1 : first]?.text : undefined;
}

function toLines(lines: readonly XmlLine[], side: DiffLine['side']): DiffLine[] {
  return lines.map((line) => ({ side, text: '  '.repeat(line.depth) + line.text }));
}

function fits(expected: XmlLine, received: XmlLine): boolean {
  if (expected.depth !== received.depth) return false;
  if (!expected.tag || !received.tag) return expected.text === received.text;
  return (
    expected.tag.name === received.tag.name &&
    attributesFit(expected.tag, received.tag) &&
    textFits(expected.tag, received.tag)
  );
}

function attributesFit(expected: XmlNode, received: XmlNode): boolean {
  return [...expected.attributes].every(([name, value]) => {
    const actual = received.attributes.get(name);
    if (value === '{absent}') return actual === undefined;
    // Where a stanza stands alone its default namespace may be written or understood.
    if (actual === undefined) return name === 'xmlns';
    return valueFits(value, actual);
  });
}

function textFits(expected: XmlNode, received: XmlNode): boolean {
  return valueFits(ownText(expected), ownText(received));
}

function ownText(node: XmlNode): string {
  return node.children
    .map((child) => (typeof child === 'string' ? child : ''))
    .join('')
    .trim();
}

function valueFits(expected: string, received: string): boolean {
  if (expected === received) return true;
  const [head = '', ...rest] = expected.split(/\{[\w.-]+\}/);
  const tail = rest.pop();
  if (tail === undefined || !received.startsWith(head)) return false;
  let position = head.length;
  for (const literal of rest) {
    const at = received.indexOf(literal, position);
    if (at < 0) return false;
    position = at + literal.length;
  }
  return received.endsWith(tail) && position <= received.length - tail.length;
}
