import type { Variation } from '../deviations.js';
import { is, last, rewriteAll } from '../faults/gate.js';

/** What RFC 3921 leaves open about privacy lists. */
export const PRIVACY_VARIATIONS: readonly Variation[] = [
  {
    id: 'privacy/absence-told',
    title: 'where a new block stops presence that passed before, unavailable presence is sent',
    specs: ['rfc3921'],
    deviate: () => ({ blockingTellsAbsence: true }),
  },
  {
    id: 'privacy/push-before-result',
    title: 'a list is pushed before its definition is answered',
    specs: ['rfc3921'],
    deviate: last(is('reply', 'privacy-set')),
  },
  {
    id: 'privacy/one-active-list-silences-all',
    title: 'no resource answers a probe while one blocks presence to the subscriber',
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, { account, trigger }) => {
      const available = account?.available() ?? [];
      const isHidden =
        available.some(({ activeList }) => activeList !== undefined) && emissions.length < available.length;
      return trigger === 'in:probe' && isHidden ? [] : emissions;
    }),
  },
  {
    id: 'privacy/active-list-of-session-only',
    title: 'an active list keeps a request from its session, but does not keep it from being recorded',
    specs: ['rfc3921'],
    deviate: () => ({
      blocks: (denied, { direction, kind, session, purpose }) =>
        denied &&
        !(
          direction === 'in' &&
          kind === 'other' &&
          session?.activeList !== undefined &&
          purpose === undefined
        ),
    }),
  },
];
