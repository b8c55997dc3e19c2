import type { Fault } from '../deviations.js';
import type { Emission, Occasion, Trigger } from '../emission.js';
import { emptied } from '../stanza.js';
import { alter, drop, is, isGone, sessionOf } from './gate.js';

/** Presence of the resource that acts, to the user's others. */
function toOthers(...triggers: readonly Trigger[]) {
  return (emission: Emission, occasion: Occasion): boolean =>
    is('own-presence', ...triggers)(emission, occasion) && emission.to !== occasion.session;
}

/** Presence that goes back to the resource that sent it. */
function toItself(...triggers: readonly Trigger[]) {
  return (emission: Emission, occasion: Occasion): boolean =>
    is('own-presence', ...triggers)(emission, occasion) &&
    emission.to === occasion.session &&
    emission.stanza.attrs.from === occasion.session?.jid;
}

/** Faults in what the user's own resources are told of one another. */
export const OWN_PRESENCE_FAULTS: readonly Fault[] = [
  {
    id: 'broadcast/own-initial-missing',
    title: "the user's other resources are not told that one becomes available",
    breaks: ['rfc3921:5.1.1/initial-presence-to-own-resources', 'rfc6121:4.2.2/own-resources'],
    deviate: drop(toOthers('initial-presence')),
  },
  {
    id: 'broadcast/own-update-missing',
    title: "the user's other resources are not told that presence has changed",
    breaks: ['rfc3921:5.1.2/broadcast-to-own-resources', 'rfc6121:4.4.2/own-resources'],
    deviate: drop(toOthers('presence-update')),
  },
  {
    id: 'broadcast/own-update-to-negative',
    title: "the user's resources of negative priority are told nothing",
    breaks: ['rfc3921:5.1.2/broadcast-to-own-resources', 'rfc6121:4.4.2/own-resources'],
    deviate: drop(
      (emission, occasion) => toOthers()(emission, occasion) && (sessionOf(emission)?.priority ?? 0) < 0,
    ),
  },
  {
    id: 'broadcast/own-end-missing',
    title: "the user's other resources are not told that one becomes unavailable",
    breaks: [
      'rfc3921:5.1.2/unavailable-to-own-resources',
      'rfc3921:5.1.5/unavailable-to-own-resources',
      'rfc6121:4.5.2/own-resources',
    ],
    deviate: drop(toOthers('unavailable')),
  },
  {
    id: 'broadcast/own-end-incomplete',
    title: "the user's other resources get unavailable presence without its status",
    breaks: ['rfc3921:5.1.2/unavailable-to-own-resources', 'rfc6121:4.5.2/complete'],
    deviate: alter(toOthers('unavailable'), emptied),
  },
  {
    id: 'broadcast/own-loss-not-told',
    title: "the user's other resources are not told of one that goes without unavailable presence",
    breaks: ['rfc3921:5.1.5/unavailable-to-own-resources', 'rfc6121:4.5.2/own-resources'],
    deviate: drop(
      (emission, occasion) => toOthers('unavailable')(emission, occasion) && isGone(occasion.session),
    ),
  },
  {
    id: 'broadcast/initial-not-sent-back',
    title: 'initial presence does not go back to the resource that sent it',
    breaks: ['rfc6121:4.2.2/itself'],
    specs: ['rfc6121'],
    deviate: drop(toItself('initial-presence')),
  },
  {
    id: 'broadcast/update-not-sent-back',
    title: 'changed presence does not go back to the resource that sent it',
    breaks: ['rfc6121:4.4.2/itself'],
    specs: ['rfc6121'],
    deviate: drop(toItself('presence-update')),
  },
  {
    id: 'broadcast/end-not-sent-back',
    title: 'unavailable presence does not go back to the resource that sent it',
    breaks: ['rfc6121:4.5.2/itself'],
    specs: ['rfc6121'],
    deviate: drop(toItself('unavailable')),
  },
];
