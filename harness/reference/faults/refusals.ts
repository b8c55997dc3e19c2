import { pushes } from '../contacts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Occasion } from '../emission.js';
import { withdrawnPresence } from '../handshake.js';
import { newItem } from '../roster.js';
import { facetsOf } from '../subscriptions.js';
import { rewriteAll } from './gate.js';

function isPending({ before = 'none' }: Occasion): boolean {
  return facetsOf(before).pending;
}

/** Keeps an unsubscribed that changes nothing for later log-ins, whatever the user answers. */
const keepingReplies: Deviate = (policy) => ({
  acknowledges: (notification, answer) =>
    notification.type !== 'unsubscribed' && policy.acknowledges(notification, answer),
  emissions(emissions, occasion) {
    const { trigger, account, contact, stanza, before } = occasion;
    if (account !== undefined && trigger === 'in:unsubscribed' && (before === 'none' || before === 'from')) {
      account.notifications = [...account.notifications, { contact, type: 'unsubscribed', stanza }];
    }
    return policy.emissions(emissions, occasion);
  },
});

/** Pushes an item that has not changed in place of the unsubscribe that takes a request back. */
const pushedInstead: Deviate = (policy, accounts) => ({
  emissions(emissions, occasion) {
    const sound = policy.emissions(emissions, occasion);
    const { trigger, account, contact } = occasion;
    if (trigger !== 'in:unsubscribe' || account === undefined || !isPending(occasion)) return sound;
    const world = { domain: accounts.domain, policy, accounts };
    const item = account.roster.get(contact) ?? newItem(contact);
    return [
      ...sound.filter(({ purpose }) => purpose !== 'notification'),
      ...pushes(world, account, contact, item),
    ];
  },
});

/** Faults in what becomes of a request that is denied or taken back, and of the answer to an unsubscribe. */
export const REFUSAL_FAULTS: readonly Fault[] = [
  {
    id: 'refusal/item-left',
    title: 'a contact outside the roster appears in it when refused',
    breaks: ['rfc3921:8.2.1/tracking-item-removed', 'rfc6121:A.1/no-item-before-approval'],
    deviate: rewriteAll((emissions, { trigger, account, contact, before }) => {
      if (trigger === 'out:unsubscribed' && before === 'none-pending-in' && !account?.roster.has(contact)) {
        account?.roster.set(contact, newItem(contact));
      }
      return emissions;
    }),
  },
  {
    id: 'refusal/unavailable-of-one-resource',
    title: 'refusing a contact of the roster sends unavailable presence of one resource',
    breaks: ['rfc6121:3.2.2/unavailable-when-pending-in', 'rfc6121:3.2.2/unavailable-only-when-subscribed'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const { trigger, account, contact } = occasion;
      const listed = account?.roster.has(contact) === true;
      if (trigger !== 'out:unsubscribed' || account === undefined || !listed || !isPending(occasion)) {
        return emissions;
      }
      return [...withdrawnPresence(account, contact).slice(0, 1), ...emissions];
    }),
  },
  {
    id: 'retraction/pushed-not-delivered',
    title: 'the unsubscribe that takes a request back is not delivered, but brings about a push',
    breaks: [
      'rfc6121:3.3.3/ignore-pending-in/deliver',
      'rfc6121:3.3.3/ignore-pending-in/push',
      'rfc6121:A.3.2/retraction-delivered',
    ],
    specs: ['rfc6121'],
    deviate: pushedInstead,
  },
  {
    id: 'reply/kept-after-acknowledgement',
    title:
      'the unsubscribed that answers an unsubscribe is sent again after the user has affirmed or denied it',
    breaks: ['rfc3921:8.4.1/reply-acknowledged-not-resent', 'rfc3921:8.4.2/reply-acknowledged-not-resent'],
    specs: ['rfc3921'],
    deviate: keepingReplies,
  },
];
