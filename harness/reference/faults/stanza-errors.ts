import { type Element, element, elements, NS } from '../../wire/element.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import { emptied, errorReply, stamp } from '../stanza.js';
import { alter, drop, is, refused, rewriteAll, sessionOf } from './gate.js';

/** What the scenarios of this suite send, and no marker of a fence. */
function isMeant({ stanza }: Occasion): boolean {
  return (
    stanza.attrs.type === 'subscribe' || elements(stanza).some(({ ns }) => ns.startsWith('urn:example:'))
  );
}

function isError({ purpose, stanza }: Emission, occasion: Occasion): boolean {
  return purpose === 'reply' && stanza.attrs.type === 'error' && isMeant(occasion);
}

/** The error stanza with another error element, or none. */
function withError(stanza: Element, change: (error: Element) => Element | undefined): Element {
  const children = elements(stanza).flatMap((item) =>
    item.name === 'error' && item.ns === stanza.ns ? (change(item) ?? []) : item,
  );
  return { ...stanza, children };
}

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

function typed(condition: string, type: string) {
  return alter(isError, (stanza) =>
    withError(stanza, (error) => (elements(error)[0]?.name === condition ? stamp(error, { type }) : error)),
  );
}

/** Answers what must not be answered. */
function answering(isMeant: (stanza: Element) => boolean) {
  return rewriteAll((emissions, occasion) =>
    isMeant(occasion.stanza) ? [...emissions, refused(occasion)] : emissions,
  );
}

