import type { Fault } from '../deviations.js';
import { stamp } from '../stanza.js';
import { SUBSCRIPTION_TYPES, type SubscriptionType } from '../subscriptions.js';
import { alter, is } from './gate.js';

/** Where RFC 3921 demands the bare JID, by type. */
const STAMPED: Readonly<Record<SubscriptionType, readonly string[]>> = {
  subscribe: [
    'rfc3921:8.2/request-stamped-bare',
    'rfc3921:8.2/request-stamped-bare-over-full',
    'rfc3921:8.2/request-full-from-reduced',
  ],
  subscribed: ['rfc3921:8.2/approval-stamped-bare'],
  unsubscribe: ['rfc3921:8.4.1/unsubscribe-stamped-bare'],
  unsubscribed: ['rfc3921:8.5.1/cancellation-stamped-bare'],
};

/** Faults in the addresses of subscription stanzas. */
export const STAMPING_FAULTS: readonly Fault[] = [
  ...SUBSCRIPTION_TYPES.map(
    (type): Fault => ({
      id: `stamping/from-full/${type}`,
      title: `an outbound ${type} leaves with the full JID of the resource that sent it`,
      breaks: [...STAMPED[type], `rfc6121:3/stamped-bare/${type}`],
      deviate: alter(is('routed', `out:${type}`), (stanza, _emission, { session }) =>
        stamp(stanza, { from: session?.jid }),
      ),
    }),
  ),
  ...SUBSCRIPTION_TYPES.map(
    (type): Fault => ({
      id: `stamping/from-missing/${type}`,
      title: `an outbound ${type} leaves without a sender`,
      breaks: [...STAMPED[type], `rfc6121:3/stamped-bare/${type}`],
      deviate: alter(is('routed', `out:${type}`), (stanza) => stamp(stanza, { from: undefined })),
    }),
  ),
  {
    id: 'stamping/to-full/subscribe',
    title: 'an outbound subscribe to a full JID leaves for the full JID',
    breaks: ['rfc6121:3.1.2/full-jid-reduced'],
    specs: ['rfc6121'],
    deviate: alter(is('routed', 'out:subscribe'), (stanza, _emission, occasion) =>
      stamp(stanza, { to: occasion.stanza.attrs.to }),
    ),
  },
  {
    id: 'stamping/generated-from-full',
    title: 'what the server sends on behalf of the user leaves with the full JID of a resource',
    breaks: ['rfc6121:3/stamped-bare/generated'],
    specs: ['rfc6121'],
    deviate: alter(
      (emission, occasion) => is('auto-reply')(emission, occasion) || is('cancellation')(emission, occasion),
      (stanza, _emission, { account }) => stamp(stanza, { from: account?.available()[0]?.jid }),
    ),
  },
  {
    id: 'stamping/delivered-to-full',
    title: 'the bare JID that presence was addressed to is replaced by the full JID of the resource',
    breaks: ['rfc3921:11.1/presence-to-kept', 'rfc6121:8.5.2.1.2/to-kept'],
    deviate: alter(
      ({ purpose }) => purpose === 'request' || purpose === 'notification' || purpose === 'delivered',
      (stanza, { to }) =>
        to === 'route' || stanza.name !== 'presence' ? stanza : stamp(stanza, { to: to.jid }),
    ),
  },
];
