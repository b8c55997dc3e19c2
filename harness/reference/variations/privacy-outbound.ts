import { elements } from '../../wire/element.js';
import type { Variation } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import type { Rule } from '../privacy.js';
import type { Session } from '../session.js';
import { isSubscriptionType } from '../subscriptions.js';

function rulesFor({ account, activeList }: Session): readonly Rule[] {
  return account.privacy.inForce(activeList);
}

const isLimited = ({ granules }: Rule): boolean => granules.length > 0;

/** Whether the user is told that directed presence was stopped, by a list with nothing in it but rules limited to kinds. */
function tellsOfDirected({ purpose, stanza }: Emission, occasion: Occasion): boolean {
  const { trigger, session } = occasion;
  const { name, attrs } = occasion.stanza;
  return (
    trigger === 'refused' &&
    purpose === 'reply' &&
    name === 'presence' &&
    !isSubscriptionType(attrs.type) &&
    elements(stanza)
      .flatMap(elements)
      .some((condition) => condition.name === 'not-acceptable') &&
    session !== undefined &&
    rulesFor(session).every(isLimited)
  );
}

/** What is left open about privacy lists and what the user sends. */
export const PRIVACY_OUTBOUND_VARIATIONS: readonly Variation[] = [
  {
    id: 'privacy-outbound/directed-presence-passes',
    title: 'a rule about outbound presence does not stop presence that the user addresses to someone',
    specs: ['rfc3921'],
    deviate: () => ({
      blocks: (denied, { direction, kind, purpose, session }) =>
        denied &&
        !(
          direction === 'out' &&
          kind === 'presence-out' &&
          purpose === 'forwarded' &&
          session !== undefined &&
          rulesFor(session).every(isLimited)
        ),
    }),
  },
  {
    id: 'privacy-outbound/directed-presence-lost',
    title:
      'presence that the user addresses to someone is lost without a word under a rule about outbound presence',
    specs: ['rfc3921'],
    deviate: (policy) => ({
      emissions: (emissions, occasion) =>
        policy.emissions(emissions, occasion).filter((emission) => !tellsOfDirected(emission, occasion)),
    }),
  },
];
