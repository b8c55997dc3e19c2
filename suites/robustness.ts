import type { Suite } from './suite.js';

/** What RFC 3920 and RFC 6120 say of XML that no client should send, of IQs and of errors. */
export const robustness: Suite = {
  area: 'robustness',
  needs: [],
  scenarios: [
    'robustness/not-well-formed',
    'robustness/undeclared-prefix',
    'robustness/restricted-xml',
    'robustness/bad-encoding',
    'robustness/strange-element',
    'robustness/size',
    'robustness/others-served',
    'robustness/stanza-errors',
    'robustness/iq-form',
    'robustness/answers-unanswered',
    'robustness/foreign-sender',
  ],
};
