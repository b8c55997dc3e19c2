import type { Fault } from '../deviations.js';
import { parseJid } from '../jid.js';
import { presence, stamp } from '../stanza.js';
import { isSubscriptionType } from '../subscriptions.js';
import { alter, drop, is, refused, rewriteAll } from './gate.js';

/** Faults in which addresses of subscription stanzas are heeded. */
export const ADDRESS_FAULTS: readonly Fault[] = [
  {
    id: 'address/request-to-full-jid-ignored',
    title: 'a request to a full JID is ignored',
    breaks: [
      'rfc3921:11.1/full-jid-matched',
      'rfc6121:3.1.3/request-to-full-jid',
      'rfc6121:3.1.3/request-to-absent-resource',
      'rfc6121:8.5.3.2.2/request-followed',
    ],
    deviate: (policy) => ({
      admission: (type, resource, named) =>
        type === 'subscribe' && resource !== '' ? 'ignored' : policy.admission(type, resource, named),
    }),
  },
  {
    id: 'address/absent-resource-heeded',
    title: 'a subscription stanza to a resource that is not there is taken as one to the bare JID',
    breaks: ['rfc3921:11.1/full-jid-unmatched-ignored', 'rfc6121:8.5.3.2.2/notification-ignored'],
    deviate: () => ({ admission: () => 'redirected' }),
  },
  {
    id: 'address/no-account-answered',
    title: 'a subscription stanza to an account that does not exist is answered with an error',
    breaks: ['rfc3921:11.1/no-account-ignored', 'rfc6121:3.1.6/ignore/no-account'],
    deviate: rewriteAll((emissions, occasion) => {
      const { account, stanza } = occasion;
      return account === undefined && stanza.name === 'presence' && isSubscriptionType(stanza.attrs.type)
        ? [...emissions, refused(occasion)]
        : emissions;
    }),
  },
  {
    id: 'address/unreachable-domain-not-told',
    title: 'what is sent to a domain that cannot be reached is lost without an error',
    breaks: [
      'rfc6121:3.1.2/error/unreachable-domain',
      'rfc3920:10.2/failure-told/message',
      'rfc3920:10.2/failure-told/presence',
      'rfc3920:10.2/failure-told/iq',
      'rfc6120:10.4.3/failure-told/message',
      'rfc6120:10.4.3/failure-told/presence',
      'rfc6120:10.4.3/failure-told/iq',
    ],
    deviate: drop(is('reply', 'undeliverable')),
  },
  {
    id: 'address/no-account-refused',
    title: 'a request to an account that does not exist is answered with unsubscribed',
    breaks: ['rfc6121:3.1.2/error/no-account', 'rfc6121:8.5.1/subscription-stanza-ignored'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, { account, trigger, stanza }) => {
      if (account !== undefined || trigger !== 'in:subscribe') return emissions;
      const { from, to } = stanza.attrs;
      const refusal = presence({ from: to, to: from, type: 'unsubscribed' });
      return [...emissions, { purpose: 'reply', to: 'route', stanza: refusal }];
    }),
  },
  {
    id: 'address/malformed-error-without-id',
    title: 'the error that answers a request to a malformed address does not say which request',
    breaks: ['rfc6121:3.1.2/error/malformed-address'],
    specs: ['rfc6121'],
    deviate: alter(is('reply', 'refused'), (stanza) => stamp(stanza, { id: undefined })),
  },
  {
    id: 'address/local-contact-forgotten',
    title: 'subscription stanzas to contacts on the same server are not handled',
    breaks: ['rfc6121:3.1.2/local-contact', 'rfc6121:3.3.2/local-contact'],
    specs: ['rfc6121'],
    deviate: drop(
      ({ purpose, stanza }, _occasion, { domain }) =>
        purpose === 'routed' && parseJid(stanza.attrs.to ?? '')?.domain === domain,
    ),
  },
];
