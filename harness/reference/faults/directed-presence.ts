import { subscribed } from '../contacts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText } from '../jid.js';
import { emptied, presence, stamp } from '../stanza.js';
import { alter, drop, is, isGone, remembering, rewriteAll } from './gate.js';

function isSubscriber({ account, contact }: Occasion): boolean {
  return account !== undefined && subscribed(account, 'from').includes(contact);
}

/** Directed available presence. */
function directed(emission: Emission, occasion: Occasion): boolean {
  return is('forwarded', 'forward')(emission, occasion) && emission.stanza.attrs.type === undefined;
}

/** Directed unavailable presence. */
function ended(emission: Emission, occasion: Occasion): boolean {
  return is('forwarded', 'forward')(emission, occasion) && emission.stanza.attrs.type === 'unavailable';
}

/** The unavailable presence that goes to those who got directed presence. */
const farewell = is('forwarded', 'unavailable');

/** Broadcasts also to those who got directed presence. */
function alsoToDirected(trigger: 'initial-presence' | 'presence-update'): Deviate {
  return rewriteAll((emissions, occasion) => {
    const { account, session, stanza } = occasion;
    if (occasion.trigger !== trigger || account === undefined || session === undefined) return emissions;
    const others = [...session.directed].filter((to) => !subscribed(account, 'from').includes(bareText(to)));
    return [
      ...emissions,
      ...others.map((to): Emission => ({ purpose: 'broadcast', to: 'route', stanza: stamp(stanza, { to }) })),
    ];
  });
}

/** What directed presence each resource has ended, as `resource address`; the memory of a server. */
function noteEnds({ trigger, session, stanza }: Occasion, ends: Set<string>): void {
  if (trigger !== 'forward' || session === undefined) return;
  const key = `${session.jid} ${stanza.attrs.to}`;
  if (stanza.attrs.type === 'unavailable') ends.add(key);
  else ends.delete(key);
}

/** Who has sent unavailable presence to the user, as `user contact`; the memory of a server. */
function noteDepartures({ trigger, account, contact, stanza }: Occasion, departed: Set<string>): void {
  if (trigger === 'in:presence' && stanza.attrs.type === 'unavailable')
    departed.add(`${account?.bare} ${contact}`);
}

