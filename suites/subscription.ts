import type { Suite } from './suite.js';

/** RFC 3921 sections 5.1.6, 6, 8 and 9; RFC 6121 section 3 and appendix A. */
export const subscription: Suite = {
  area: 'subscription',
  // A contact on the target itself would have its own server filter what it sends: half of the cells are out of its reach.
  needs: ['component'],
  scenarios: [
    'subscription/inbound-subscribed',
    'subscription/request-recipients',
    'subscription/request-kept',
    'subscription/notification-recipients',
    'subscription/push-recipients',
    'subscription/stamping',
  ],
};
