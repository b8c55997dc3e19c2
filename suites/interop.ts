import type { Suite } from './suite.js';

/** Plays between two servers: users of both, nobody played by the harness. Not among the suites of an ordinary run. */
export const interop: Suite = {
  area: 'interop',
  needs: [],
  scenarios: [
    'interop/request-approved',
    'interop/approved-while-away',
    'interop/request-denied',
    'interop/request-repeated',
    'interop/requests-crossing',
    'interop/request-taken-back',
    'interop/subscription-cancelled',
    'interop/subscription-given-up',
    'interop/removal',
    'interop/nobody',
    'interop/presence-at-log-in',
    'interop/presence-broadcast',
    'interop/presence-directed',
    'interop/message',
    'interop/message-several',
    'interop/message-away',
    'interop/iq',
    'interop/iq-to-server',
    'interop/unknown-domain',
  ],
};
