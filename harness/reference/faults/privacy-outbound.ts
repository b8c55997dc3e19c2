import { elements } from '../../wire/element.js';
import { subscribed } from '../contacts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import type { Granule, Rule, Subject } from '../privacy.js';
import type { Passage } from '../privacy-gate.js';
import { errorReply, presence } from '../stanza.js';
import { isSubscriptionType } from '../subscriptions.js';
import { drop, is, rewriteAll, rewriteEach } from './gate.js';
import { letThrough } from './privacy.js';

/** Picks stanzas on their way out. */
type Test = (passage: Passage) => boolean;

const isMessage: Test = ({ stanza }) => stanza.name === 'message';
const isChat: Test = ({ stanza }) => stanza.name === 'message' && stanza.attrs.type === 'chat';
const isIq: Test = ({ stanza }) => stanza.name === 'iq';
const isDirected: Test = ({ kind, purpose }) => kind === 'presence-out' && purpose === 'forwarded';
const isNotification: Test = ({ kind, purpose }) => kind === 'presence-out' && purpose !== 'forwarded';
const isProbe: Test = ({ purpose }) => purpose === 'probe';
const isSubscription: Test = ({ stanza }) => isSubscriptionType(stanza.attrs.type);

function rulesOf({ account, session }: Passage): readonly Rule[] {
  return account.privacy.inForce(session?.activeList);
}

/** What the test picks leaves, though a list stops it. */
function leaves(test: Test): Deviate {
  return letThrough((passage) => passage.direction === 'out' && test(passage));
}

/** What the test picks leaves, though a rule of which this holds stops it. */
function leavesUnder(ruled: (subject: Subject, passage: Passage) => boolean, test: Test): Deviate {
  return leaves(
    (passage) => test(passage) && rulesOf(passage).some(({ subject }) => ruled(subject, passage)),
  );
}

/** A rule limited to the granule stops what the test picks as well. */
function alsoStops(granule: Granule, test: Test, direction: Passage['direction'] = 'out'): Deviate {
  return () => ({
    blocks: (denied, passage) =>
      denied ||
      (passage.direction === direction &&
        test(passage) &&
        rulesOf(passage).some(({ granules, action }) => action === 'deny' && granules.includes(granule))),
  });
}

const ofType =
  (type: Subject['type']) =>
  (subject: Subject): boolean =>
    subject.type === type;

/** Whether a list has stopped what the user sends. */
function isRefusal(emission: Emission, occasion: Occasion): boolean {
  const [error] = elements(emission.stanza).filter(({ name }) => name === 'error');
  const isStopped = error !== undefined && elements(error).some(({ name }) => name === 'not-acceptable');
  return is('reply', 'refused')(emission, occasion) && isStopped;
}

/** The user does not hear that a list has stopped what the test picks. */
function untold(test: (occasion: Occasion) => boolean): Deviate {
  return drop((emission, occasion) => isRefusal(emission, occasion) && test(occasion));
}

/** The name of the change that a privacy query asks for: active, default or list. */
function changeOf({ stanza }: Occasion): string | undefined {
  return elements(stanza).flatMap(elements)[0]?.name;
}

/** Unavailable presence that follows a new block is lost where the test says so. */
function absenceLost(test: (emission: Emission, occasion: Occasion) => boolean): Deviate {
  return drop((emission, occasion) => emission.purpose === 'severed-presence' && test(emission, occasion));
}

/** Whether the change puts a rule of that granule in force for the resource that asks. */
function brings(granule: Granule, { trigger, session, account }: Occasion): boolean {
  const rules = account?.privacy.inForce(session?.activeList) ?? [];
  return trigger === 'privacy-set' && rules.some(({ granules }) => granules.includes(granule));
}

/** Sends unavailable presence besides, in answer to a privacy query. */
function absencesBesides(besides: (occasion: Occasion) => readonly Emission[]): Deviate {
  return rewriteAll((emissions, occasion) =>
    occasion.trigger === 'privacy-set' ? [...emissions, ...besides(occasion)] : emissions,
  );
}

