import { randomInt } from 'node:crypto';
import { type Element, elements, NS } from '../../wire/element.js';
import type { Deviate, Variation } from '../deviations.js';
import type { Emission, Occasion, Purpose } from '../emission.js';
import { alter, is, last, rewriteAll } from '../faults/gate.js';
import { eachItem } from '../faults/roster-items.js';
import { claimedItem } from '../faults/roster-storing.js';
import type { RosterItem } from '../roster.js';
import { errorReply, stamp } from '../stanza.js';

/** The stanzas of a purpose in any order, the others where they are. */
function shuffled(emissions: readonly Emission[], purpose: Purpose): readonly Emission[] {
  const picked = emissions.filter((emission) => emission.purpose === purpose);
  if (picked.length < 2) return emissions;
  for (let at = picked.length - 1; at > 0; at -= 1) {
    const [chosen] = picked.splice(randomInt(at + 1), 1);
    if (chosen !== undefined) picked.push(chosen);
  }
  return emissions.map((emission) =>
    // Copies count as a difference (watch.ts), also where chance leaves the order as it was.
    emission.purpose === purpose ? { ...(picked.shift() ?? emission) } : emission,
  );
}

function withoutNone(item: Element): Element {
  return item.attrs.subscription === 'none' ? stamp(item, { subscription: undefined }) : item;
}

function isMalformed({ stanza }: Emission): boolean {
  return elements(stanza)
    .flatMap(elements)
    .some(({ name, ns }) => name === 'jid-malformed' && ns === NS.stanzaErrors);
}

/** Refuses some roster sets that are carried out otherwise. */
function refusing(test: (occasion: Occasion, next: RosterItem) => boolean, condition: string): Deviate {
  return (policy) => {
    const refused = new Set<Element>();
    return {
      item(wanted, previous, occasion) {
        const next = policy.item(wanted, previous, occasion);
        if (next === undefined || occasion.trigger !== 'roster-set' || !test(occasion, next)) return next;
        refused.add(occasion.stanza);
        return previous;
      },
      emissions(emissions, occasion) {
        const sound = policy.emissions(emissions, occasion);
        if (!refused.delete(occasion.stanza)) return sound;
        const stanza = errorReply(occasion.stanza, 'cancel', condition);
        return sound.flatMap((emission) => (emission.purpose === 'reply' ? { ...emission, stanza } : []));
      },
    };
  };
}

/** What the RFCs leave open about rosters. */
export const ROSTER_VARIATIONS: readonly Variation[] = [
  {
    id: 'shuffled-pushes',
    title: 'the pushes of one change go to the resources in any order',
    deviate: rewriteAll((emissions) => shuffled(emissions, 'push')),
  },
  {
    id: 'result-before-pushes',
    title: 'a roster set is acknowledged before it is pushed',
    deviate: last(is('push', 'roster-set', 'roster-remove')),
  },
  {
    id: 'subscription-none-left-out',
    title: 'results and pushes leave out the subscription where there is none (RFC 6121 2.1.2.5)',
    specs: ['rfc6121'],
    deviate: alter(({ purpose }) => purpose === 'push' || purpose === 'roster', eachItem(withoutNone)),
  },
  {
    id: 'pushes-to-all',
    title: 'pushes go also to resources that have not requested the roster',
    specs: ['rfc6121'],
    deviate: () => ({ getsPush: () => true }),
  },
  {
    id: 'long-labels-kept',
    title: 'names and groups may be as long as they are',
    specs: ['rfc6121'],
    deviate: () => ({ labelFits: () => true }),
  },
  {
    id: 'own-item-refused',
    title: 'an item of the own address is refused as not-allowed (RFC 6121 2.3.3)',
    deviate: refusing(({ account }, { jid }) => jid === account?.bare, 'not-allowed'),
  },
  {
    id: 'flags-refused',
    title: 'a roster set with ask or approved, which no client may send, is refused as bad-request',
    deviate: refusing((occasion) => {
      const item = claimedItem(occasion);
      return item?.attrs.ask !== undefined || item?.attrs.approved !== undefined;
    }, 'bad-request'),
  },
  {
    id: 'malformed-items-as-bad-request',
    title: 'a roster set whose JID is no address is refused as bad-request',
    deviate: alter(
      (emission, { trigger }) =>
        emission.purpose === 'reply' && trigger === 'roster-set' && isMalformed(emission),
      (_stanza, _emission, { stanza }) => errorReply(stanza, 'modify', 'bad-request'),
    ),
  },
  {
    id: 'no-roster-versioning',
    title: 'roster versioning is not offered',
    specs: ['rfc6121'],
    deviate: () => ({ versioning: false, announcesVersioning: false }),
  },
  {
    id: 'complete-roster-after-changes',
    title: 'a get that states an older version is answered with the complete roster',
    specs: ['rfc6121'],
    deviate: () => ({ givesChanges: (changes) => changes === 0 }),
  },
];
