import type { Suite } from './suite.js';

/** RFC 3920 section 8, RFC 3921 11.2, RFC 6120 3.2, 8.1 and 10.4, XEP-0220: what only other servers see. */
export const federation: Suite = {
  area: 'federation',
  needs: ['s2s'],
  scenarios: [
    'federation/cold-link',
    'federation/sender-stated',
    'federation/look-ups',
    'federation/subdomain-proved',
    'federation/stanza-before-result',
    'federation/own-key',
    'federation/name-unknown',
    'federation/server-down',
    'federation/key-refused',
    'federation/server-back',
    'federation/unverified-stanza',
    'federation/unsolicited-result',
    'federation/key-denied',
    'federation/key-unverifiable',
    'federation/further-pairs',
    'federation/spoofed-sender',
    'federation/foreign-recipient',
    'federation/unaddressed',
    'federation/presence-to-domains',
    'federation/strangers-probe',
  ],
};
