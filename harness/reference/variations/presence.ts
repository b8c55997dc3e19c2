import { child, type Element, text } from '../../wire/element.js';
import { subscribed } from '../contacts.js';
import type { Variation } from '../deviations.js';
import type { Emission } from '../emission.js';
import { errorHeeded } from '../faults/broadcast.js';
import { endToldAgain } from '../faults/directed-presence.js';
import { drop, is, remembering, rewriteAll, rewriteEach } from '../faults/gate.js';
import { parseJid } from '../jid.js';
import { errorReply, presence, stamp, without } from '../stanza.js';
import { isPresenceType } from '../subscriptions.js';

/** Whether the stanza states a priority that RFC 3921 2.2.2.3 and RFC 6121 4.7.2.3 do not know. */
function hasInvalidPriority(stanza: Element): boolean {
  const priority = child(stanza, 'priority');
  if (priority === undefined) return false;
  const value = text(priority);
  return !/^[+-]?\d+$/.test(value) || Number(value) < -128 || Number(value) > 127;
}

function withoutPriority(stanza: Element): Element {
  return without(stanza, ({ name }) => name === 'priority');
}

/** What the RFCs leave open about presence and probes. */
export const PRESENCE_VARIATIONS: readonly Variation[] = [
  {
    id: 'no-own-presence-echo',
    title: 'a resource does not get its own presence back',
    specs: ['rfc3921'],
    deviate: () => ({ ownEcho: false }),
  },
  {
    id: 'strangers-withheld',
    title:
      'available presence of someone whom the user has not subscribed to is not delivered (RFC 3921 5.1.1)',
    specs: ['rfc3921'],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:presence')(emission, occasion) &&
        occasion.stanza.attrs.type === undefined &&
        parseJid(occasion.stanza.attrs.to ?? '')?.resource === '' &&
        occasion.account !== undefined &&
        !subscribed(occasion.account, 'to').includes(occasion.contact),
    ),
  },
  {
    id: 'errors-for-good',
    title: 'a contact who has answered with an error gets no presence for the rest of the session',
    specs: ['rfc3921'],
    deviate: errorHeeded(),
  },
  {
    id: 'directed-end-told-again',
    title: 'who was sent unavailable presence directly gets it again when the resource becomes unavailable',
    specs: ['rfc3921'],
    deviate: endToldAgain(),
  },
  {
    id: 'departed-told',
    title: 'who got directed presence is told that the resource becomes unavailable also after having left',
    specs: ['rfc6121'],
    deviate: remembering(
      () => new Map<string, Set<string>>(),
      (emissions, occasion, departed) => {
        const { trigger, account, session, stanza } = occasion;
        const { from = '', to = '', type } = stanza.attrs;
        if (trigger === 'forward' && session !== undefined && account !== undefined) {
          if (type === undefined) departed.get(session.jid)?.delete(to);
        }
        if (trigger === 'in:presence' && type === 'unavailable' && parseJid(to)?.resource !== '') {
          departed.set(to, new Set([...(departed.get(to) ?? []), from]));
        }
        if (trigger !== 'unavailable' || session === undefined) return emissions;
        const left = departed.get(session.jid) ?? new Set();
        departed.delete(session.jid);
        return [
          ...emissions,
          ...[...left].map((gone): Emission => {
            return { purpose: 'forwarded', to: 'route', stanza: stamp(stanza, { to: gone }) };
          }),
        ];
      },
    ),
  },
  {
    id: 'priority-replaced',
    title: 'the server replaces every priority by zero, which it shows by leaving it out (RFC 6121 4.7.2.3)',
    specs: ['rfc6121'],
    deviate: rewriteEach((emission) =>
      ['broadcast', 'own-presence', 'probe-answer', 'shared-presence'].includes(emission.purpose)
        ? { ...emission, stanza: withoutPriority(emission.stanza) }
        : emission,
    ),
  },
  {
    id: 'invalid-priority-refused',
    title: 'presence with an invalid priority is answered with an error',
    deviate: rewriteAll((emissions, { trigger, session, stanza }) =>
      trigger === 'presence-update' && session !== undefined && hasInvalidPriority(stanza)
        ? [{ purpose: 'reply', to: session, stanza: errorReply(stanza, 'modify', 'bad-request') }]
        : emissions,
    ),
  },
  {
    id: 'invalid-priority-ignored',
    title: 'presence with an invalid priority is ignored',
    deviate: rewriteAll((emissions, { trigger, stanza }) =>
      trigger === 'presence-update' && hasInvalidPriority(stanza) ? [] : emissions,
    ),
  },
  {
    id: 'invalid-priority-left-out',
    title: 'an invalid priority is left out of presence that is passed on',
    deviate: rewriteEach((emission) =>
      hasInvalidPriority(emission.stanza)
        ? { ...emission, stanza: withoutPriority(emission.stanza) }
        : emission,
    ),
  },
  {
    id: 'unknown-presence-ignored',
    title: 'presence of a type that does not exist is not answered',
    specs: ['rfc3921'],
    deviate: drop(
      (emission, occasion) =>
        is('reply', 'refused')(emission, occasion) &&
        occasion.stanza.name === 'presence' &&
        !isPresenceType(occasion.stanza.attrs.type),
    ),
  },
  {
    id: 'components-trusted',
    title: 'components learn the presence of any user by a probe',
    deviate: () => ({ trustsComponents: true }),
  },
  {
    id: 'probes-always',
    title: 'the contacts are probed for each resource that becomes available, not just for the first',
    deviate: (policy) => ({
      emissions(emissions, occasion) {
        const { trigger, account, session } = occasion;
        const sound = policy.emissions(emissions, occasion);
        const first = account?.available().every((other) => other === session) === true;
        if (trigger !== 'initial-presence' || first || account === undefined) return sound;
        const from = policy.mode === 'rfc3921' ? session?.jid : account.bare;
        const probes = subscribed(account, 'to').map((to): Emission => {
          return { purpose: 'probe', to: 'route', stanza: presence({ from, to, type: 'probe' }) };
        });
        return [...sound, ...probes];
      },
    }),
  },
];