/** Faults in error stanzas, and in which stanzas get one. */
export const STANZA_ERROR_FAULTS: readonly Fault[] = [
  {
    id: 'stanza-error/without-error-element',
    title: 'error stanzas have no error element',
    breaks: ['rfc3920:9.3.1/error-has-child', 'rfc6120:8.3.1/error-has-child'],
    deviate: alter(isError, (stanza) => withError(stanza, () => undefined)),
  },
  {
    id: 'stanza-error/undefined-type',
    title: 'errors have a type that is not defined',
    breaks: ['rfc3920:9.3.2/type-defined', 'rfc6120:8.3.2/type-defined'],
    deviate: alter(isError, (stanza) => withError(stanza, (error) => stamp(error, { type: 'fatal' }))),
  },
  {
    id: 'stanza-error/undefined-condition',
    title: 'errors have a condition that is not defined',
    breaks: ['rfc3920:9.3.2/condition-defined', 'rfc6120:8.3.2/condition-defined'],
    deviate: alter(isError, (stanza) =>
      withError(stanza, (error) => ({ ...error, children: [element('odd', NS.stanzaErrors)] })),
    ),
  },
  {
    id: 'stanza-error/service-unavailable-mistyped',
    title: 'the error service-unavailable is of type auth',
    breaks: ['rfc3920:9.3.3/service-unavailable-cancel'],
    specs: ['rfc3921'],
    deviate: typed('service-unavailable', 'auth'),
  },
  {
    id: 'stanza-error/bad-request-mistyped',
    title: 'the error bad-request is of type cancel',
    breaks: ['rfc3920:9.3.3/bad-request-modify'],
    specs: ['rfc3921'],
    deviate: typed('bad-request', 'cancel'),
  },
  {
    id: 'stanza-error/id-lost',
    title: 'errors have an id of their own',
    breaks: ['rfc3920:9.2.3/answer-keeps-id', 'rfc6120:8.2.3/answer-keeps-id', 'rfc6120:8.3.1/id-kept'],
    deviate: alter(isError, (stanza) => stamp(stanza, { id: 'another' })),
  },
  {
    id: 'stanza-error/sender-lost',
    title: 'errors come from no address',
    breaks: ['rfc6120:8.3.1/addresses-swapped'],
    specs: ['rfc6121'],
    deviate: alter(isError, (stanza) => stamp(stanza, { from: undefined })),
  },
  {
    id: 'stanza-error/payload-lost',
    title: 'errors hold nothing of what they answer',
    breaks: ['rfc3920:9.2.3/error-repeats-request', 'rfc3920:9.3.1/error-repeats-stanza'],
    specs: ['rfc3921'],
    deviate: alter(isError, (stanza) => ({
      ...stanza,
      children: elements(stanza).filter(({ name }) => name === 'error'),
    })),
  },
  {
    id: 'stanza-error/get-unanswered',
    title: 'a get of an unknown namespace is not answered',
    breaks: [
      'rfc3920:9.2.3/request-answered/get',
      'rfc3920:9.3.1/error-of-same-kind',
      'rfc6120:8.2.3/request-answered/get',
      'rfc6120:8.3.1/iq-error-returned',
      'rfc6120:8.3.2/kind-kept',
    ],
    deviate: drop(
      (emission, occasion) => isError(emission, occasion) && occasion.stanza.attrs.type === 'get',
    ),
  },
  {
    id: 'stanza-error/set-unanswered',
    title: 'a set of an unknown namespace is not answered',
    breaks: ['rfc3920:9.2.3/request-answered/set', 'rfc6120:8.2.3/request-answered/set'],
    deviate: drop(
      (emission, occasion) => isError(emission, occasion) && occasion.stanza.attrs.type === 'set',
    ),
  },
  {
    id: 'stanza-error/answer-answered',
    title: 'an IQ result to the server is answered with an error',
    breaks: ['rfc3920:9.2.3/reply-unanswered', 'rfc6120:8.2.3/reply-unanswered'],
    deviate: answering(
      ({ name, attrs }) => name === 'iq' && attrs.type === 'result' && attrs.to?.includes('@') === false,
    ),
  },
  {
    id: 'stanza-error/error-answered',
    title: 'messages and presence of type error are answered with an error',
    breaks: ['rfc3920:9.3.1/error-unanswered', 'rfc6120:8.3.1/error-unanswered'],
    deviate: answering(
      ({ name, attrs }) =>
        name !== 'iq' && attrs.type === 'error' && attrs.to?.startsWith('nobody-of-that-name@') === true,
    ),
  },
  {
    id: 'stanza-error/undefined-type-accepted',
    title: 'an IQ of an undefined type is answered with an error other than bad-request',
    breaks: ['rfc6120:8.2.3/undefined-type'],
    specs: ['rfc6121'],
    deviate: alter(
      ({ purpose }, { trigger, stanza }) =>
        purpose === 'reply' && trigger === 'refused' && stanza.name === 'iq',
      (_stanza, _emission, occasion) => errorReply(occasion.stanza, 'cancel', 'not-acceptable'),
    ),
  },
  {
    id: 'stanza-error/ends-stream',
    title: 'a stanza error is followed by the end of the stream',
    breaks: ['rfc6120:8.3/stream-goes-on'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const [reply] = emissions.filter((emission) => isError(emission, occasion));
      const session = reply === undefined ? undefined : sessionOf(reply);
      if (session !== undefined) queueMicrotask(() => session.outlet.fail('policy-violation'));
      return emissions;
    }),
  },
  {
    id: 'stanza-error/undefined-stanza-type',
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
    id: 'stanza-error/undeliverable-without-error-element',
    title: 'the errors for what can not be delivered are empty',
    breaks: [
      'rfc3921:2.1.2/own-error-has-child',
      'rfc3921:2.2.2/own-error-has-child',
      'rfc3920:9.3.1/error-has-child',
      'rfc6120:8.3.1/error-has-child',
    ],
    deviate: alter(is('reply', 'undeliverable'), emptied),
  },
  {
    id: 'stanza-error/iq-undefined-type',
    title: 'IQ errors are of type fatal',
    breaks: [
      'rfc3920:9.3.2/type-defined',
      'rfc3920:9.3.3/service-unavailable-cancel',
      'rfc6120:8.3.2/type-defined',
    ],
    deviate: alter(isIqError, (stanza) => withError(stanza, (error) => stamp(error, { type: 'fatal' }))),
  },
  {
    id: 'stanza-error/iq-id-lost',
    title: 'IQ errors have an id of their own',
    breaks: ['rfc3920:9.2.3/answer-keeps-id', 'rfc6120:8.3.1/id-kept'],
    deviate: alter(isIqError, (stanza) => stamp(stanza, { id: `error-${stanza.attrs.id}` })),
  },
  {
    id: 'stanza-error/iq-from-server',
    title: 'IQ errors come from the server instead of the address that was asked',
    breaks: ['rfc6120:8.3.1/addresses-swapped'],
    specs: ['rfc6121'],
    deviate: alter(isIqError, (stanza) =>
      stamp(stanza, { from: parseJid(bareText(stanza.attrs.from ?? ''))?.domain }),
    ),
  },
];
