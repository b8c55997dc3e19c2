import type { Deviate, Fault } from '../deviations.js';
import type { SubscriptionType } from '../subscriptions.js';
import { firstOnly, is, last } from './gate.js';

type Notified = Exclude<SubscriptionType, 'subscribe'>;

const NOTIFIED: readonly Notified[] = ['subscribed', 'unsubscribe', 'unsubscribed'];

/** Section of RFC 6121 on the delivery of each. */
const DELIVERY: Readonly<Record<Notified, string>> = {
  subscribed: '3.1.6',
  unsubscribe: '3.3.3',
  unsubscribed: '3.2.3',
};

/** What affirms and what denies each (RFC 3921 9.4, table 7). */
const ANSWERS: Readonly<Record<Notified, { accept: SubscriptionType; deny: SubscriptionType }>> = {
  subscribed: { accept: 'subscribe', deny: 'unsubscribe' },
  unsubscribe: { accept: 'unsubscribed', deny: 'subscribed' },
  unsubscribed: { accept: 'unsubscribe', deny: 'subscribe' },
};

function deaf(type: Notified, answer: SubscriptionType): Deviate {
  return (policy) => ({
    acknowledges(notification, given) {
      return !(notification.type === type && given === answer) && policy.acknowledges(notification, given);
    },
  });
}

/** Faults in the delivery of subscription state changes. */
export const NOTIFICATION_FAULTS: readonly Fault[] = [
  ...NOTIFIED.map(
    (type): Fault => ({
      id: `notification/after-push/${type}`,
      title: `${type} is delivered after the push that belongs to it`,
      breaks: [`rfc6121:${DELIVERY[type]}/deliver-before-push`],
      specs: ['rfc6121'],
      deviate: last(is('notification', `in:${type}`)),
    }),
  ),
  ...NOTIFIED.map(
    (type): Fault => ({
      id: `notification/not-stored/${type}`,
      title: `${type} that comes while no resource is available is lost`,
      breaks: [`rfc3921:11.1/offline/${type}`, `rfc3921:9.4/delivered-at-least-once/${type}`],
      specs: ['rfc3921'],
      deviate: (policy) => ({
        keepsNotification: (kept, reached, online) =>
          kept !== type && policy.keepsNotification(kept, reached, online),
      }),
    }),
  ),
  ...NOTIFIED.flatMap((type) =>
    (['accept', 'deny'] as const).map(
      (manner): Fault => ({
        id: `notification/redelivered-after-${manner}/${type}`,
        title: `${type} is delivered again after the user has sent ${ANSWERS[type][manner]}`,
        breaks: [`rfc3921:9.4/acknowledged/${type}/${manner}`],
        specs: ['rfc3921'],
        deviate: deaf(type, ANSWERS[type][manner]),
      }),
    ),
  ),
  {
    id: 'notification/one-resource',
    title: 'state changes are delivered to one resource only',
    breaks: [
      'rfc3921:11.1/notification-to-available',
      'rfc3921:8.5.1/cancellation-delivered',
      'rfc3921:8.6/unsubscribe-delivered',
      'rfc3921:8.6/unsubscribed-delivered',
      'rfc6121:3.1.6/deliver',
      'rfc6121:3.2.3/deliver',
      'rfc6121:3.3.3/deliver',
    ],
    deviate: firstOnly('notification'),
  },
  {
    id: 'notification/not-to-unavailable',
    title: 'state changes are withheld from interested resources that are not available',
    breaks: [
      'rfc6121:3.1.6/deliver-unavailable',
      'rfc6121:3.2.3/deliver-unavailable',
      'rfc6121:3.3.3/deliver-unavailable',
    ],
    specs: ['rfc6121'],
    deviate: () => ({ getsNotification: ({ available }) => available }),
  },
];