/** Faults in directed presence: RFC 3921 5.1.4, RFC 6121 4.6. */
export const DIRECTED_PRESENCE_FAULTS: readonly Fault[] = [
  {
    id: 'directed/to-subscriber-dropped',
    title: 'available presence sent to a subscriber directly is lost',
    breaks: ['rfc3921:5.1.4/to-subscriber/available', 'rfc6121:4.6.3/subscriber/route'],
    deviate: drop(
      (emission, occasion) =>
        directed(emission, occasion) && isSubscriber(occasion) && occasion.session?.available === true,
    ),
  },
  {
    id: 'directed/to-stranger-dropped',
    title: 'available presence sent to someone who is no subscriber is lost',
    breaks: [
      'rfc3921:5.1.4/to-stranger/available',
      'rfc6121:4.6.3/other/route',
      'rfc6121:4.6.3/processed-as-listed',
    ],
    deviate: drop(
      (emission, occasion) =>
        directed(emission, occasion) && !isSubscriber(occasion) && occasion.session?.available === true,
    ),
  },
  {
    id: 'directed/while-unavailable-dropped',
    title: 'presence sent directly by a resource that is not available is lost',
    breaks: [
      'rfc3921:5.1.4/while-unavailable/to-stranger',
      'rfc3921:5.1.4/while-unavailable/to-subscriber',
      'rfc6121:4.6.3/connected/route',
    ],
    deviate: drop(
      (emission, occasion) => directed(emission, occasion) && occasion.session?.available !== true,
    ),
  },
  {
    id: 'directed/incomplete',
    title: 'directed presence loses its content',
    breaks: [
      'rfc3921:5.1.4/to-stranger/available',
      'rfc3921:5.1.4/to-subscriber/available',
      'rfc3921:5.1.4/while-unavailable/to-stranger',
      'rfc6121:4.6.3/other/route',
    ],
    deviate: alter(directed, emptied),
  },
  {
    id: 'directed/to-bare',
    title: 'directed presence to a full JID goes to the bare one',
    breaks: ['rfc3921:5.1.4/to-stranger/available', 'rfc6121:4.6.3/other/route'],
    deviate: alter(directed, (stanza) => stamp(stanza, { to: bareText(stanza.attrs.to ?? '') })),
  },
  {
    id: 'directed/unavailable-to-subscriber-dropped',
    title: 'unavailable presence sent to a subscriber directly is lost',
    breaks: ['rfc3921:5.1.4/to-subscriber/unavailable', 'rfc6121:4.6.3/subscriber/route'],
    deviate: drop((emission, occasion) => ended(emission, occasion) && isSubscriber(occasion)),
  },
  {
    id: 'directed/unavailable-to-stranger-dropped',
    title: 'unavailable presence sent to someone who is no subscriber is lost',
    breaks: ['rfc3921:5.1.4/to-stranger/unavailable', 'rfc6121:4.6.3/other/route'],
    deviate: drop((emission, occasion) => ended(emission, occasion) && !isSubscriber(occasion)),
  },
  {
    id: 'directed/becomes-subscriber',
    title: 'who got directed presence gets what is broadcast later',
    breaks: ['rfc3921:5.1.4/stranger-not-broadcast-to', 'rfc6121:4.6.3/other/not-broadcast'],
    deviate: alsoToDirected('presence-update'),
  },
  {
    id: 'directed/while-unavailable-becomes-subscriber',
    title: 'who got directed presence before initial presence gets that as well',
    breaks: [
      'rfc3921:5.1.4/while-unavailable/stranger-not-broadcast-to',
      'rfc6121:4.6.3/connected/not-broadcast',
    ],
    deviate: alsoToDirected('initial-presence'),
  },
  {
    id: 'directed/subscriber-left-out',
    title: 'a subscriber who got directed presence gets nothing that is broadcast',
    breaks: [
      'rfc3921:5.1.2/broadcast-after-directed-presence',
      'rfc3921:5.1.4/subscriber-kept-on',
      'rfc6121:4.6.1/subscription-first/broadcast',
      'rfc6121:4.6.3/subscriber/broadcast',
    ],
    deviate: drop(
      (emission, occasion) =>
        is('broadcast', 'presence-update')(emission, occasion) &&
        occasion.session?.directed.has(emission.stanza.attrs.to ?? '') === true,
    ),
  },
  {
    id: 'directed/subscriber-left-out-after-unavailable',
    title: 'a subscriber who was sent unavailable presence directly gets nothing that is broadcast',
    breaks: [
      'rfc3921:5.1.4/subscriber-kept-on-after-unavailable',
      'rfc3921:5.1.5/broadcast-after-directed-unavailable',
      'rfc6121:4.6.3/subscriber/broadcast',
    ],
    deviate: remembering(
      () => new Set<string>(),
      (emissions, occasion, ends) => {
        noteEnds(occasion, ends);
        return emissions.filter(
          (emission) =>
            !is('broadcast', 'presence-update')(emission, occasion) ||
            !ends.has(`${occasion.session?.jid} ${emission.stanza.attrs.to}`),
        );
      },
    ),
  },
  {
    id: 'directed/end-not-told',
    title: 'who got directed presence is not told when the resource becomes unavailable',
    breaks: [
      'rfc3921:5.1.2/unavailable-to-directed',
      'rfc3921:5.1.4/stranger-told-of-unavailable',
      'rfc3921:5.1.4/while-unavailable/stranger-told-of-unavailable',
      'rfc3921:5.1.5/unavailable-to-directed',
      'rfc6121:4.6.3/connected/unavailable',
      'rfc6121:4.6.3/other/unavailable',
    ],
    deviate: drop(farewell),
  },
  {
    id: 'directed/loss-not-told',
    title: 'who got directed presence is not told when the resource goes without unavailable presence',
    breaks: [
      'rfc3921:5.1.4/stranger-told-of-unavailable',
      'rfc3921:5.1.5/unavailable-to-directed',
      'rfc6121:4.6.3/other/unavailable',
    ],
    deviate: drop((emission, occasion) => farewell(emission, occasion) && isGone(occasion.session)),
  },
  {
    id: 'directed/end-incomplete',
    title: 'who got directed presence gets unavailable presence without its status',
    breaks: ['rfc3921:5.1.2/unavailable-to-directed', 'rfc6121:4.6.3/other/unavailable'],
    deviate: alter(farewell, emptied),
  },
  {
    id: 'directed/never-available-not-told',
    title: 'who got directed presence is not told of the end of a resource that was never available',
    breaks: ['rfc6121:4.6.3/connected/unavailable'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const wasAvailable = emissions.some(
        ({ purpose }) => purpose === 'broadcast' || purpose === 'own-presence',
      );
      return occasion.trigger === 'unavailable' && !wasAvailable && isGone(occasion.session)
        ? emissions.filter((emission) => !farewell(emission, occasion))
        : emissions;
    }),
  },
  {
    id: 'directed/end-told-twice',
    title: 'who was sent unavailable presence directly gets it again when the resource becomes unavailable',
    breaks: ['rfc6121:4.6.1/after-directed-unavailable'],
    specs: ['rfc6121'],
    deviate: endToldAgain(),
  },
  {
    id: 'directed/end-forgotten-by-probe',
    title: 'who was sent unavailable presence directly gets presence in answer to a probe',
    breaks: ['rfc6121:4.6.1/after-directed-unavailable/probe'],
    specs: ['rfc6121'],
    deviate: remembering(
      () => new Set<string>(),
      (emissions, occasion, ends) => {
        noteEnds(occasion, ends);
        const { from, to } = occasion.stanza.attrs;
        if (occasion.trigger !== 'in:probe' || !ends.has(`${to} ${from}`)) return emissions;
        return [{ purpose: 'probe-answer', to: 'route', stanza: presence({ from: to, to: from }) }];
      },
    ),
  },
  {
    id: 'directed/departed-not-told',
    title: 'who got directed presence and has left since is not told when the resource becomes unavailable',
    breaks: ['rfc3921:5.1.4/departed-stranger-told-of-unavailable'],
    specs: ['rfc3921'],
    deviate: remembering(
      () => new Set<string>(),
      (emissions, occasion, departed) => {
        noteDepartures(occasion, departed);
        return emissions.filter(
          (emission) =>
            !farewell(emission, occasion) ||
            !departed.has(`${occasion.account?.bare} ${bareText(emission.stanza.attrs.to ?? '')}`),
        );
      },
    ),
  },
  {
    id: 'directed/departed-told-from-bare',
    title: 'who got directed presence and has left since gets unavailable presence from the bare JID',
    breaks: ['rfc6121:4.6.1/after-unavailable-received', 'rfc6121:4.6.3/other/unavailable-to-departed'],
    specs: ['rfc6121'],
    deviate: remembering(
      () => new Set<string>(),
      (emissions, occasion, departed) => {
        noteDepartures(occasion, departed);
        const { account, trigger } = occasion;
        if (trigger !== 'unavailable' || account === undefined) return emissions;
        const left = [...departed].filter((key) => key.startsWith(`${account.bare} `));
        return [
          ...emissions,
          ...left.map((key): Emission => {
            const to = key.slice(account.bare.length + 1);
            return {
              purpose: 'forwarded',
              to: 'route',
              stanza: presence({ from: account.bare, to, type: 'unavailable' }),
            };
          }),
        ];
      },
    ),
  },
  {
    id: 'directed/cancellation-not-told',
    title: 'a cancellation sends no unavailable presence to a contact who got directed presence',
    breaks: ['rfc3921:8.5.1/unavailable-sent', 'rfc6121:4.6.1/subscription-first/unavailable'],
    deviate: drop(
      (emission, occasion) =>
        is('withdrawn-presence', 'out:unsubscribed')(emission, occasion) &&
        (occasion.session?.directed.has(occasion.contact) ?? false),
    ),
  },
];

/** Unavailable presence goes also to those who were sent it directly before. */
export function endToldAgain(): Deviate {
  return remembering(
    () => new Set<string>(),
    (emissions, occasion, ends) => {
      noteEnds(occasion, ends);
      const { trigger, session, stanza } = occasion;
      if (trigger !== 'unavailable' || session === undefined) return emissions;
      const again = [...ends].filter((key) => key.startsWith(`${session.jid} `));
      for (const key of again) ends.delete(key);
      return [
        ...emissions,
        ...again.map((key): Emission => {
          const to = key.slice(session.jid.length + 1);
          return { purpose: 'forwarded', to: 'route', stanza: stamp(stanza, { to }) };
        }),
      ];
    },
  );
}
