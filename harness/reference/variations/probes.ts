import type { Variation } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { is, rewriteAll } from '../faults/gate.js';
import { probedResource } from '../faults/probe-answers.js';
import type { Session } from '../session.js';
import { presence, stamp } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';

/** The available resource that is probed. */
function probed(occasion: Occasion): Session | undefined {
  const session = occasion.account?.sessions.get(probedResource(occasion));
  return session?.available === true ? session : undefined;
}

/** A subscriber's probe to a full JID that no available resource has, while others are available. */
function isForAbsentResource(occasion: Occasion): boolean {
  return (
    occasion.trigger === 'in:probe' &&
    probedResource(occasion) !== '' &&
    probed(occasion) === undefined &&
    facetsOf(occasion.before ?? 'none').from
  );
}

/** What the RFCs leave open about probes: in RFC 3921 mostly the choice between 5.1.3 and 11.1. */
export const PROBE_VARIATIONS: readonly Variation[] = [
  {
    id: 'last-unavailable-told',
    title: 'a probe while the user is away is answered with the last unavailable presence, complete',
    deviate: () => ({ absenceAnswer: 'last-unavailable' }),
  },
  {
    id: 'probes-delivered',
    title: 'a probe to the full JID of an available resource is delivered to it and not answered',
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) => {
      const to = occasion.trigger === 'in:probe' ? probed(occasion) : undefined;
      return to === undefined ? emissions : [{ purpose: 'delivered', to, stanza: occasion.stanza }];
    }),
  },
  {
    id: 'probes-ignored-where-nobody-is',
    title: 'a probe to which no available resource fits is ignored, whoever sends it',
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) => {
      const { trigger, account } = occasion;
      if (trigger !== 'in:probe' || account === undefined) return emissions;
      const fits =
        probedResource(occasion) === '' ? account.available().length > 0 : probed(occasion) !== undefined;
      return fits ? emissions : emissions.filter((emission) => !is('probe-answer')(emission, occasion));
    }),
  },
  {
    id: 'absent-resource-answered',
    title:
      "a subscriber's probe to a full JID that no available resource has is answered with those that are",
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) => {
      if (!isForAbsentResource(occasion)) return emissions;
      const to = occasion.stanza.attrs.from;
      return (occasion.account?.available() ?? []).flatMap(({ presence: last }): Emission[] =>
        last === undefined ? [] : [{ purpose: 'probe-answer', to: 'route', stanza: stamp(last, { to }) }],
      );
    }),
  },
  {
    id: 'absent-resource-told',
    title:
      "a subscriber's probe to a full JID that no available resource has is answered with unavailable presence",
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      if (!isForAbsentResource(occasion)) return emissions;
      const { from, to, id } = occasion.stanza.attrs;
      const stanza = presence({ from: to, to: from, id, type: 'unavailable' });
      return [{ purpose: 'probe-answer', to: 'route', stanza }];
    }),
  },
];
