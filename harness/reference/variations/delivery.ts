import type { Variation } from '../deviations.js';

/** What the RFCs leave open about messages and their delivery. */
export const DELIVERY_VARIATIONS: readonly Variation[] = [
  {
    id: 'no-offline-messages',
    title: 'messages that nobody can take are returned',
    deviate: () => ({ offlineMessages: false }),
  },
];
