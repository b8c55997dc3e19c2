import { elements } from '../../wire/element.js';
import type { Fault } from '../deviations.js';
import type { SubscriptionType } from '../subscriptions.js';
import { alter, drop, is, rewriteAll, sessionOf } from './gate.js';

/** The push that a stanza must bring about, by RFC, where direction and type have one. */
const DUE: readonly [direction: 'out' | 'in', type: SubscriptionType, clauses: readonly string[]][] = [
  ['out', 'subscribe', ['rfc3921:8.2/request-push', 'rfc6121:3.1.2/push']],
  ['out', 'unsubscribe', ['rfc3921:8.4.1/unsubscribe-push', 'rfc6121:3.3.2/push']],
  ['out', 'subscribed', ['rfc3921:8.2/approval-push', 'rfc6121:3.1.5/push']],
  ['out', 'unsubscribed', ['rfc3921:8.5.1/cancellation-push', 'rfc6121:3.2.2/push']],
  [
    'in',
    'unsubscribe',
    [
      'rfc3921:8.4.1/unsubscribe-received-push',
      'rfc3921:8.6/unsubscribe-received-push',
      'rfc6121:3.3.3/push',
    ],
  ],
  ['in', 'subscribed', ['rfc3921:8.2/approval-received-push', 'rfc6121:3.1.6/push']],
  ['in', 'unsubscribed', ['rfc3921:8.5.1/cancellation-received-push', 'rfc6121:3.2.3/push']],
];

/** Faults in who gets which roster push. */
export const PUSH_FAULTS: readonly Fault[] = [
  ...DUE.map(
    ([direction, type, breaks]): Fault => ({
      id: `push/missing/${direction}/${type}`,
      title: `the item that an ${direction}bound ${type} changes is not pushed`,
      breaks,
      deviate: drop(is('push', `${direction}:${type}`)),
    }),
  ),
  {
    id: 'push/missing/roster-set',
    title: 'an item that the user sets is not pushed',
    breaks: ['rfc3921:7.4/push', 'rfc3921:7.5/push', 'rfc6121:2.3.2/push', 'rfc6121:2.4.2/push'],
    deviate: drop(is('push', 'roster-set')),
  },
  {
    id: 'push/missing-at-sibling',
    title: 'only the resource that acts gets the push',
    breaks: ['rfc3921:7.4/push', 'rfc3921:8.2/request-push', 'rfc6121:2.2/push', 'rfc6121:2.3.2/push'],
    deviate: drop(
      (emission, { session }) =>
        emission.purpose === 'push' && session !== undefined && emission.to !== session,
    ),
  },
  {
    id: 'push/missing-at-actor',
    title: 'the resource that acts gets no push',
    breaks: [
      'rfc3921:7.4/push',
      'rfc3921:7.5/push-while-pending-in',
      'rfc3921:8.2/request-push',
      'rfc6121:2.2/push',
      'rfc6121:2.3.2/push',
    ],
    deviate: drop((emission, { session }) => emission.purpose === 'push' && emission.to === session),
  },
  {
    id: 'push/one-resource',
    title: 'what others bring about is pushed to one resource only',
    breaks: ['rfc3921:8.2/approval-received-push', 'rfc6121:3.1.6/push'],
    deviate: rewriteAll((emissions, { trigger }) => {
      const first = emissions.find(({ purpose }) => purpose === 'push');
      return trigger.startsWith('in:')
        ? emissions.filter((emission) => emission.purpose !== 'push' || emission === first)
        : emissions;
    }),
  },
  {
    id: 'push/to-not-interested',
    title: 'pushes go to available resources that have not requested the roster',
    breaks: ['rfc3921:7.3/no-pushes-to-not-interested', 'rfc3921:8.1/no-push-to-not-interested'],
    specs: ['rfc3921'],
    deviate: () => ({ getsPush: ({ available }) => available }),
  },
  {
    id: 'push/to-unavailable',
    title: 'pushes go to resources that are not available',
    breaks: ['rfc3921:8.1/no-push-to-unavailable'],
    specs: ['rfc3921'],
    deviate: () => ({ getsPush: ({ interested }) => interested }),
  },
  {
    id: 'push/not-to-unavailable',
    title: 'interested resources that are not available get no push',
    breaks: [
      'rfc6121:2.2/push-unavailable',
      'rfc6121:2.3.2/push-unavailable',
      'rfc6121:2.4.2/push-unavailable',
      'rfc6121:2.5.2/push-unavailable',
      'rfc6121:3.4.2/pending-push-unavailable',
    ],
    specs: ['rfc6121'],
    deviate: () => ({ getsPush: ({ available, interested }) => available && interested }),
  },
  {
    id: 'push/two-items',
    title: 'a push carries the item twice',
    breaks: ['rfc6121:2.1.6/one-item'],
    specs: ['rfc6121'],
    deviate: alter(is('push'), (iq) => ({
      ...iq,
      children: elements(iq).map((query) => ({ ...query, children: [...query.children, ...query.children] })),
    })),
  },
  {
    id: 'push/error-ends-interest',
    title: 'a resource that answers a push with an error gets no more',
    breaks: ['rfc6121:2.1.6/push-error-ignored'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, { stanza, session }) => {
      if (session !== undefined && stanza.name === 'iq' && stanza.attrs.type === 'error') {
        session.interested = false;
      }
      return emissions;
    }),
  },
  {
    id: 'push/address-of-sibling',
    title: 'a push is addressed to another resource of the user than the one that gets it',
    breaks: ['rfc3921:8.1/push-addresses-full'],
    specs: ['rfc3921'],
    deviate: alter(is('push'), (iq, emission) => {
      const { account } = sessionOf(emission) ?? {};
      const other = [...(account?.sessions.values() ?? [])].find((session) => session !== emission.to);
      return other === undefined ? iq : { ...iq, attrs: { ...iq.attrs, to: other.jid } };
    }),
  },
];
