import { type Element, element } from '../../wire/element.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import { stamp } from '../stanza.js';
import { alter, is } from './gate.js';

/** The error that answers an IQ which a resource, and not the fence of a contact, has sent to someone else. */
function isIqError(emission: Emission, occasion: Occasion): boolean {
  const fromResource = occasion.contact !== occasion.stanza.attrs.from;
  return (
    is('reply', 'in:iq')(emission, occasion) &&
    occasion.session === undefined &&
    fromResource &&
    emission.stanza.attrs.type === 'error'
  );
}

function withErrorType(stanza: Element, type: string): Element {
  return {
    ...stanza,
    children: stanza.children.map((child) =>
      typeof child === 'string' || child.name !== 'error'
        ? child
        : element(child.name, child.ns, { ...child.attrs, type }, child.children),
    ),
  };
}

/** Faults in the form of error stanzas. */
export const ERROR_FAULTS: readonly Fault[] = [
  {
    id: 'errors/undefined-stanza-type',
    title: 'what can not be delivered comes back as a stanza of type bounce',
    breaks: [
      'rfc3921:2.1.1/own-type-defined',
      'rfc3921:2.2.1/own-type-defined',
      'rfc3920:9.3.1/error-of-same-kind',
    ],
    specs: ['rfc3921'],
    deviate: alter(is('reply', 'undeliverable'), (stanza) => stamp(stanza, { type: 'bounce' })),
  },
  {
    id: 'errors/without-error-element',
    title: 'the errors for what can not be delivered are empty',
    breaks: [
      'rfc3921:2.1.2/own-error-has-child',
      'rfc3921:2.2.2/own-error-has-child',
      'rfc3920:9.3.1/error-has-child',
      'rfc6120:8.3.1/error-has-child',
    ],
    deviate: alter(is('reply', 'undeliverable'), (stanza) => ({ ...stanza, children: [] })),
  },
  {
    id: 'errors/undefined-error-type',
    title: 'IQ errors are of type fatal',
    breaks: [
      'rfc3920:9.3.2/type-defined',
      'rfc3920:9.3.3/service-unavailable-cancel',
      'rfc6120:8.3.2/type-defined',
    ],
    deviate: alter(isIqError, (stanza) => withErrorType(stanza, 'fatal')),
  },
  {
    id: 'errors/another-id',
    title: 'IQ errors have an id of their own',
    breaks: ['rfc3920:9.2.3/answer-keeps-id', 'rfc6120:8.3.1/id-kept'],
    deviate: alter(isIqError, (stanza) => stamp(stanza, { id: `error-${stanza.attrs.id}` })),
  },
  {
    id: 'errors/from-server',
    title: 'IQ errors come from the server instead of the address that was asked',
    breaks: ['rfc6120:8.3.1/addresses-swapped'],
    specs: ['rfc6121'],
    deviate: alter(isIqError, (stanza) =>
      stamp(stanza, { from: parseJid(bareText(stanza.attrs.from ?? ''))?.domain }),
    ),
  },
];
