import type { Element } from '../../wire/element.js';
import type { Account, Notification } from '../accounts.js';
import type { Deviate, Fault } from '../deviations.js';
import { resultReply } from '../stanza.js';
import { alter, drop, is } from './gate.js';
import { keeping } from './requests.js';

function withholding(type: 'unsubscribe' | 'unsubscribed'): Deviate {
  return drop(
    (emission, occasion) => is('cancellation')(emission, occasion) && emission.stanza.attrs.type === type,
  );
}

/** Puts the notifications back that a removal has ended. */
const forgetful: Deviate = (policy) => {
  const before = new Map<Account, Notification[]>();
  return {
    item(next, previous, occasion) {
      const { account, trigger } = occasion;
      if (account !== undefined && trigger === 'roster-remove') before.set(account, account.notifications);
      return policy.item(next, previous, occasion);
    },
    emissions(emissions, occasion) {
      const { account, trigger } = occasion;
      const kept = account && before.get(account);
      if (account !== undefined && kept !== undefined && trigger === 'roster-remove')
        account.notifications = kept;
      return policy.emissions(emissions, occasion);
    },
  };
};

function acceptUnknown(stanza: Element, iq: Element): Element {
  return stanza.attrs.type === 'error' ? resultReply(iq) : stanza;
}

/** Faults in the removal of roster items. */
export const REMOVAL_FAULTS: readonly Fault[] = [
  {
    id: 'removal/no-unsubscribe',
    title: 'a removal does not send unsubscribe',
    breaks: [
      'rfc3921:8.6/remove-sends-unsubscribe',
      'rfc3921:9.4/remove-sends-unsubscribe',
      'rfc6121:2.5.2/unsubscribe-sent',
    ],
    deviate: withholding('unsubscribe'),
  },
  {
    id: 'removal/no-unsubscribed',
    title: 'a removal does not send unsubscribed',
    breaks: [
      'rfc3921:8.6/remove-sends-unsubscribed',
      'rfc3921:9.4/remove-sends-unsubscribed',
      'rfc6121:2.5.2/unsubscribed-sent',
    ],
    deviate: withholding('unsubscribed'),
  },
  {
    id: 'removal/no-push',
    title: 'a removal is not pushed',
    breaks: ['rfc3921:7.6/push', 'rfc3921:8.6/remove-push', 'rfc6121:2.5.2/push'],
    deviate: drop(is('push', 'roster-remove')),
  },
  {
    id: 'removal/no-result',
    title: 'a removal is carried out but not acknowledged',
    breaks: ['rfc3921:7.6/result', 'rfc3921:8.6/remove-result', 'rfc6121:2.5.2/result'],
    deviate: drop(is('reply', 'roster-remove')),
  },
  {
    id: 'removal/item-stays',
    title: 'a removed item is still in the roster',
    breaks: ['rfc3921:7.6/stored', 'rfc3921:8.6/remove-item', 'rfc6121:2.5.2/item-removed'],
    deviate: (policy) => ({
      item(next, previous, occasion) {
        return occasion.trigger === 'roster-remove' ? previous : policy.item(next, previous, occasion);
      },
    }),
  },
  {
    id: 'removal/no-unavailable',
    title: 'a removal sends no unavailable presence',
    breaks: ['rfc3921:8.6/remove-unavailable'],
    specs: ['rfc3921'],
    deviate: drop(is('withdrawn-presence', 'roster-remove')),
  },
  {
    id: 'removal/request-survives',
    title: 'a request is delivered again after the item has been removed',
    breaks: ['rfc3921:9.4/remove-acknowledges-subscribe'],
    specs: ['rfc3921'],
    deviate: keeping('roster-remove'),
  },
  {
    id: 'removal/notification-survives',
    title: 'an approval is delivered again after the item has been removed',
    breaks: ['rfc3921:9.4/remove-acknowledges-subscribed'],
    specs: ['rfc3921'],
    deviate: forgetful,
  },
  {
    id: 'removal/unknown-accepted',
    title: 'the removal of an item that does not exist is acknowledged',
    breaks: ['rfc6121:2.5.3/item-not-found'],
    specs: ['rfc6121'],
    deviate: alter(is('reply', 'roster-remove'), (stanza, _emission, occasion) =>
      acceptUnknown(stanza, occasion.stanza),
    ),
  },
];
