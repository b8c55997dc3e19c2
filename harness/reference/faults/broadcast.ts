import { child } from '../../wire/element.js';
import { subscribed } from '../contacts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion, Trigger } from '../emission.js';
import { bareText } from '../jid.js';
import type { Session } from '../session.js';
import { emptied, errorReply, stamp, without } from '../stanza.js';
import { alter, drop, firstOnly, is, isGone, remembering, rewriteAll } from './gate.js';

const BROADCASTS: readonly Trigger[] = ['initial-presence', 'presence-update', 'unavailable'];

/** Broadcasts also to those of the user's contacts that the test picks. */
function alsoTo(
  test: (contact: string, occasion: Occasion) => boolean,
  ...triggers: readonly Trigger[]
): Deviate {
  return rewriteAll((emissions, occasion) => {
    const { account, trigger, stanza } = occasion;
    if (account === undefined || !triggers.includes(trigger)) return emissions;
    const told = new Set(
      emissions
        .filter((emission) => is('broadcast')(emission, occasion))
        .map(({ stanza: { attrs } }) => attrs.to),
    );
    const others = [...account.roster.keys()].filter(
      (contact) => !told.has(contact) && test(contact, occasion),
    );
    return [
      ...emissions,
      ...others.map((to): Emission => ({ purpose: 'broadcast', to: 'route', stanza: stamp(stanza, { to }) })),
    ];
  });
}

/**
 * Leaves the presence that a contact has answered with an error at that, for good.
 * @param triggers of the broadcasts that are left out; none: of all
 */
export function errorHeeded(...triggers: readonly Trigger[]): Deviate {
  return remembering(
    () => new Set<string>(),
    (emissions, occasion, refusing) => {
      const { account, contact, trigger } = occasion;
      const key = (other: string) => `${account?.bare} ${other}`;
      if (trigger === 'in:presence-error') refusing.add(key(contact));
      return emissions.filter(
        (emission) =>
          !is('broadcast', ...triggers)(emission, occasion) ||
          !refusing.has(key(bareText(emission.stanza.attrs.to ?? ''))),
      );
    },
  );
}

/** Whether this resource has been available before, as long as the memory lasts. */
function returns({ trigger, session }: Occasion, left: WeakSet<Session>): boolean {
  if (session !== undefined && trigger === 'unavailable') left.add(session);
  return trigger === 'initial-presence' && session !== undefined && left.has(session);
}

/** A contact in both directions of whom no available presence has come. */
function seemsAway(emission: Emission, { account }: Occasion): boolean {
  const to = bareText(emission.stanza.attrs.to ?? '');
  const isHere = [...(account?.seen.keys() ?? [])].some((jid) => bareText(jid) === to);
  return account !== undefined && subscribed(account, 'to').includes(to) && !isHere;
}

