import type { Deviate, Fault } from '../deviations.js';
import type { Occasion } from '../emission.js';
import type { RosterItem } from '../roster.js';
import { alter, drop, is } from './gate.js';
import { withoutItemAttribute } from './roster-items.js';
import { claimedItem, storing } from './roster-storing.js';

/** The subscription that a client claims in a roster set. */
function claimed(next: RosterItem, occasion: Occasion): RosterItem {
  const item = claimedItem(occasion);
  const subscription = (['none', 'to', 'from', 'both'] as const).find(
    (known) => known === item?.attrs.subscription,
  );
  return subscription === undefined ? next : { ...next, subscription };
}

/** What a user has once set stays set, whatever becomes of the subscription. */
const KEPT: readonly string[] = ['rfc3921:7.4/stored', 'rfc6121:2.3.2/item-created'];

/** Leaves an attribute out of every item that is shown or pushed. */
export function withoutAttribute(name: 'ask' | 'approved'): Deviate {
  return alter(({ purpose }) => purpose === 'push' || purpose === 'roster', withoutItemAttribute(name));
}

/** Faults in what the roster keeps and shows. */
export const ROSTER_FAULTS: readonly Fault[] = [
  {
    id: 'roster/no-item-at-request',
    title: 'a request to a contact outside the roster creates no item',
    breaks: ['rfc3921:8.2/item-created', 'rfc6121:A.2.1/ask-flag', 'rfc6121:3.1.2/push'],
    deviate: storing(['out:subscribe'], (next, previous) => (previous === undefined ? undefined : next)),
  },
  {
    id: 'roster/ask-not-shown',
    title: 'results and pushes never carry ask',
    breaks: ['rfc3921:8.2/request-push', 'rfc6121:2.1.2.2/pending-out-shown', 'rfc6121:A.2.1/ask-flag'],
    deviate: withoutAttribute('ask'),
  },
  {
    id: 'roster/name-lost-at-request',
    title: 'a request wipes the name of the item',
    breaks: [...KEPT, 'rfc3921:8.2/request-push', 'rfc6121:3.1.1/set-then-request'],
    deviate: storing(['out:subscribe'], (next) => ({ ...next, name: undefined })),
  },
  {
    id: 'roster/groups-lost-at-request',
    title: 'a request wipes the groups of the item',
    breaks: [...KEPT, 'rfc3921:8.2/request-push', 'rfc6121:3.1.1/set-then-request'],
    deviate: storing(['out:subscribe'], (next) => ({ ...next, groups: [] })),
  },
  {
    id: 'roster/name-lost-at-approval',
    title: 'an inbound approval wipes the name of the item',
    breaks: [...KEPT, 'rfc3921:8.2/approval-received-push', 'rfc6121:3.1.6/push'],
    deviate: storing(['in:subscribed'], (next) => ({ ...next, name: undefined })),
  },
  {
    id: 'roster/groups-lost-at-approval',
    title: 'an inbound approval wipes the groups of the item',
    breaks: [...KEPT, 'rfc3921:8.2/approval-received-push', 'rfc6121:3.1.6/push'],
    deviate: storing(['in:subscribed'], (next) => ({ ...next, groups: [] })),
  },
  {
    id: 'roster/name-lost-at-cancellation',
    title: 'an inbound cancellation wipes the name of the item',
    breaks: [...KEPT, 'rfc3921:8.5.1/cancellation-received-push', 'rfc6121:3.2.3/push'],
    deviate: storing(['in:unsubscribed'], (next) => ({ ...next, name: undefined })),
  },
  {
    id: 'roster/request-lost-at-set',
    title: 'a roster set after a request forgets that the request is pending',
    breaks: ['rfc6121:3.1.1/request-then-set'],
    specs: ['rfc6121'],
    deviate: storing(['roster-set'], (next) => ({ ...next, ask: false })),
  },
  {
    id: 'roster/item-lost-at-unsubscribe',
    title: 'the item disappears when the user unsubscribes',
    breaks: ['rfc3921:8.4.1/unsubscribe-push', 'rfc6121:3.3.2/push'],
    deviate: storing(['out:unsubscribe'], () => undefined),
  },
  {
    id: 'roster/item-lost-at-cancellation',
    title: 'the item disappears when the user cancels the subscription of the contact',
    breaks: ['rfc3921:8.5.1/cancellation-push', 'rfc6121:3.2.2/push'],
    deviate: storing(['out:unsubscribed'], () => undefined),
  },
  {
    id: 'roster/item-lost-at-inbound-cancellation',
    title: 'the item disappears when the contact cancels',
    breaks: ['rfc3921:8.5.1/cancellation-received-push', 'rfc6121:3.2.3/push'],
    deviate: storing(['in:unsubscribed'], () => undefined),
  },
  {
    id: 'roster/own-item-lost-at-inbound-request',
    title: 'the item that the user made disappears when the contact asks',
    breaks: [
      'rfc3921:9.3/subscribe/none/state',
      'rfc3921:9.3/subscribe/none-pending-out/state',
      'rfc6121:A.1/own-item-kept',
      'rfc6121:A.3.1/none-pending-out/state',
    ],
    deviate: storing(['in:subscribe'], (next) => (next.subscription === 'none' ? undefined : next)),
  },
  {
    id: 'roster/not-changed-while-away',
    title: 'what contacts do to their subscriptions while no resource is available does not reach the roster',
    breaks: [
      'rfc3921:8.4.1/unsubscribe-received-unseen',
      'rfc3921:8.5.1/cancellation-received-unseen',
      'rfc3921:8.6/unsubscribed-received-unseen',
    ],
    specs: ['rfc3921'],
    deviate: storing(['in:unsubscribe', 'in:unsubscribed'], (next, previous, { account }) =>
      account?.available().length === 0 ? previous : next,
    ),
  },
  {
    id: 'roster/set-address-heeded',
    title: 'a roster set that is addressed to someone else is refused',
    breaks: ['rfc3921:7.2/set-to-ignored', 'rfc3921:7.2/set-applies-to-sender'],
    specs: ['rfc3921'],
    deviate: () => ({ rosterSetAddress: 'heeded' }),
  },
  {
    id: 'roster/set-address-ignored',
    title: 'a roster set that is addressed to someone else changes the roster of the sender',
    breaks: ['rfc6121:2.1.5/sender-authorized', 'rfc6121:2.3.3/unauthorized'],
    specs: ['rfc6121'],
    deviate: () => ({ rosterSetAddress: 'ignored' }),
  },
  {
    id: 'roster/set-takes-subscription',
    title: 'a roster set may grant subscriptions',
    breaks: [
      'rfc3921:7.6/other-subscription-values-ignored',
      'rfc6121:2.1.2.5/other-subscription-values-ignored',
      'rfc6121:2.1.5/other-subscription-values-ignored',
    ],
    deviate: storing(['roster-set'], (next, _previous, occasion) => claimed(next, occasion)),
  },
  {
    id: 'roster/add-not-stored',
    title: 'a roster set for a new contact is acknowledged but not stored',
    breaks: [
      'rfc3921:7.4/stored',
      'rfc3921:9.1/own-item-withheld',
      'rfc6121:2.3.2/item-created',
      'rfc6121:A.1/own-item-kept',
    ],
    deviate: storing(['roster-set'], (next, previous) => (previous === undefined ? undefined : next)),
  },
  {
    id: 'roster/update-not-stored',
    title: 'a roster set for a known contact is acknowledged but not stored',
    breaks: ['rfc3921:7.5/stored', 'rfc6121:2.4.2/item-changed'],
    deviate: storing(['roster-set'], (next, previous) => previous ?? next),
  },
  {
    id: 'roster/set-without-result',
    title: 'a roster set is carried out but not acknowledged',
    breaks: [
      'rfc3921:8.2/set-result',
      'rfc3921:8.2/approval-set-result',
      'rfc6121:2.3.2/result',
      'rfc6121:2.4.2/result',
    ],
    deviate: drop(is('reply', 'roster-set')),
  },
];
