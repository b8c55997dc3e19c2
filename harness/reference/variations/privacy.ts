import { type Element, elements } from '../../wire/element.js';
import type { Variation } from '../deviations.js';
import { is, last, rewriteAll } from '../faults/gate.js';
import { BAD_REQUEST } from '../privacy-lists.js';
import { listPushes, type PrivacyChange, refused } from '../privacy-queries.js';

/** Whether the query is refused for its form, without a clause that has it refused: RFC 3921 10.1 names two such. */
function isFreelyRefused(change: PrivacyChange, query: Element): boolean {
  if (change.kind !== 'refused' || change.refusal !== BAD_REQUEST || elements(query).length > 1) return false;
  const orders = elements(query)
    .flatMap(elements)
    .map(({ attrs }) => attrs.order);
  return new Set(orders).size === orders.length;
}

/** What RFC 3921 leaves open about privacy lists. */
export const PRIVACY_VARIATIONS: readonly Variation[] = [
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
    id: 'privacy/stopped-messages-refused',
    title: 'a message that a privacy list stops is answered with an error (XEP-0016 2.14)',
    specs: ['rfc3921'],
    deviate: () => ({ blockedMessage: 'service-unavailable' }),
  },
  {
    id: 'privacy/domain-without-subdomains',
    title: 'a rule about a domain leaves its subdomains out (XEP-0016 2.1)',
    specs: ['rfc3921'],
    deviate: () => ({ domainReach: 'domain' }),
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
  {
    id: 'privacy/removal-pushed',
    title: 'the removal of a list is told to every connected resource',
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, { trigger, account, stanza }) => {
      const [list] = trigger === 'privacy-set' ? elements(stanza).flatMap(elements) : [];
      const isRemoved = list?.name === 'list' && elements(list).length === 0;
      const isDone = emissions.some(({ stanza: { attrs } }) => attrs.type === 'result');
      if (account === undefined || !isRemoved || !isDone) return emissions;
      return [...emissions, ...listPushes(account, list.attrs.name ?? '')];
    }),
  },
  {
    id: 'privacy/form-not-checked',
    title: 'a list that breaks a rule for clients alone is answered with a result',
    specs: ['rfc3921'],
    deviate: (policy) => ({
      privacyChange(sound, session, query) {
        const change = policy.privacyChange(sound, session, query);
        return isFreelyRefused(change, query) ? { kind: 'ignored' } : change;
      },
    }),
  },
  {
    id: 'privacy/form-refused-otherwise',
    title: 'a list that breaks a rule for clients alone is answered with not-acceptable',
    specs: ['rfc3921'],
    deviate: (policy) => ({
      privacyChange(sound, session, query) {
        const change = policy.privacyChange(sound, session, query);
        return isFreelyRefused(change, query)
          ? refused({ type: 'modify', condition: 'not-acceptable' })
          : change;
      },
    }),
  },
];