/** Faults in who is told of a user's presence, and in what is told. */
export const BROADCAST_FAULTS: readonly Fault[] = [
  {
    id: 'broadcast/initial-missing',
    title: 'subscribers are not told that a resource becomes available',
    breaks: ['rfc3921:5.1.1/initial-presence-broadcast', 'rfc6121:4.2.2/subscribers'],
    deviate: drop(is('broadcast', 'initial-presence')),
  },
  {
    id: 'broadcast/initial-from-bare',
    title: 'initial presence comes from the bare JID',
    breaks: ['rfc3921:5.1.1/initial-presence-from-full-jid', 'rfc6121:4.2.2/subscribers'],
    deviate: alter(is('broadcast', 'initial-presence'), (stanza, _emission, { account }) =>
      stamp(stanza, { from: account?.bare }),
    ),
  },
  {
    id: 'broadcast/initial-to-one',
    title: 'only one subscriber is told that a resource becomes available',
    breaks: ['rfc3921:5.1.1/initial-presence-broadcast', 'rfc6121:4.2.2/subscribers'],
    deviate: firstOnly('broadcast', 'initial-presence'),
  },
  {
    id: 'broadcast/update-missing',
    title: 'subscribers are not told that presence has changed',
    breaks: ['rfc3921:5.1.2/broadcast-to-subscribers', 'rfc6121:4.4.2/subscribers'],
    deviate: drop(is('broadcast', 'presence-update')),
  },
  {
    id: 'broadcast/update-to-one',
    title: 'only one subscriber is told that presence has changed',
    breaks: ['rfc3921:5.1.2/broadcast-to-subscribers', 'rfc6121:4.4.2/subscribers'],
    deviate: firstOnly('broadcast', 'presence-update'),
  },
  {
    id: 'broadcast/update-incomplete',
    title: 'subscribers get available presence without show, status and extended content',
    breaks: ['rfc3921:5.1.2/broadcast-to-subscribers', 'rfc6121:4.4.2/subscribers'],
    deviate: alter(is('broadcast', 'presence-update'), emptied),
  },
  {
    id: 'broadcast/one-language',
    title: 'of several statuses only the first is passed on',
    breaks: ['rfc3921:5.1.2/broadcast-to-subscribers', 'rfc6121:4.4.2/subscribers'],
    deviate: alter(is('broadcast', 'presence-update'), (stanza) => {
      const first = child(stanza, 'status');
      return without(stanza, (node) => node.name === 'status' && node !== first);
    }),
  },
  {
    id: 'broadcast/without-extensions',
    title: 'presence is passed on without content of other namespaces',
    breaks: [
      'rfc3921:5.1.2/broadcast-to-own-resources',
      'rfc3921:5.1.2/broadcast-to-subscribers',
      'rfc6121:4.4.2/subscribers',
    ],
    deviate: alter(
      (emission, occasion) =>
        ['broadcast', 'own-presence'].includes(emission.purpose) && occasion.trigger === 'presence-update',
      (stanza) => without(stanza, ({ ns }) => ns !== stanza.ns),
    ),
  },
  {
    id: 'broadcast/without-id',
    title: 'presence is passed on without its id',
    breaks: ['rfc3921:5.1.2/broadcast-to-subscribers', 'rfc6121:4.4.2/subscribers'],
    deviate: alter(is('broadcast', 'presence-update'), (stanza) => stamp(stanza, { id: undefined })),
  },
  {
    id: 'broadcast/without-priority',
    title: 'subscribers are not told the priority that the resource is told',
    breaks: ['rfc3921:5.1.2/broadcast-to-subscribers', 'rfc6121:4.7.2.3/override-to-contacts'],
    deviate: alter(is('broadcast', 'presence-update'), (stanza) =>
      without(stanza, ({ name }) => name === 'priority'),
    ),
  },
  {
    id: 'broadcast/to-everyone',
    title: 'presence goes to every contact in the roster',
    breaks: ['rfc3921:14/presence-told-to-subscribers-only', 'rfc6121:11/presence-told-to-subscribers-only'],
    deviate: alsoTo(() => true, ...BROADCASTS),
  },
  {
    id: 'broadcast/to-whom-the-user-asked',
    title: 'presence goes also to a contact whom the user has asked for a subscription',
    breaks: ['rfc3921:14/presence-told-to-subscribers-only', 'rfc6121:11/presence-told-to-subscribers-only'],
    deviate: alsoTo((contact, { account }) => account?.roster.get(contact)?.ask === true, ...BROADCASTS),
  },
  {
    id: 'broadcast/end-to-everyone',
    title: 'unavailable presence goes to every contact in the roster',
    breaks: ['rfc3921:14/presence-told-to-subscribers-only', 'rfc6121:11/presence-told-to-subscribers-only'],
    deviate: alsoTo(() => true, 'unavailable'),
  },
  {
    id: 'broadcast/end-missing',
    title: 'subscribers are not told that a resource becomes unavailable',
    breaks: [
      'rfc3921:5.1.2/unavailable-to-subscribers',
      'rfc3921:5.1.5/unavailable-however-lost',
      'rfc6121:4.5.2/subscribers',
    ],
    deviate: drop(is('broadcast', 'unavailable')),
  },
  {
    id: 'broadcast/end-to-one',
    title: 'only one subscriber is told that a resource becomes unavailable',
    breaks: ['rfc3921:5.1.5/unavailable-however-lost', 'rfc6121:4.5.2/subscribers'],
    deviate: firstOnly('broadcast', 'unavailable'),
  },
  {
    id: 'broadcast/end-incomplete',
    title: 'subscribers get unavailable presence without its status',
    breaks: ['rfc3921:5.1.2/unavailable-to-subscribers', 'rfc6121:4.5.2/complete'],
    deviate: alter(is('broadcast', 'unavailable'), emptied),
  },
  {
    id: 'broadcast/loss-not-told',
    title: 'subscribers are not told of a resource that goes without unavailable presence',
    breaks: [
      'rfc3921:5.1.5/final-presence-not-needed',
      'rfc3921:5.1.5/unavailable-however-lost',
      'rfc6121:4.5.2/generated',
      'rfc6121:4.5.2/presence-not-awaited',
    ],
    deviate: drop(
      (emission, occasion) => is('broadcast', 'unavailable')(emission, occasion) && isGone(occasion.session),
    ),
  },
  {
    id: 'broadcast/away-spared-changes',
    title: 'a contact who seems to be away is not told that presence has changed',
    breaks: ['rfc3921:5.1.2/broadcast-to-subscribers', 'rfc6121:4.4.2/subscribers-offline'],
    deviate: drop(
      (emission, occasion) =>
        is('broadcast', 'presence-update')(emission, occasion) && seemsAway(emission, occasion),
    ),
  },
  {
    id: 'broadcast/away-spared-end',
    title: 'a contact who seems to be away is not told that a resource becomes unavailable',
    breaks: ['rfc3921:5.1.5/unavailable-however-lost', 'rfc6121:4.5.2/subscribers-offline'],
    deviate: drop(
      (emission, occasion) =>
        is('broadcast', 'unavailable')(emission, occasion) && seemsAway(emission, occasion),
    ),
  },
  {
    id: 'broadcast/error-unheeded',
    title: 'changed presence goes to a subscriber who has answered with an error',
    breaks: ['rfc3921:5.1.1/no-update-after-error'],
    specs: ['rfc3921'],
    deviate: alsoTo(
      (contact, { account }) => account !== undefined && subscribed(account, 'from').includes(contact),
      'presence-update',
    ),
  },
  {
    id: 'broadcast/error-unheeded-at-end',
    title: 'unavailable presence goes to a subscriber who has answered with an error',
    breaks: ['rfc3921:5.1.1/no-unavailable-after-error'],
    specs: ['rfc3921'],
    deviate: alsoTo(
      (contact, { account }) => account !== undefined && subscribed(account, 'from').includes(contact),
      'unavailable',
    ),
  },
  {
    id: 'broadcast/error-heeded',
    title: 'changed presence does not go to a subscriber who has answered with an error',
    breaks: ['rfc6121:4.4.2/subscribers-after-error'],
    specs: ['rfc6121'],
    deviate: errorHeeded('presence-update'),
  },
  {
    id: 'broadcast/error-heeded-at-end',
    title: 'unavailable presence does not go to a subscriber who has answered with an error',
    breaks: ['rfc6121:4.5.2/subscribers-after-error'],
    specs: ['rfc6121'],
    deviate: errorHeeded('unavailable'),
  },
  {
    id: 'broadcast/return-missing',
    title: 'subscribers are not told of a resource that becomes available again',
    breaks: ['rfc3921:5.1.5/broadcast-after-unavailable', 'rfc6121:4.5.2/later-presence'],
    deviate: remembering(
      () => new WeakSet<Session>(),
      (emissions, occasion, left) =>
        returns(occasion, left) ? emissions.filter(({ purpose }) => purpose !== 'broadcast') : emissions,
    ),
  },
  {
    id: 'broadcast/return-as-change',
    title: 'a resource that becomes available again is treated as if its presence had changed',
    breaks: ['rfc6121:4.5.2/later-presence-is-initial'],
    specs: ['rfc6121'],
    deviate: remembering(
      () => new WeakSet<Session>(),
      (emissions, occasion, left) =>
        returns(occasion, left)
          ? emissions.filter(({ purpose }) => purpose === 'broadcast' || purpose === 'own-presence')
          : emissions,
    ),
  },
  {
    id: 'broadcast/unknown-type-ignored',
    title: 'presence of a type that does not exist is not answered',
    breaks: ['rfc6121:4.7.1/unknown-type'],
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) =>
        is('reply', 'refused')(emission, occasion) && occasion.stanza.name === 'presence',
    ),
  },
  {
    id: 'broadcast/unknown-type-not-acceptable',
    title: 'presence of a type that does not exist is answered with another error',
    breaks: ['rfc6121:4.7.1/unknown-type'],
    specs: ['rfc6121'],
    deviate: alter(is('reply', 'refused'), (_stanza, _emission, { stanza }) =>
      errorReply(stanza, 'modify', 'not-acceptable'),
    ),
  },
  {
    id: 'broadcast/error-without-element',
    title: 'presence of type error has no error element',
    breaks: ['rfc3921:2.2.2/own-error-has-child', 'rfc6121:4.7.1/error-element'],
    deviate: alter(is('reply', 'refused'), (stanza) =>
      stanza.name === 'presence' ? emptied(stanza) : stanza,
    ),
  },
];
