import type { Suite } from './suite.js';

/** RFC 3921 section 3, and what RFC 3920 and RFC 6120 say of the way there. */
export const session: Suite = {
  area: 'session',
  needs: [],
  scenarios: [
    'session/features',
    'session/before-authentication',
    'session/before-binding',
    'session/unauthenticated-stanza',
    'session/unbound-stanza',
    'session/binding',
    'session/before-session',
    'session/same-resource',
  ],
};
