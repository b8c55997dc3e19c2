import type { Fault } from '../deviations.js';
import { withdrawnPresence } from '../handshake.js';
import { emptied, errorReply } from '../stanza.js';
import { alter, drop, firstOnly, is, last, rewriteAll } from './gate.js';

/** Faults in the presence that goes with a change of subscription. */
export const PRESENCE_FAULTS: readonly Fault[] = [
  {
    id: 'presence/approval-without',
    title: 'an approval is not followed by current presence',
    breaks: ['rfc3921:8.2/approval-presence', 'rfc6121:3.1.5/current-presence'],
    deviate: drop(is('shared-presence', 'out:subscribed')),
  },
  {
    id: 'presence/approval-of-one-resource',
    title: 'an approval is followed by the presence of one resource only',
    breaks: ['rfc3921:8.2/approval-presence', 'rfc6121:3.1.5/current-presence'],
    deviate: firstOnly('shared-presence', 'out:subscribed'),
  },
  {
    id: 'presence/approval-incomplete',
    title: 'the presence that follows an approval lacks show, status and extended content',
    breaks: ['rfc3921:8.3/approval-presence', 'rfc6121:3.1.5/current-presence'],
    deviate: alter(is('shared-presence'), emptied),
  },
  {
    id: 'presence/approval-from-bare',
    title: 'the presence that follows an approval comes from the bare JID',
    breaks: ['rfc3921:8.2/approval-presence', 'rfc6121:3.1.5/current-presence'],
    deviate: alter(is('shared-presence'), (stanza, _emission, { account }) => ({
      ...stanza,
      attrs: { ...stanza.attrs, from: account?.bare ?? '' },
    })),
  },
  {
    id: 'presence/forwarded-to-one-resource',
    title: 'available presence of a contact is delivered to one resource only',
    breaks: [
      'rfc3921:8.2/presence-forwarded',
      'rfc3921:5.1.1/initial-presence-delivered',
      'rfc3921:5.1.1/presence-from-stranger-withheld',
      'rfc6121:3.1.6/forward-presence',
      'rfc6121:4.2.3/deliver',
      'rfc6121:4.4.3/deliver',
    ],
    deviate: rewriteAll((emissions, { trigger, stanza }) =>
      trigger === 'in:presence' && stanza.attrs.type === undefined ? emissions.slice(0, 1) : emissions,
    ),
  },
  {
    id: 'presence/cancellation-without',
    title: 'a cancellation sends no unavailable presence',
    breaks: ['rfc3921:8.5.1/unavailable-sent', 'rfc6121:3.2.2/unavailable'],
    deviate: drop(is('withdrawn-presence', 'out:unsubscribed')),
  },
  {
    id: 'presence/cancellation-of-one-resource',
    title: 'a cancellation sends unavailable presence from one resource only',
    breaks: ['rfc3921:8.5.1/unavailable-sent', 'rfc6121:3.2.2/unavailable'],
    deviate: firstOnly('withdrawn-presence', 'out:unsubscribed'),
  },
  {
    id: 'presence/cancellation-late',
    title: 'a cancellation sends unsubscribed before unavailable presence',
    breaks: ['rfc6121:3.2.2/unavailable-before-unsubscribed'],
    specs: ['rfc6121'],
    deviate: last(is('withdrawn-presence', 'out:unsubscribed')),
  },
  {
    id: 'presence/cancellation-of-nothing',
    title: 'unsubscribed without a subscription to cancel sends unavailable presence',
    breaks: ['rfc6121:3.2.2/without-subscription/unavailable'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, { trigger, account, contact }) => {
      const withdrawn = emissions.some(({ purpose }) => purpose === 'withdrawn-presence');
      if (trigger !== 'out:unsubscribed' || account === undefined || withdrawn) return emissions;
      return [...withdrawnPresence(account, contact), ...emissions];
    }),
  },
  {
    id: 'presence/refusal-of-unlisted-with',
    title: 'refusing a contact outside the roster sends unavailable presence',
    breaks: ['rfc6121:3.2.2/unlisted-pending-in/unavailable'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, { trigger, account, contact, before }) => {
      const refusal = trigger === 'out:unsubscribed' && before === 'none-pending-in';
      if (!refusal || account === undefined || account.roster.has(contact)) return emissions;
      return [...withdrawnPresence(account, contact), ...emissions];
    }),
  },
  {
    id: 'presence/unsubscribe-without',
    title: 'an inbound unsubscribe is not followed by unavailable presence',
    breaks: ['rfc3921:8.4.1/unavailable-sent', 'rfc6121:3.3.3/unavailable'],
    deviate: drop(is('withdrawn-presence', 'in:unsubscribe')),
  },
  {
    id: 'presence/unavailable-dropped',
    title: 'unavailable presence of a contact is not delivered',
    breaks: [
      'rfc3921:8.4.1/unavailable-delivered',
      'rfc3921:8.4.2/unavailable-delivered',
      'rfc3921:8.5.1/unavailable-delivered',
      'rfc6121:3.2.3/forward-unavailable',
      'rfc6121:4.5.3/deliver',
      'rfc6121:8.5.2.1.2/unavailable-delivered',
    ],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:presence')(emission, occasion) && emission.stanza.attrs.type === 'unavailable',
    ),
  },
  {
    id: 'presence/probe-of-stranger-unanswered',
    title: 'probes from strangers are not answered',
    breaks: [
      'rfc3921:5.1.3/probe-from-stranger-forbidden',
      'rfc3921:5.1.3/probe-while-pending-not-authorized',
    ],
    specs: ['rfc3921'],
    deviate: drop(
      (emission, occasion) =>
        is('probe-answer')(emission, occasion) && emission.stanza.attrs.type === 'error',
    ),
  },
  {
    id: 'presence/probe-while-pending-forbidden',
    title: 'a probe from a contact whose request is pending is answered like that of a stranger',
    breaks: ['rfc3921:5.1.3/probe-while-pending-not-authorized'],
    specs: ['rfc3921'],
    deviate: alter(is('probe-answer'), (stanza, _emission, occasion) =>
      stanza.attrs.type === 'error' ? errorReply(occasion.stanza, 'auth', 'forbidden') : stanza,
    ),
  },
  {
    id: 'presence/error-dropped',
    title: 'an error that answers a subscription stanza is not delivered',
    breaks: ['rfc3921:8.2/request-error-delivered', 'rfc3921:8.2/approval-error-delivered'],
    specs: ['rfc3921'],
    deviate: drop(is('delivered', 'in:presence-error')),
  },
];
