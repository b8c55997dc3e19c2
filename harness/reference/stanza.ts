import { type Element, element, elements, NS } from '../wire/element.js';

/** Error types (RFC 6120 8.3.2). */
export type ErrorType = 'auth' | 'cancel' | 'modify' | 'wait';

/** A copy with the attributes given put in place; an undefined value removes the attribute. */
export function stamp(stanza: Element, attrs: Readonly<Record<string, string | undefined>>): Element {
  return element(stanza.name, stanza.ns, { ...stanza.attrs, ...attrs }, stanza.children);
}

/** A copy with one more child. */
export function extend(stanza: Element, extension: Element): Element {
  return { ...stanza, children: [...stanza.children, extension] };
}

/** A copy that holds nothing. */
export function emptied(stanza: Element): Element {
  return { ...stanza, children: [] };
}

/** A copy without the children that the test picks. */
export function without(stanza: Element, isUnwanted: (child: Element) => boolean): Element {
  return {
    ...stanza,
    children: stanza.children.filter((child) => typeof child === 'string' || !isUnwanted(child)),
  };
}

/**
 * The error that answers the stanza; from and to change places (RFC 6120 8.3.1), and what it held comes back (RFC 3920 9.3.1).
 * A second payload, which no IQ may have, does not.
 * @param details elements beside the condition
 */
export function errorReply(
  stanza: Element,
  type: ErrorType,
  condition: string,
  details: readonly Element[] = [],
): Element {
  const { from, to, id } = stanza.attrs;
  const held = elements(stanza).filter(({ name, ns }) => name !== 'error' || ns !== stanza.ns);
  return element(stanza.name, stanza.ns, { from: to, to: from, id, type: 'error' }, [
    ...(stanza.name === 'iq' ? held.slice(0, 1) : held),
    element('error', stanza.ns, { type }, [element(condition, NS.stanzaErrors), ...details]),
  ]);
}

/** The result that answers the IQ, with or without a payload. */
export function resultReply(iq: Element, payload?: Element): Element {
  const { from, to, id } = iq.attrs;
  return element(
    'iq',
    iq.ns,
    { from: to, to: from, id, type: 'result' },
    payload === undefined ? [] : [payload],
  );
}

/** A presence stanza in the client namespace. */
export function presence(
  attrs: Readonly<Record<string, string | undefined>>,
  children: readonly Element[] = [],
): Element {
  return element('presence', NS.client, attrs, children);
}

/** A copy in which every element of one namespace is in the other: content namespaces differ per kind of stream. */
export function translate(node: Element, from: string, to: string): Element {
  return {
    ...node,
    ns: node.ns === from ? to : node.ns,
    children: node.children.map((child) => (typeof child === 'string' ? child : translate(child, from, to))),
  };
}

/** A delayed-delivery stamp (XEP-0203), of now when no time is given. */
export function delayed(by: string, at: Date = new Date()): Element {
  return element('delay', 'urn:xmpp:delay', { from: by, stamp: at.toISOString() });
}
