import { type Element, elements, NS } from '../../wire/element.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { stamp, without } from '../stanza.js';
import { alter, is } from './gate.js';

function isUnknown({ ns }: Element): boolean {
  return ns !== NS.client;
}

/** A subscription stanza with content of a namespace that the server does not know. */
function isExtended({ stanza }: Occasion): boolean {
  return stanza.name === 'presence' && elements(stanza).some(isUnknown);
}

function isSubscriptionStanza({ purpose }: Emission): boolean {
  return purpose === 'routed' || purpose === 'request' || purpose === 'notification';
}

/** Faults in the form of what the server makes, and in what it makes of content that it does not know. */
export const SYNTAX_FAULTS: readonly Fault[] = [
  {
    id: 'syntax/push-without-id',
    title: 'roster pushes have no id',
    breaks: ['rfc3921:2.3/own-id'],
    specs: ['rfc3921'],
    deviate: alter(is('push'), (stanza) => stamp(stanza, { id: undefined })),
  },
  {
    id: 'syntax/undefined-presence-type',
    title: 'presence for a resource that has gone is of type offline',
    breaks: ['rfc3921:2.2.1/own-type-defined'],
    specs: ['rfc3921'],
    deviate: alter(is('broadcast', 'unavailable'), (stanza) => stamp(stanza, { type: 'offline' })),
  },
  {
    id: 'syntax/unknown-content-stripped',
    title: 'subscription stanzas lose what the server does not know',
    breaks: ['rfc3921:2.4/unknown-content-passed-on/subscription'],
    specs: ['rfc3921'],
    deviate: alter(isSubscriptionStanza, (stanza) => without(stanza, isUnknown)),
  },
  {
    id: 'syntax/unknown-content-hinders',
    title: 'a subscription stanza with content that the server does not know changes nothing',
    breaks: ['rfc3921:2.4/server-ignores-unknown-content'],
    specs: ['rfc3921'],
    deviate: (policy) => ({
      item: (next, previous, occasion) =>
        isExtended(occasion) ? previous : policy.item(next, previous, occasion),
      request: (next, previous, occasion) =>
        isExtended(occasion) ? previous : policy.request(next, previous, occasion),
    }),
  },
];
