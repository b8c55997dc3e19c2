import type { Suite } from './suite.js';

/** RFC 3921 sections 5.1.2, 5.1.3 and 5.1.5. */
export const presence: Suite = {
  area: 'presence',
  needs: [],
  scenarios: ['presence/broadcast', 'presence/probe-without-subscription'],
};
