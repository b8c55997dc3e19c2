import { NS } from '../wire/element.js';

const CONTENT_NAMESPACES: ReadonlySet<string> = new Set([NS.client, NS.server, NS.component]);

/**
 * The namespace under which a stanza is compared: jabber:client for each of the content namespaces, which differ with the
 * kind of stream only (RFC 6120 4.8.3, XEP-0114 section 3); any other namespace as it is.
 * @param ns namespace name of an element
 */
export function comparableNamespace(ns: string): string {
  return CONTENT_NAMESPACES.has(ns) ? NS.client : ns;
}
