import type { Fault } from '../deviations.js';
import { parseJid } from '../jid.js';
import { errorReply } from '../stanza.js';
import { isSubscriptionType } from '../subscriptions.js';
import { drop, is, rewriteAll } from './gate.js';

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
    deviate: rewriteAll((emissions, { account, stanza }) =>
      account === undefined && stanza.name === 'presence' && isSubscriptionType(stanza.attrs.type)
        ? [
            ...emissions,
            {
              purpose: 'reply',
              to: 'route',
              stanza: errorReply(stanza, 'cancel', 'service-unavailable'),
            },
          ]
        : emissions,
    ),
  },
  {
    id: 'address/unreachable-domain-not-told',
    title: 'a request to a domain that cannot be reached is lost without an error',
    breaks: ['rfc6121:3.1.2/error/unreachable-domain'],
    specs: ['rfc6121'],
    deviate: drop(is('reply', 'undeliverable')),
  },
  {
    id: 'address/local-contact-forgotten',
    title: 'subscription stanzas to contacts on the same server are not handled',
    breaks: ['rfc6121:3.1.2/local-contact', 'rfc6121:3.3.2/local-contact'],
    specs: ['rfc6121'],
    deviate: (policy, accounts) => ({
      emissions: (emissions, occasion) =>
        policy
          .emissions(emissions, occasion)
          .filter(
            ({ purpose, stanza }) =>
              purpose !== 'routed' || parseJid(stanza.attrs.to ?? '')?.domain !== accounts.domain,
          ),
    }),
  },
];
