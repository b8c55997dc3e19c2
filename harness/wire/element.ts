/**
 * A parsed XML element, as light as the harness can carry it: no parent pointers, no document.
 *
 * Attribute keys are the local name for unqualified attributes (`to`), `xml:lang` and the like for the xml
 * namespace, and `{namespace}local` for any other qualified attribute. Prefixes are not kept: they carry no
 * meaning (Namespaces in XML 1.0, section 2).
 */
export interface Element {
  readonly name: string;
  readonly ns: string;
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

/** Namespace names used throughout (RFC 3920 section 11.2, RFC 3921 section 14, XEP-0114, XEP-0220). */
export const NS = {
  client: 'jabber:client',
  server: 'jabber:server',
  component: 'jabber:component:accept',
  dialback: 'jabber:server:dialback',
  dialbackFeature: 'urn:xmpp:features:dialback',
  bidi: 'urn:xmpp:bidi',
  bidiFeature: 'urn:xmpp:features:bidi',
  streams: 'http://etherx.jabber.org/streams',
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  tls: 'urn:ietf:params:xml:ns:xmpp-tls',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  saslChannelBinding: 'urn:xmpp:sasl-cb:0',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  session: 'urn:ietf:params:xml:ns:xmpp-session',
  roster: 'jabber:iq:roster',
  privacy: 'jabber:iq:privacy',
  blocking: 'urn:xmpp:blocking',
  blockingErrors: 'urn:xmpp:blocking:errors',
  register: 'jabber:iq:register',
  registerFeature: 'http://jabber.org/features/iq-register',
  rosterVersioning: 'urn:xmpp:features:rosterver',
  preApproval: 'urn:xmpp:features:pre-approval',
  xml: 'http://www.w3.org/XML/1998/namespace',
} as const;

/**
 * Builds an element.
 * @param name local name
 * @param ns namespace name
 * @param attrs attributes by key as in {@link Element}; undefined values are left out
 * @param children child elements and text
 */
export function element(
  name: string,
  ns: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  children: readonly (Element | string)[] = [],
): Element {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(attrs)) if (value !== undefined) kept[key] = value;
  return { name, ns, attrs: kept, children };
}

/** The child elements, text left out. */
export function elements(parent: Element): Element[] {
  return parent.children.filter((child): child is Element => typeof child !== 'string');
}

/** The first child element of that name and namespace (the parent's namespace when none is given). */
export function child(parent: Element, name: string, ns: string = parent.ns): Element | undefined {
  return elements(parent).find((candidate) => candidate.name === name && candidate.ns === ns);
}

/** The character data directly inside the element. */
export function text(parent: Element): string {
  return parent.children.filter((node): node is string => typeof node === 'string').join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
  // Literal white space in an attribute is normalised away by the reader (XML 1.0 section 3.3.3).
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** Escapes character data for element content. */
export function escapeText(value: string): string {
  return /[&<>\r]/.test(value) ? value.replace(/[&<>\r]/g, (char) => ESCAPES[char] ?? char) : value;
}

/** Escapes character data for an attribute value in single quotes. */
export function escapeAttribute(value: string): string {
  return /[&<>'\n\r\t]/.test(value) ? value.replace(/[&<>'\n\r\t]/g, (char) => ESCAPES[char] ?? char) : value;
}

/**
 * Writes the element as XML.
 * @param node the element
 * @param contextNs the default namespace in force where the text will stand; its declaration is then left out
 */
export function serialize(node: Element, contextNs = ''): string {
  let attributes = node.ns === contextNs ? '' : ` xmlns='${escapeAttribute(node.ns)}'`;
  let prefixes = 0;
  for (const [key, value] of Object.entries(node.attrs)) {
    const qualified = /^\{(.*)\}(.+)$/s.exec(key);
    if (qualified) {
      const prefix = `ns${prefixes++}`;
      attributes += ` xmlns:${prefix}='${escapeAttribute(qualified[1] ?? '')}' ${prefix}:${qualified[2]}`;
    } else {
      attributes += ` ${key}`;
    }
    attributes += `='${escapeAttribute(value)}'`;
  }
  if (node.children.length === 0) return `<${node.name}${attributes}/>`;
  const content = node.children
    .map((item) => (typeof item === 'string' ? escapeText(item) : serialize(item, node.ns)))
    .join('');
  return `<${node.name}${attributes}>${content}</${node.name}>`;
}