function goodbye(from: string, to: string): Emission {
  return { purpose: 'severed-presence', to: 'route', stanza: presence({ from, to, type: 'unavailable' }) };
}

/** Answers a subscription stanza that a list has stopped. */
function answersStopped(answer: (occasion: Occasion) => Emission['stanza'] | undefined): Deviate {
  return rewriteAll((emissions, occasion) => {
    const { trigger, stanza, account } = occasion;
    const isStopped = trigger === 'in:presence' && isSubscriptionType(stanza.attrs.type);
    if (!isStopped || account === undefined || emissions.length > 0) return emissions;
    const reply = answer(occasion);
    return reply === undefined ? emissions : [{ purpose: 'reply', to: 'route', stanza: reply }];
  });
}

const SPECS = ['rfc3921'] as const;

/** What outbound presence is stopped by, and what all that the user sends is stopped by, in the words of 10.11 and 10.13. */
const BY = [
  { type: 'jid', by: 'by-jid', words: 'JIDs' },
  { type: 'group', by: 'by-group', words: 'groups' },
  { type: 'subscription', by: 'by-subscription', words: 'subscriptions' },
  { type: 'everyone', by: 'globally', words: 'everyone' },
] as const;

const MATCHING: readonly Fault[] = BY.flatMap(({ type, by, words }): Fault[] => [
  {
    id: `privacy-outbound/presence-leaves-${by}`,
    title: `presence is broadcast though rules about ${words} stop it`,
    breaks: [`rfc3921:10.11/${by}`],
    specs: SPECS,
    deviate: leavesUnder(ofType(type), isNotification),
  },
  {
    id: `privacy-outbound/messages-leave-${by}`,
    title: `messages are sent though rules about ${words} stop them`,
    breaks: [`rfc3921:10.13/${by}`],
    specs: SPECS,
    deviate: leavesUnder(ofType(type), isMessage),
  },
  {
    id: `privacy-outbound/requests-leave-${by}`,
    title: `subscription stanzas are sent though rules about ${words} stop them`,
    breaks: [`rfc3921:10.13/${by}`],
    specs: SPECS,
    deviate: leavesUnder(
      ofType(type),
      (passage) => isSubscription(passage) || passage.purpose === 'cancellation',
    ),
  },
]);

