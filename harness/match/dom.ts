import { DOMImplementation, type Document, type Element as DomElement } from '@xmldom/xmldom';
import { type Element, NS } from '../wire/element.js';
import { comparableNamespace } from './content-namespace.js';

const documents = new WeakMap<Element, Document>();

/**
 * The stanza as a DOM document, built when first asked for. The content namespace is jabber:client, whatever stream the stanza
 * came on.
 */
export function toDocument(stanza: Element): Document {
  let document = documents.get(stanza);
  if (document === undefined) {
    document = new DOMImplementation().createDocument(null, '');
    document.appendChild(build(document, stanza));
    documents.set(stanza, document);
  }
  return document;
}

function build(document: Document, source: Element): DomElement {
  const node = document.createElementNS(comparableNamespace(source.ns), source.name);
  for (const [key, value] of Object.entries(source.attrs)) {
    if (key.startsWith('xml:')) {
      node.setAttributeNS(NS.xml, key, value);
      continue;
    }
    const end = key.lastIndexOf('}');
    if (end < 0) node.setAttribute(key, value);
    else node.setAttributeNS(key.slice(1, end), `q:${key.slice(end + 1)}`, value);
  }
  for (const child of source.children) {
    node.appendChild(typeof child === 'string' ? document.createTextNode(child) : build(document, child));
  }
  return node;
}
