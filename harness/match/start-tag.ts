/** The start tag of a stanza as it stands in its text, namespaces not resolved. */
export interface StartTag {
  /** Name with its prefix, if it has one. */
  readonly name: string;
  /** Prefix of the name; empty when it has none. */
  readonly prefix: string;
  /** Attributes and namespace declarations by name with prefix, values as written. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Offset just after the name. */
  readonly afterName: number;
  /** Offset of the closing `>` or `/>`. */
  readonly end: number;
}

const NAME = /\s*<([^\s/>]+)/y;
const ATTRIBUTE = /\s+([^\s=/>]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/y;

/**
 * Reads the first start tag of well-formed XML without parsing what follows.
 * @param xml text that begins with a start tag, after white space at most
 * @returns undefined where it begins with something else
 */
export function readStartTag(xml: string): StartTag | undefined {
  NAME.lastIndex = 0;
  const name = NAME.exec(xml)?.[1];
  if (name === undefined) return undefined;
  const afterName = NAME.lastIndex;
  const attributes = new Map<string, string>();
  let end = afterName;
  for (;;) {
    ATTRIBUTE.lastIndex = end;
    const found = ATTRIBUTE.exec(xml);
    if (found === null) break;
    attributes.set(found[1] ?? '', found[2] ?? found[3] ?? '');
    end = ATTRIBUTE.lastIndex;
  }
  const colon = name.indexOf(':');
  return { name, prefix: colon < 0 ? '' : name.slice(0, colon), attributes, afterName, end };
}

/**
 * The prefixes that a stream header declares; they hold in every stanza of the stream (Namespaces in XML 1.0, section 6.1).
 * @param header text of the stream header as received, with or without an XML declaration
 * @returns namespace names by prefix, the default namespace left out
 */
export function declaredPrefixes(header: string): Record<string, string> {
  const prefixes: Record<string, string> = {};
  const tag = readStartTag(header.replace(/^\s*<\?xml.*?\?>/s, ''));
  for (const [name, value] of tag?.attributes ?? []) {
    if (name.startsWith('xmlns:')) prefixes[name.slice('xmlns:'.length)] = value;
  }
  return prefixes;
}
