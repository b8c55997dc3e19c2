import { type Element, elements, NS } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import { pushes } from '../contacts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion, Purpose, Trigger } from '../emission.js';
import { itemElement, newItem } from '../roster.js';
import { facetsOf, stateOf } from '../subscriptions.js';
import { alter, firstOnly, is, remembering, rewriteEach } from './gate.js';

/** Goes on keeping a request where it is done with. */
export function keeping(...triggers: readonly Trigger[]): Deviate {
  return (policy) => ({
    request(next, previous, occasion) {
      return triggers.includes(occasion.trigger) ? previous : policy.request(next, previous, occasion);
    },
  });
}

/** Loses a redelivered request according to what happened to it before. */
function losing(lost: (known: ReadonlySet<Element>, stanza: Element) => boolean, purpose: Purpose): Deviate {
  return remembering(
    () => new Set<Element>(),
    (emissions, occasion, known) => {
      const kept = emissions.filter(
        (emission) => !isRedeliveredRequest(emission, occasion) || !lost(known, emission.stanza),
      );
      for (const emission of emissions) if (emission.purpose === purpose) known.add(emission.stanza);
      return kept;
    },
  );
}

/** Keeps every request that comes, and delivers them all at log-in. */
const hoarding = remembering(
  () => new Map<Account, Element[]>(),
  (emissions, occasion, extra) => {
    const { account, trigger, stanza, session } = occasion;
    if (account === undefined) return emissions;
    if (trigger === 'in:subscribe' && facetsOf(occasion.before ?? 'none').pending) {
      extra.set(account, [...(extra.get(account) ?? []), stanza]);
    }
    if (trigger !== 'initial-presence' || session === undefined) return emissions;
    const more = (extra.get(account) ?? []).map((request): Emission => {
      return { purpose: 'redelivery', to: session, stanza: request };
    });
    return [...emissions, ...more];
  },
);

function isRedeliveredRequest(emission: Emission, occasion: Occasion): boolean {
  return is('redelivery')(emission, occasion) && emission.stanza.attrs.type === 'subscribe';
}

