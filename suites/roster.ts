import type { Suite } from './suite.js';

/** RFC 3921 section 7; RFC 6121 section 2: what one account alone can show. */
export const roster: Suite = {
  area: 'roster',
  needs: [],
  scenarios: [
    'roster/item-added',
    'roster/item-changed',
    'roster/item-removed',
    'roster/subscription-ignored',
    'roster/other-account',
    'roster/push-error',
  ],
};
