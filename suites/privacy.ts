import type { Suite } from './suite.js';

/** Privacy lists: what RFC 3921 sections 5 and 11 leave to them. */
export const privacy: Suite = {
  area: 'privacy',
  needs: ['privacy'],
  scenarios: [
    'privacy/probe-withheld',
    'privacy/initial-presence-withheld',
    'privacy/presence-withheld',
    'privacy/probe-unanswered',
    'privacy/resource-left-out',
    'privacy/before-delivery',
    'privacy/before-storing',
    'privacy/before-subscriptions',
  ],
};
