import { elements } from '../../wire/element.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Occasion } from '../emission.js';
import { bareText, resourceText } from '../jid.js';
import type { Passage } from '../privacy-gate.js';
import { presence } from '../stanza.js';
import { drop, is, rewriteAll } from './gate.js';

/** The lists do not stop what the test picks. */
export function letThrough(test: (passage: Passage) => boolean): Deviate {
  return () => ({ blocks: (denied, passage) => denied && !test(passage) });
}

/** A change of the kind that the element names is not answered. */
function unanswered(name: 'active' | 'default' | 'list'): Deviate {
  return drop(
    (emission, occasion) =>
      is('reply', 'privacy-set')(emission, occasion) &&
      elements(occasion.stanza).flatMap(elements)[0]?.name === name,
  );
}

function hasActiveList({ account }: Occasion): boolean {
  return account?.available().some(({ activeList }) => activeList !== undefined) === true;
}

/** Unavailable presence of the user in answer to a probe. */
function absenceFor({ stanza: { attrs } }: Occasion) {
  const { from, to = '' } = attrs;
  return {
    purpose: 'probe-answer',
    to: 'route',
    stanza: presence({ from: bareText(to), to: from, type: 'unavailable' }),
  } as const;
}

/** Faults in what privacy lists stop. */
export const PRIVACY_FAULTS: readonly Fault[] = [
  {
    id: 'privacy/blocked-probed',
    title: 'contacts are probed whose presence the user blocks',
    breaks: ['rfc3921:5.1.1/blocked-not-probed'],
    specs: ['rfc3921'],
    deviate: letThrough(({ purpose }) => purpose === 'probe'),
  },
  {
    id: 'privacy/blocked-told',
    title: 'presence is broadcast also to contacts to whom the user blocks it',
    breaks: ['rfc3921:5.1.1/blocked-not-told'],
    specs: ['rfc3921'],
    deviate: letThrough(({ purpose }) => purpose === 'broadcast'),
  },
  {
    id: 'privacy/presence-not-stopped',
    title: 'presence is delivered also from contacts from whom the user blocks it',
    breaks: ['rfc3921:5.1.1/blocked-presence-withheld'],
    specs: ['rfc3921'],
    deviate: letThrough(({ direction, kind }) => direction === 'in' && kind === 'presence-in'),
  },
  {
    id: 'privacy/default-list-leaves-presence',
    title: 'the default list does not stop inbound presence',
    breaks: ['rfc3921:5.1.1/blocked-presence-withheld'],
    specs: ['rfc3921'],
    deviate: letThrough(({ kind, session }) => kind === 'presence-in' && session?.activeList === undefined),
  },
  {
    id: 'privacy/blocked-probe-answered',
    title: 'probes are answered also from subscribers to whom the user blocks presence',
    breaks: ['rfc3921:5.1.3/blocked-probe-unanswered'],
    specs: ['rfc3921'],
    deviate: letThrough(({ purpose }) => purpose === 'probe-answer'),
  },
  {
    id: 'privacy/blocked-probe-answered-unavailable',
    title: 'a probe is answered with unavailable presence where the user blocks presence',
    breaks: ['rfc3921:5.1.3/blocked-probe-unanswered'],
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) => {
      const { trigger, account } = occasion;
      const listed = account !== undefined && account.privacy.lists.size > 0;
      return trigger === 'in:probe' && listed && emissions.length === 0 ? [absenceFor(occasion)] : emissions;
    }),
  },
  {
    id: 'privacy/blocked-told-of-last-presence',
    title: 'while no resource is available, a blocked subscriber is told the last unavailable presence',
    breaks: ['rfc3921:5.1.3/blocked-probe-unanswered'],
    specs: ['rfc3921'],
    deviate: () => ({
      absenceAnswer: 'last-unavailable',
      blocks: (denied, { purpose, account }) =>
        denied && !(purpose === 'probe-answer' && account.available().length === 0),
    }),
  },
  {
    id: 'privacy/active-list-not-asked',
    title: 'probes are answered for resources whose active list blocks presence',
    breaks: ['rfc3921:5.1.3/probe-answer-blocked-resource'],
    specs: ['rfc3921'],
    deviate: letThrough(
      ({ purpose, session }) => purpose === 'probe-answer' && session?.activeList !== undefined,
    ),
  },
  {
    id: 'privacy/one-active-list-hides-all',
    title: 'a probe is answered with unavailable presence while one resource blocks presence',
    breaks: ['rfc3921:5.1.3/probe-answer-of-other-resources', 'rfc3921:5.1.3/probe-blocked-by-one-resource'],
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) =>
      occasion.trigger === 'in:probe' && hasActiveList(occasion) ? [absenceFor(occasion)] : emissions,
    ),
  },
  {
    id: 'privacy/messages-not-stopped',
    title: 'privacy lists do not stop messages',
    breaks: ['rfc3921:11.1/privacy-lists-first', 'rfc3921:10.2/first-rule'],
    specs: ['rfc3921'],
    deviate: letThrough(({ direction, kind }) => direction === 'in' && kind === 'message'),
  },
  {
    id: 'privacy/iqs-not-stopped',
    title: 'privacy lists do not stop IQs',
    breaks: ['rfc3921:11.1/privacy-lists-first', 'rfc3921:10.2/first-rule'],
    specs: ['rfc3921'],
    deviate: letThrough(({ direction, kind }) => direction === 'in' && kind === 'iq'),
  },
  {
    id: 'privacy/idle-while-offline',
    title: 'the default list does not apply while no resource is available',
    breaks: ['rfc3921:10.2/default-list-while-offline', 'rfc3921:11.1/privacy-lists-first'],
    specs: ['rfc3921'],
    // The list would stop what was kept for later once more at the next log-in.
    deviate: letThrough(
      ({ direction, session, purpose }) =>
        direction === 'in' && (session === undefined || purpose === 'offline-message'),
    ),
  },
  {
    id: 'privacy/requests-not-stopped',
    title: 'privacy lists do not stop requests',
    breaks: ['rfc3921:10.2/first-rule-subscriptions', 'rfc3921:11.1/privacy-lists-first'],
    specs: ['rfc3921'],
    deviate: letThrough(({ direction, kind }) => direction === 'in' && kind === 'other'),
  },
  {
    id: 'privacy/stopped-requests-recorded',
    title: 'a request that a privacy list stops is not delivered, but waits for an answer',
    breaks: ['rfc3921:10.2/first-rule-subscriptions', 'rfc3921:11.1/privacy-lists-first'],
    specs: ['rfc3921'],
    deviate: letThrough(
      ({ direction, kind, purpose }) => direction === 'in' && kind === 'other' && purpose !== 'request',
    ),
  },
  {
    id: 'privacy/stopped-iq-unanswered',
    title: 'an IQ that a privacy list stops is not answered',
    breaks: ['rfc3921:10.14/iq-refused'],
    specs: ['rfc3921'],
    deviate: drop((emission, { account, session, stanza }) => {
      const listed = account !== undefined && account.privacy.lists.size > 0;
      const isOfOther = emission.purpose === 'reply' && stanza.name === 'iq' && session === undefined;
      return isOfOther && listed && resourceText(stanza.attrs.to ?? '') !== '';
    }),
  },
  {
    id: 'privacy/definition-unanswered',
    title: 'the definition of a list is not answered',
    breaks: ['rfc3921:10.7/addition-acknowledged'],
    specs: ['rfc3921'],
    deviate: unanswered('list'),
  },
  {
    id: 'privacy/activation-unanswered',
    title: 'the choice of an active list is not answered',
    breaks: ['rfc3921:10.4/applied-before-result'],
    specs: ['rfc3921'],
    deviate: unanswered('active'),
  },
  {
    id: 'privacy/default-unanswered',
    title: 'the choice of a default list is not answered',
    breaks: ['rfc3921:10.5/default-list-set'],
    specs: ['rfc3921'],
    deviate: unanswered('default'),
  },
];