/** Faults in the handling of requests for the user's presence. */
export const REQUEST_FAULTS: readonly Fault[] = [
  {
    id: 'request/not-stored',
    title: 'a request that comes while no resource is available is lost',
    breaks: [
      'rfc3921:5.1.6/stored-request-delivered',
      'rfc3921:11.1/offline/subscribe',
      'rfc6121:3.1.3/stored-request',
    ],
    deviate: (policy) => ({
      request(next, previous, occasion) {
        const offline = occasion.trigger === 'in:subscribe' && occasion.account?.available().length === 0;
        return offline ? previous : policy.request(next, previous, occasion);
      },
    }),
  },
  {
    id: 'request/not-noted-of-listed',
    title: 'a request from a contact in the roster is delivered, but not remembered',
    breaks: ['rfc3921:9.3/subscribe/none/state', 'rfc6121:A.1/own-item-request-noted'],
    deviate: (policy) => ({
      request(next, previous, occasion) {
        const listed = occasion.account?.roster.has(occasion.contact) === true;
        return occasion.trigger === 'in:subscribe' && listed
          ? previous
          : policy.request(next, previous, occasion);
      },
    }),
  },
  {
    id: 'request/redelivered-once-only',
    title: 'a kept request is delivered at the next log-in, but not at the one after',
    breaks: [
      'rfc3921:5.1.6/stored-request-redelivered',
      'rfc3921:9.4/request-redelivered',
      'rfc6121:3.1.3/stored-request-redelivered',
    ],
    deviate: losing((known, stanza) => known.has(stanza), 'redelivery'),
  },
  {
    id: 'request/not-redelivered-after-live',
    title: 'a request that reached a resource as it came is not delivered again, answered or not',
    breaks: ['rfc3921:9.4/request-redelivered', 'rfc3921:9.4/request-acknowledgement-required'],
    specs: ['rfc3921'],
    deviate: losing((known, stanza) => known.has(stanza), 'request'),
  },
  {
    id: 'request/redelivered-after-approval',
    title: 'a request is delivered again after the user has approved it',
    breaks: ['rfc3921:9.4/acknowledged/subscribe/accept', 'rfc6121:3.1.3/stored-request-redelivered'],
    deviate: keeping('out:subscribed'),
  },
  {
    id: 'request/redelivered-after-denial',
    title: 'a request is delivered again after the user has denied it',
    breaks: ['rfc3921:9.4/acknowledged/subscribe/deny', 'rfc6121:3.1.3/stored-request-redelivered'],
    deviate: keeping('out:unsubscribed'),
  },
  {
    id: 'request/redelivered-after-retraction',
    title: 'a request is delivered again after the contact has taken it back',
    breaks: [
      'rfc3921:9.3/unsubscribe/none-pending-in/state',
      'rfc6121:A.3.2/none-pending-in/state',
      'rfc6121:3.3.3/unlisted-request-forgotten',
    ],
    deviate: keeping('in:unsubscribe'),
  },
  {
    id: 'request/redelivered-without-extension',
    title: 'a kept request is delivered without its extended content',
    breaks: ['rfc6121:3.1.3/stored-request-complete'],
    specs: ['rfc6121'],
    deviate: alter(isRedeliveredRequest, (stanza) => ({
      ...stanza,
      children: elements(stanza).filter(({ ns }) => ns === NS.client),
    })),
  },
  {
    id: 'request/redelivered-without-status',
    title: 'a kept request is delivered without its status',
    breaks: ['rfc6121:3.1.3/stored-request-complete'],
    specs: ['rfc6121'],
    deviate: alter(isRedeliveredRequest, (stanza) => ({
      ...stanza,
      children: elements(stanza).filter(({ ns }) => ns !== NS.client),
    })),
  },
  {
    id: 'request/redelivered-twice',
    title: 'a kept request is delivered twice at one log-in',
    breaks: ['rfc6121:3.1.3/stored-request-once'],
    specs: ['rfc6121'],
    deviate: rewriteEach((emission, occasion) =>
      isRedeliveredRequest(emission, occasion) ? [emission, emission] : emission,
    ),
  },
  {
    id: 'request/two-stored',
    title: 'of several requests from one contact each is kept and delivered',
    breaks: ['rfc6121:3.1.3/stored-request-once'],
    specs: ['rfc6121'],
    deviate: hoarding,
  },
  {
    id: 'request/listed',
    title: 'a contact who has only asked appears in the roster',
    breaks: [
      'rfc3921:8.2/pending-in-not-listed',
      'rfc3921:9.1/pending-in-not-listed',
      'rfc6121:3.1.3/no-item-before-approval',
      'rfc6121:A.1/no-item-before-approval',
    ],
    deviate: alter(is('roster'), (iq, _emission, { account }) => {
      const unlisted = [...(account?.requests.keys() ?? [])].filter((jid) => !account?.roster.has(jid));
      const more = unlisted.map((jid) => itemElement(newItem(jid)));
      return {
        ...iq,
        children: elements(iq).map((query) => ({ ...query, children: [...query.children, ...more] })),
      };
    }),
  },
  {
    id: 'request/pushed',
    title: 'a contact who has only asked is pushed as an item',
    breaks: [
      'rfc3921:8.2/pending-in-not-pushed',
      'rfc3921:9.1/pending-in-not-pushed',
      'rfc6121:3.1.3/no-push-before-approval',
    ],
    deviate: (policy, accounts) => ({
      emissions(emissions, occasion) {
        const { account, contact, trigger, before } = occasion;
        const sound = policy.emissions(emissions, occasion);
        if (trigger !== 'in:subscribe' || before !== 'none' || account?.roster.has(contact) !== false) {
          return sound;
        }
        const world = { domain: accounts.domain, policy, accounts };
        return [...sound, ...pushes(world, account, contact, newItem(contact))];
      },
    }),
  },
  {
    id: 'request/auto-approved',
    title: 'the server approves requests without asking the user',
    breaks: [
      'rfc3921:5.1.6/no-auto-approve',
      'rfc3921:5.1.6/request-to-not-interested',
      'rfc3921:7.3/no-subscriptions-to-not-interested',
      'rfc3921:8.1/no-request-to-not-interested',
      'rfc3921:8.2/request-stored-until-interested',
      'rfc3921:8.3/request-stored-until-interested',
      'rfc3921:11.1/request-to-not-interested',
      'rfc6121:3.1.3/no-auto-approve',
    ],
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        if (cell.direction === 'out' || cell.type !== 'subscribe' || !sound.pass) return sound;
        const next = stateOf({ ...facetsOf(cell.state), from: true });
        return { ...sound, pass: false, next, reply: 'subscribed', share: true };
      },
    }),
  },
  {
    id: 'request/answered-before-the-user',
    title: 'the server sends subscribed at once, and asks the user all the same',
    breaks: ['rfc3921:5.1.6/no-auto-approve', 'rfc6121:3.1.3/no-auto-approve'],
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        const asks = cell.direction === 'in' && cell.type === 'subscribe' && sound.pass;
        return asks ? { ...sound, reply: 'subscribed' } : sound;
      },
    }),
  },
  {
    id: 'request/one-resource',
    title: 'a request is delivered to one of several available resources',
    breaks: [
      'rfc3921:5.1.6/request-to-available',
      'rfc3921:11.1/request-to-available',
      'rfc6121:3.1.3/request',
    ],
    deviate: firstOnly('request'),
  },
  {
    id: 'request/to-unavailable',
    title: 'a request is delivered to connected resources that are not available',
    breaks: ['rfc3921:5.1.6/no-request-to-unavailable', 'rfc3921:8.1/no-request-to-unavailable'],
    specs: ['rfc3921'],
    deviate: () => ({ getsRequest: () => true }),
  },
  {
    id: 'request/not-to-not-interested',
    title: 'a request is withheld from available resources that have not requested the roster',
    breaks: ['rfc6121:3.1.3/request-to-not-interested'],
    specs: ['rfc6121'],
    deviate: () => ({ getsRequest: ({ available, interested }) => available && interested }),
  },
  {
    id: 'reply/subscribed-missing',
    title: 'a request from a contact who is subscribed already is not answered',
    breaks: [
      'rfc3921:5.1.6/auto-reply-when-granted',
      'rfc3921:9.3/subscribe-auto-reply',
      'rfc6121:3.1.3/auto-reply',
    ],
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        return cell.type === 'subscribe' && !cell.approved ? { ...sound, reply: 'nothing' } : sound;
      },
    }),
  },
  {
    id: 'reply/unsubscribed-missing',
    title: 'an unsubscribe that changes the state is not answered',
    breaks: ['rfc3921:9.3/unsubscribe-auto-reply', 'rfc6121:A.3.2/unsubscribe-auto-reply'],
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        return cell.type === 'unsubscribe' ? { ...sound, reply: 'nothing' } : sound;
      },
    }),
  },
];