/** Faults in what privacy lists stop of that which leaves the user. */
export const PRIVACY_OUTBOUND_FAULTS: readonly Fault[] = [
  ...MATCHING,
  {
    id: 'privacy-outbound/unavailable-leaves',
    title: 'a list does not stop unavailable presence to subscribers',
    breaks: ['rfc3921:10.11/by-jid', 'rfc3921:10.1/granular-presence-out'],
    specs: SPECS,
    deviate: leaves((passage) => isNotification(passage) && passage.stanza.attrs.type === 'unavailable'),
  },
  {
    id: 'privacy-outbound/changes-leave',
    title: 'a list does not stop available presence to subscribers that says more than that',
    breaks: ['rfc3921:10.11/by-jid', 'rfc3921:10.1/granular-presence-out'],
    specs: SPECS,
    deviate: leaves((passage) => isNotification(passage) && passage.stanza.children.length > 0),
  },
  {
    id: 'privacy-outbound/shared-after-approval',
    title: 'who is approved is sent presence that a list stops',
    breaks: ['rfc3921:10.11/by-jid'],
    specs: SPECS,
    deviate: leaves(({ purpose }) => purpose === 'shared-presence'),
  },
  {
    id: 'privacy-outbound/messages-leave',
    title: 'a list does not stop messages of the user',
    breaks: ['xep0016:2.14/outbound-not-routed'],
    specs: SPECS,
    deviate: leaves(isMessage),
  },
  {
    id: 'privacy-outbound/iqs-leave',
    title: 'a list does not stop IQs of the user',
    breaks: ['rfc3921:10.13/by-jid', 'xep0016:2.14/outbound-not-routed'],
    specs: SPECS,
    deviate: leaves(isIq),
  },
  {
    id: 'privacy-outbound/iq-answers-leave',
    title: 'a list does not stop results and errors of the user',
    breaks: ['rfc3921:10.13/by-jid', 'xep0016:2.14/outbound-not-routed'],
    specs: SPECS,
    deviate: leaves(
      (passage) => isIq(passage) && ['result', 'error'].includes(passage.stanza.attrs.type ?? ''),
    ),
  },
  {
    id: 'privacy-outbound/directed-leaves',
    title: 'a list does not stop presence that the user addresses to someone',
    breaks: ['rfc3921:10.13/by-jid', 'xep0016:2.14/outbound-not-routed'],
    specs: SPECS,
    deviate: leaves(isDirected),
  },
  {
    id: 'privacy-outbound/local-users-reached',
    title: 'a list does not stop what the user sends to others on the same server',
    breaks: ['rfc3921:10.13/by-jid', 'xep0016:2.14/outbound-not-routed'],
    specs: SPECS,
    deviate: leaves(({ account, stanza }) => parseJid(stanza.attrs.to ?? '')?.domain === account.domain),
  },
  {
    id: 'privacy-outbound/stopped-change-recorded',
    title: 'a subscription stanza that a list stops on its way out changes the state and is pushed',
    breaks: ['rfc3921:10.2/first-rule-subscriptions'],
    specs: SPECS,
    deviate: leaves((passage) => isSubscription(passage) && passage.purpose === 'forwarded'),
  },
  {
    id: 'privacy-outbound/cancellations-leave',
    title: 'a list does not stop what the removal of an item sends to the contact',
    breaks: ['rfc3921:10.13/by-jid', 'rfc3921:10.13/globally'],
    specs: SPECS,
    deviate: leaves(({ purpose }) => purpose === 'cancellation'),
  },
  {
    id: 'privacy-outbound/resources-reached',
    title: 'a rule about a bare JID does not stop what the user sends to a resource',
    breaks: ['rfc3921:10.1/jid-bare'],
    specs: SPECS,
    deviate: leavesUnder(
      (subject, { stanza }) =>
        subject.type === 'jid' &&
        subject.jid.local !== '' &&
        subject.jid.resource === '' &&
        parseJid(stanza.attrs.to ?? '')?.resource !== '',
      () => true,
    ),
  },
  {
    id: 'privacy-outbound/other-resources-cut-off',
    title: 'a rule about a full JID stops also what the user sends to another resource of the contact',
    breaks: ['rfc3921:10.1/jid-full'],
    specs: SPECS,
    deviate: () => ({
      blocks: (denied, passage) =>
        denied ||
        (passage.direction === 'out' &&
          rulesOf(passage).some(
            ({ subject, granules }) =>
              granules.length === 0 &&
              subject.type === 'jid' &&
              subject.jid.resource !== '' &&
              `${subject.jid.local}@${subject.jid.domain}` === bareText(passage.stanza.attrs.to ?? '') &&
              parseJid(passage.stanza.attrs.to ?? '')?.resource !== '',
          )),
    }),
  },
  {
    id: 'privacy-outbound/domain-reached',
    title: 'a rule about a domain does not stop what the user sends to those who live there',
    breaks: ['rfc3921:10.1/jid-domain'],
    specs: SPECS,
    deviate: leavesUnder(
      (subject) => subject.type === 'jid' && subject.jid.local === '',
      () => true,
    ),
  },
  {
    id: 'privacy-outbound/strangers-reached',
    title: 'a rule about the subscription none does not stop what the user sends to strangers',
    breaks: ['rfc3921:10.1/subscription-none-of-strangers'],
    specs: SPECS,
    deviate: leavesUnder(
      (subject, { account, stanza }) =>
        subject.type === 'subscription' && !account.roster.has(bareText(stanza.attrs.to ?? '')),
      () => true,
    ),
  },
  {
    id: 'privacy-outbound/everyone-reached',
    title: 'a rule about everyone does not stop what the user sends',
    breaks: ['rfc3921:10.1/fall-through'],
    specs: SPECS,
    deviate: leavesUnder(ofType('everyone'), () => true),
  },
  {
    id: 'privacy-outbound/unmatched-chats-stopped',
    title: 'any list in force stops all chat messages of the user',
    breaks: ['rfc3921:10.2/allowed-without-match', 'rfc3921:10.2/first-match-decides'],
    specs: SPECS,
    deviate: () => ({
      blocks: (denied, passage) => denied || (passage.direction === 'out' && isChat(passage)),
    }),
  },
  {
    id: 'privacy-outbound/message-rule-stops-own',
    title: 'a rule about messages stops chat messages of the user, too',
    breaks: ['rfc3921:10.1/granular-message'],
    specs: SPECS,
    deviate: alsoStops('message', isChat),
  },
  {
    id: 'privacy-outbound/message-rule-stops-presence',
    title: 'a rule about messages stops presence of the user, too',
    breaks: ['rfc3921:10.1/granular-message'],
    specs: SPECS,
    deviate: alsoStops('message', ({ kind }) => kind === 'presence-out'),
  },
  {
    id: 'privacy-outbound/message-rule-stops-requests',
    title: 'a rule about messages stops subscription stanzas of the user, too',
    breaks: ['rfc3921:10.1/granular-message'],
    specs: SPECS,
    deviate: alsoStops('message', isSubscription),
  },
  {
    id: 'privacy-outbound/iq-rule-stops-own',
    title: 'a rule about IQs stops IQs of the user, too',
    breaks: ['rfc3921:10.1/granular-iq'],
    specs: SPECS,
    deviate: alsoStops('iq', isIq),
  },
  {
    id: 'privacy-outbound/iq-rule-stops-presence',
    title: 'a rule about IQs stops presence of the user, too',
    breaks: ['rfc3921:10.1/granular-iq'],
    specs: SPECS,
    deviate: alsoStops('iq', ({ kind }) => kind === 'presence-out'),
  },
  {
    id: 'privacy-outbound/presence-in-stops-own',
    title: 'a rule about inbound presence stops presence of the user, too',
    breaks: ['rfc3921:10.1/granular-presence-in'],
    specs: SPECS,
    deviate: alsoStops('presence-in', ({ kind }) => kind === 'presence-out'),
  },
  {
    id: 'privacy-outbound/presence-in-stops-requests',
    title: 'a rule about inbound presence stops subscription stanzas of the user, too',
    breaks: ['rfc3921:10.1/granular-presence-in'],
    specs: SPECS,
    deviate: alsoStops('presence-in', isSubscription),
  },
  {
    id: 'privacy-outbound/presence-in-stops-probes',
    title: 'a rule about inbound presence leaves probes unanswered',
    breaks: ['rfc3921:10.1/granular-presence-in'],
    specs: SPECS,
    deviate: alsoStops('presence-in', ({ stanza }) => stanza.attrs.type === 'probe', 'in'),
  },
  {
    id: 'privacy-outbound/presence-out-stops-probes',
    title: 'a rule about outbound presence keeps a contact from being probed',
    breaks: ['rfc3921:10.1/granular-presence-out'],
    specs: SPECS,
    deviate: alsoStops('presence-out', isProbe),
  },
  {
    id: 'privacy-outbound/presence-out-stops-messages',
    title: 'a rule about outbound presence stops chat messages of the user, too',
    breaks: ['rfc3921:10.1/granular-presence-out'],
    specs: SPECS,
    deviate: alsoStops('presence-out', isChat),
  },
  {
    id: 'privacy-outbound/presence-out-stops-requests',
    title: 'a rule about outbound presence stops subscription stanzas of the user, too',
    breaks: ['rfc3921:10.11/subscriptions-pass'],
    specs: SPECS,
    deviate: alsoStops('presence-out', isSubscription),
  },
  {
    id: 'privacy-outbound/presence-out-stops-cancellations',
    title: 'a rule about outbound presence stops what the removal of an item sends to the contact',
    breaks: ['rfc3921:10.11/subscriptions-pass'],
    specs: SPECS,
    deviate: alsoStops('presence-out', ({ purpose }) => purpose === 'cancellation'),
  },
  {
    id: 'privacy-outbound/presence-out-deafens',
    title: 'a rule about outbound presence stops subscription stanzas of contacts, too',
    breaks: ['rfc3921:10.1/granular-presence-out'],
    specs: SPECS,
    deviate: alsoStops('presence-out', isSubscription, 'in'),
  },
  {
    id: 'privacy-outbound/presence-out-silences-replies',
    title: 'a rule about outbound presence keeps the server from answering a request on behalf of the user',
    breaks: ['rfc3921:9.3/subscribe-auto-reply'],
    specs: SPECS,
    deviate: alsoStops('presence-out', ({ purpose }) => purpose === 'auto-reply'),
  },
  ...(['message', 'iq', 'presence'] as const).map(
    (name): Fault => ({
      id: `privacy-outbound/stopped-${name}-untold`,
      title: `the user does not hear that a list has stopped a stanza: ${name}`,
      breaks: ['xep0016:2.14/outbound-refused'],
      specs: SPECS,
      deviate: untold(({ stanza }) => stanza.name === name && !isSubscriptionType(stanza.attrs.type)),
    }),
  ),
  {
    id: 'privacy-outbound/stopped-request-untold',
    title: 'the user does not hear that a list has stopped a subscription stanza',
    breaks: ['xep0016:2.14/outbound-refused'],
    specs: SPECS,
    deviate: untold(({ stanza }) => isSubscriptionType(stanza.attrs.type)),
  },
  {
    id: 'privacy-outbound/stopped-called-unavailable',
    title: 'the user hears service-unavailable where a list has stopped a stanza',
    breaks: ['xep0016:2.14/outbound-refused'],
    specs: SPECS,
    deviate: rewriteEach((emission, occasion) =>
      isRefusal(emission, occasion)
        ? { ...emission, stanza: errorReply(occasion.stanza, 'cancel', 'service-unavailable') }
        : emission,
    ),
  },
  {
    id: 'privacy-outbound/absence-untold',
    title: 'contacts are not told when a new block hides the user',
    breaks: ['xep0016:2.11/absence-told'],
    specs: SPECS,
    deviate: absenceLost(({ to }) => to === 'route'),
  },
  ...(['active', 'default', 'list'] as const).map(
    (name): Fault => ({
      id: `privacy-outbound/absence-untold-by-${name}`,
      title: `contacts are not told when a new block hides the user that comes by a query with ${name}`,
      breaks: ['xep0016:2.11/absence-told'],
      specs: SPECS,
      deviate: absenceLost(({ to }, occasion) => to === 'route' && changeOf(occasion) === name),
    }),
  ),
  {
    id: 'privacy-outbound/absence-told-to-all',
    title: 'a new block sends unavailable presence also to contacts who are not subscribed',
    breaks: ['xep0016:2.11/absence-told-to-subscribers'],
    specs: SPECS,
    deviate: absencesBesides(({ account, session }) => {
      const others = [...(account?.roster.keys() ?? [])];
      const seeing = account === undefined ? [] : subscribed(account, 'from');
      return session === undefined
        ? []
        : others.filter((jid) => !seeing.includes(jid)).map((jid) => goodbye(session.jid, jid));
    }),
  },
  {
    id: 'privacy-outbound/absence-told-of-all-resources',
    title: 'an active list sends unavailable presence of all resources of the user',
    breaks: ['rfc3921:10.2/active-list-of-session'],
    specs: SPECS,
    deviate: rewriteEach((emission, { account, session, ...occasion }) => {
      if (emission.purpose !== 'severed-presence' || emission.to !== 'route') return emission;
      if (occasion.trigger !== 'privacy-set' || session?.activeList === undefined) return emission;
      const { to = '' } = emission.stanza.attrs;
      return (account?.available() ?? []).map(({ jid }) => goodbye(jid, to));
    }),
  },
  {
    id: 'privacy-outbound/absence-told-under-presence-in',
    title: 'a block of inbound presence sends unavailable presence to subscribers',
    breaks: ['rfc3921:10.1/granular-presence-in'],
    specs: SPECS,
    deviate: absencesBesides((occasion) => {
      const { account, session } = occasion;
      if (account === undefined || session === undefined || !brings('presence-in', occasion)) return [];
      return subscribed(account, 'from').map((jid) => goodbye(session.jid, jid));
    }),
  },
  {
    id: 'privacy-outbound/absence-not-shown',
    title: 'the user is not shown that a new block hides a contact',
    breaks: ['xep0016:2.10/absence-shown'],
    specs: SPECS,
    deviate: absenceLost(({ to }) => to !== 'route'),
  },
  {
    id: 'privacy-outbound/absence-shown-to-all-resources',
    title: 'an active list shows contacts as unavailable to all resources of the user',
    breaks: ['rfc3921:10.2/active-list-of-session'],
    specs: SPECS,
    deviate: rewriteEach((emission) => {
      const { to } = emission;
      if (emission.purpose !== 'severed-presence' || to === 'route' || to.activeList === undefined) {
        return emission;
      }
      return to.account.available().map((session) => ({ ...emission, to: session }));
    }),
  },
  {
    id: 'privacy-outbound/absence-shown-under-presence-out',
    title: 'a block of outbound presence shows contacts as unavailable',
    breaks: ['rfc3921:10.1/granular-presence-out'],
    specs: SPECS,
    deviate: absencesBesides((occasion) => {
      const { account, session } = occasion;
      if (account === undefined || session === undefined || !brings('presence-out', occasion)) return [];
      return [...account.seen.keys()].map((from) => ({
        purpose: 'severed-presence',
        to: session,
        stanza: presence({ from, to: session.jid, type: 'unavailable' }),
      }));
    }),
  },
  {
    id: 'privacy-outbound/stopped-request-answered',
    title: 'a request that a list stops is answered with subscribed where the contact is subscribed already',
    breaks: ['rfc3921:10.14/presence-dropped', 'xep0016:2.14/presence-no-response'],
    specs: SPECS,
    deviate: answersStopped(({ account, contact, stanza }) =>
      account !== undefined &&
      stanza.attrs.type === 'subscribe' &&
      subscribed(account, 'from').includes(contact)
        ? presence({ from: account.bare, to: contact, type: 'subscribed' })
        : undefined,
    ),
  },
  {
    id: 'privacy-outbound/stopped-subscription-refused',
    title: 'a subscription stanza that a list stops is answered with an error',
    breaks: ['rfc3921:10.14/presence-no-error'],
    specs: SPECS,
    deviate: answersStopped(({ stanza }) => errorReply(stanza, 'cancel', 'service-unavailable')),
  },
  {
    id: 'privacy-outbound/roster-pushes-stopped',
    title: 'no roster pushes reach a resource for which a list is in force that stops everything',
    breaks: ['rfc3921:8.6/remove-push', 'rfc3921:7.5/push'],
    specs: SPECS,
    deviate: drop(({ purpose, to }) => {
      if (purpose !== 'push' || to === 'route') return false;
      const rules = to.account.privacy.inForce(to.activeList);
      return rules.some(({ granules, action }) => action === 'deny' && granules.length === 0);
    }),
  },
];
