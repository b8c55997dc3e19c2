import { type Element, elements } from '../../wire/element.js';
import type { Deviate } from '../deviations.js';
import type { Occasion, Trigger } from '../emission.js';
import type { RosterItem } from '../roster.js';

/** Changes an item as it is stored on certain occasions. */
export function storing(
  triggers: readonly Trigger[],
  change: (next: RosterItem, previous: RosterItem | undefined, occasion: Occasion) => RosterItem | undefined,
): Deviate {
  return (policy) => ({
    item(wanted, previous, occasion) {
      const next = policy.item(wanted, previous, occasion);
      return next !== undefined && triggers.includes(occasion.trigger)
        ? change(next, previous, occasion)
        : next;
    },
  });
}

/** The item of a roster set, as the client wrote it. */
export function claimedItem({ stanza }: Occasion): Element | undefined {
  return elements(stanza).flatMap(elements)[0];
}
