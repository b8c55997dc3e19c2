import { type Element, elements } from '../../wire/element.js';
import { stamp } from '../stanza.js';

/** Changes every item of a roster result or push. */
export function eachItem(change: (item: Element) => Element): (iq: Element) => Element {
  return (iq) => ({
    ...iq,
    children: elements(iq).map((query) => ({ ...query, children: elements(query).map(change) })),
  });
}

/** Leaves an attribute out of every item of a roster result or push. */
export function withoutItemAttribute(name: string): (iq: Element) => Element {
  return eachItem((item) => stamp(item, { [name]: undefined }));
}

/** Changes the attributes of the query of a roster result or push. */
export function onQuery(attrs: Readonly<Record<string, string | undefined>>): (iq: Element) => Element {
  return (iq) => ({ ...iq, children: elements(iq).map((query) => stamp(query, attrs)) });
}
