import { randomBytes } from 'node:crypto';
import type { Variation } from '../deviations.js';
import type { Emission } from '../emission.js';
import { drop, is, last, rewriteAll } from '../faults/gate.js';
import { redeliveries } from '../presence.js';
import { presence } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';

/** What the RFCs leave open about subscriptions. */
export const SUBSCRIPTION_VARIATIONS: readonly Variation[] = [
  {
    id: 'push-before-notification',
    title: 'the push comes before the stanza that it belongs to',
    specs: ['rfc3921'],
    deviate: last(is('notification')),
  },
  {
    id: 'unsubscribed-before-unavailable',
    title: 'a cancellation is sent before the unavailable presence',
    specs: ['rfc3921'],
    deviate: last(is('withdrawn-presence')),
  },
  {
    id: 'unavailable-before-auto-reply',
    title: 'unavailable presence is sent before the unsubscribed that answers an unsubscribe',
    deviate: last(is('auto-reply', 'in:unsubscribe')),
  },
  {
    id: 'redeliver-until-acknowledged',
    title:
      'notifications are delivered at each log-in until acknowledged, also those that reached a resource',
    specs: ['rfc3921'],
    deviate: () => ({ keepsNotification: () => true }),
  },
  {
    id: 'resend-pending-out',
    title: 'unanswered requests are sent to the contact again whenever a resource becomes available',
    deviate: rewriteAll((emissions, { trigger, account }) => {
      if (trigger !== 'initial-presence' || account === undefined) return emissions;
      const asked = [...account.roster.values()].filter(({ ask }) => ask);
      return [
        ...emissions,
        ...asked.map(({ jid }): Emission => {
          const attrs = {
            from: account.bare,
            to: jid,
            type: 'subscribe',
            id: randomBytes(6).toString('hex'),
          };
          return { purpose: 'routed', to: 'route', stanza: presence(attrs) };
        }),
      ];
    }),
  },
  {
    id: 'both-stanzas-on-remove',
    title: 'a removal sends unsubscribe and unsubscribed whatever the state',
    specs: ['rfc6121'],
    deviate: () => ({ removalSendsBoth: true }),
  },
  {
    id: 'only-applicable-on-remove',
    title: 'a removal sends only what there is to cancel',
    specs: ['rfc3921'],
    deviate: () => ({ removalSendsBoth: false }),
  },
  {
    id: 'requests-withheld-from-not-interested',
    title: 'requests wait until an available resource has requested the roster',
    specs: ['rfc3921'],
    deviate: (policy) => {
      const told = new WeakSet<object>();
      return {
        getsRequest: ({ available, interested }) => available && interested,
        emissions(emissions, occasion) {
          const { trigger, session } = occasion;
          const sound = policy.emissions(emissions, occasion);
          if (session === undefined) return sound;
          if (trigger === 'initial-presence' && session.interested) told.add(session);
          if (trigger === 'unavailable') told.delete(session);
          if (trigger === 'roster-get' && session.available && !told.has(session)) {
            told.add(session);
            return [...sound, ...redeliveries(session.account, session)];
          }
          return session.interested ? sound : sound.filter(({ purpose }) => purpose !== 'redelivery');
        },
      };
    },
  },
  {
    id: 'notifications-to-interested-only',
    title: 'state changes are delivered to resources that have requested the roster only',
    deviate: () => ({ getsNotification: ({ interested }) => interested }),
  },
  {
    id: 'notifications-to-available-only',
    title: 'state changes are delivered to available resources only',
    specs: ['rfc3921'],
    deviate: () => ({ getsNotification: ({ available }) => available }),
  },
  {
    id: 'no-pre-approval',
    title: 'pre-approval is not offered',
    specs: ['rfc6121'],
    deviate: () => ({ preApproval: false, announcesPreApproval: false }),
  },
  {
    id: 'unavailable-acknowledgement',
    title: 'a request is acknowledged by unavailable presence from the bare JID',
    deviate: rewriteAll((emissions, { trigger, account, contact, before }) => {
      const asked = trigger === 'in:subscribe' && (before === 'none' || before === 'none-pending-out');
      if (!asked || account === undefined || account.roster.get(contact)?.approved === true) return emissions;
      const stanza = presence({ from: account.bare, to: contact, type: 'unavailable' });
      return [...emissions, { purpose: 'unsolicited', to: 'route', stanza }];
    }),
  },
  {
    id: 'refusal-not-pushed',
    title: 'an item that a refusal leaves as it was is not pushed',
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) =>
        is('push', 'out:unsubscribed')(emission, occasion) && facetsOf(occasion.before ?? 'none').pending,
    ),
  },
  {
    id: 'notifications-not-kept',
    title: 'state changes that come while the user is away are not told later',
    specs: ['rfc6121'],
    deviate: () => ({ keepsNotification: () => false }),
  },
  {
    id: 'last-request-kept',
    title: 'of several requests from one contact the last is kept',
    deviate: (policy) => ({
      request(next, previous, occasion) {
        const again = occasion.trigger === 'in:subscribe' && previous !== undefined;
        return policy.request(again ? occasion.stanza : next, previous, occasion);
      },
    }),
  },
  {
    id: 'removal-without-unavailable',
    title: 'a removal sends no unavailable presence',
    specs: ['rfc6121'],
    deviate: drop(is('withdrawn-presence', 'roster-remove')),
  },
  {
    id: 'removal-leaves-requests',
    title: 'a removal ends subscriptions, and tells nobody of requests',
    specs: ['rfc6121'],
    deviate: drop((emission, occasion) => {
      const { to, from } = facetsOf(occasion.before ?? 'none');
      const ended = emission.stanza.attrs.type === 'unsubscribe' ? to : from;
      return is('cancellation', 'roster-remove')(emission, occasion) && !ended;
    }),
  },
];
