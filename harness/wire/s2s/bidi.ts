import { child, type Element, NS } from '../element.js';

/** The feature by which a server that is connected to takes streams for both directions (XEP-0288 2.1). */
export const BIDI_FEATURE = `<bidi xmlns='${NS.bidiFeature}'/>`;

/** What the server that connects makes its stream one for both directions with, behind TLS and before dialback (2.2). */
export const BIDI_REQUEST = `<bidi xmlns='${NS.bidi}'/>`;

/** Whether the features offer streams for both directions. */
export function offersBidi(features: Element | undefined): boolean {
  return features !== undefined && child(features, 'bidi', NS.bidiFeature) !== undefined;
}

/** Whether the element makes the stream one for both directions. */
export function isBidiRequest({ name, ns }: Element): boolean {
  return name === 'bidi' && ns === NS.bidi;
}
