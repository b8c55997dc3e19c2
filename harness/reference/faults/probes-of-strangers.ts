import type { Fault } from '../deviations.js';
import { parseJid } from '../jid.js';
import { emptied, errorReply, stamp } from '../stanza.js';
import { alter, drop, is, isAway, rewriteAll } from './gate.js';
import {
  answerOf,
  answers,
  completed,
  ofAccount,
  ofResource,
  probedResource,
  shows,
  toStranger,
  withOthers,
} from './probe-answers.js';

/** Faults in the answers to those who are not subscribed, and for those who are not there. */
const TO_STRANGERS: readonly Fault[] = [
  {
    id: 'probe/stranger-unanswered',
    title: 'a probe to the bare JID from someone who is not subscribed is not answered',
    breaks: ['rfc6121:4.3.2/unauthorized-probe-refused'],
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) =>
        occasion.account !== undefined && ofAccount(answers('unsubscribed'))(emission, occasion),
    ),
  },
  {
    id: 'probe/stranger-shown-unavailable',
    title:
      'a probe from someone who is not subscribed is answered with unavailable presence, though resources are available',
    breaks: [
      'rfc3921:5.1.3/probe-from-stranger-forbidden',
      'rfc3921:5.1.3/probe-while-pending-not-authorized',
      'rfc3921:5.1.3/probe-answered-as-listed',
      'rfc6121:4.3.2/unauthorized-probe-refused',
    ],
    deviate: alter(
      (emission, occasion) =>
        ofAccount(toStranger(is('probe-answer')))(emission, occasion) &&
        occasion.account !== undefined &&
        !isAway(occasion),
      (answer) => emptied(stamp(answer, { type: 'unavailable' })),
    ),
  },
  {
    id: 'probe/local-stranger-shown',
    title: 'whoever has an account on the server learns by a probe who is available',
    breaks: [
      'rfc3921:5.1.3/probe-from-stranger-forbidden',
      'rfc3921:5.1.3/probe-while-pending-not-authorized',
      'rfc6121:4.3.2/unauthorized-probe-refused',
    ],
    deviate: rewriteAll((emissions, occasion) => {
      const { trigger, account, contact, stanza } = occasion;
      const local = parseJid(contact)?.domain === account?.domain;
      if (trigger !== 'in:probe' || account === undefined || !local) return emissions;
      return account
        .available()
        .flatMap(({ presence: last }) =>
          last === undefined ? [] : [answerOf(stamp(last, { to: stanza.attrs.from }))],
        );
    }),
  },
  {
    id: 'probe/refused-from-full',
    title: 'the unsubscribed that answers a probe comes from a full JID',
    breaks: ['rfc6121:4.3.2/refused-from-bare'],
    specs: ['rfc6121'],
    deviate: alter(answers('unsubscribed'), (answer) =>
      stamp(answer, { from: `${answer.attrs.from}/orchard` }),
    ),
  },
  {
    id: 'probe/refused-without-id',
    title: 'the unsubscribed that answers a probe lacks its id',
    breaks: ['rfc6121:4.3.2.1/probe-id/refused'],
    specs: ['rfc6121'],
    deviate: alter(answers('unsubscribed'), (answer) => stamp(answer, { id: undefined })),
  },
  {
    id: 'probe/refusal-takes-back-pre-approval',
    title: 'the unsubscribed that answers a probe takes back a pre-approval',
    breaks: ['rfc6121:4.3.2/pre-approval-kept'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const { account, contact } = occasion;
      const item = account?.roster.get(contact);
      if (item !== undefined && emissions.some((emission) => answers('unsubscribed')(emission, occasion))) {
        account?.roster.set(contact, { ...item, approved: false });
      }
      return emissions;
    }),
  },
  {
    id: 'probe/away-stranger-told-otherwise',
    title: 'a probe from a stranger while the user is away is answered with item-not-found',
    breaks: [
      'rfc3921:5.1.3/offline-probe-from-stranger-forbidden',
      'rfc3921:11.1/offline-probe-from-stranger-ignored',
    ],
    specs: ['rfc3921'],
    deviate: alter(
      (emission, occasion) => isAway(occasion) && answers('error')(emission, occasion),
      (_answer, _emission, { stanza }) => errorReply(stanza, 'cancel', 'item-not-found'),
    ),
  },
  {
    id: 'probe/away-while-pending-forbidden',
    title:
      'a probe from someone whose request waits is answered like that of a stranger while the user is away',
    breaks: [
      'rfc3921:5.1.3/offline-probe-while-pending-not-authorized',
      'rfc3921:11.1/offline-probe-while-pending-ignored',
    ],
    specs: ['rfc3921'],
    deviate: alter(
      (emission, occasion) => isAway(occasion) && answers('error')(emission, occasion),
      (_answer, _emission, { stanza }) => errorReply(stanza, 'auth', 'forbidden'),
    ),
  },
  {
    id: 'probe/to-resource-of-stranger-unanswered',
    title: 'a probe to a full JID from someone who is not subscribed is neither answered nor delivered',
    breaks: [
      'rfc3921:5.1.3/full-jid-probe-refused',
      'rfc3921:11.1/full-jid-matched-probe-from-stranger',
      'rfc6121:4.3.2/full-jid-refused',
    ],
    deviate: drop(
      (emission, occasion) =>
        occasion.account !== undefined && ofResource(toStranger(is('probe-answer')))(emission, occasion),
    ),
  },
  {
    id: 'probe/absent-resource-of-stranger-unsubscribed',
    title:
      'a probe to a full JID that no available resource has, from someone who is not subscribed, is answered with unsubscribed',
    breaks: [
      'rfc3921:5.1.3/absent-resource-probe-refused',
      'rfc3921:11.1/full-jid-unmatched-probe-from-stranger-ignored',
    ],
    specs: ['rfc3921'],
    deviate: alter(
      (emission, occasion) =>
        ofResource(answers('error'))(emission, occasion) &&
        occasion.account?.sessions.get(probedResource(occasion))?.available !== true,
      (answer) => emptied(stamp(answer, { type: 'unsubscribed' })),
    ),
  },
  {
    id: 'probe/to-nobody-refused-otherwise',
    title: 'a probe to an account that does not exist is answered with an error',
    breaks: [
      'rfc3921:11.1/no-account-probe-ignored',
      'rfc6121:4.3.2/no-account',
      'rfc6121:8.5.1/probe-ignored-or-refused',
    ],
    deviate: rewriteAll((emissions, occasion) =>
      occasion.trigger === 'in:probe' && occasion.account === undefined
        ? [answerOf(errorReply(occasion.stanza, 'cancel', 'item-not-found'))]
        : emissions,
    ),
  },
  {
    id: 'probe/to-nobody-ignored',
    title: 'a probe to an account that does not exist is not answered',
    breaks: ['rfc6121:4.3.2/no-account'],
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) => occasion.account === undefined && is('probe-answer')(emission, occasion),
    ),
  },
];

/** Faults in the answers to those who were sent directed presence. */
const TO_RECIPIENTS: readonly Fault[] = [
  {
    id: 'probe/recipient-refused',
    title: 'a probe from a stranger who was sent directed presence is refused',
    breaks: ['rfc6121:4.6.6/recipient-answered'],
    specs: ['rfc6121'],
    deviate: alter(toStranger(shows), (answer, _emission, { account }) =>
      stamp(answer, { from: account?.bare, type: 'unsubscribed' }),
    ),
  },
  {
    id: 'probe/recipient-shown-details',
    title:
      'a probe from a stranger who was sent directed presence is answered with all that the resource has broadcast',
    breaks: ['rfc6121:4.6.6/recipient-mere-presence'],
    specs: ['rfc6121'],
    deviate: completed(toStranger(shows)),
  },
  {
    id: 'probe/recipient-shown-others',
    title: 'a probe from a stranger who was sent directed presence is answered with other resources as well',
    breaks: ['rfc6121:4.6.6/recipient-that-resource-only'],
    specs: ['rfc6121'],
    deviate: withOthers(toStranger(shows)),
  },
];

/** Faults in what those who are not subscribed learn by a probe (RFC 3921 5.1.3 and 11.1; RFC 6121 4.3.2 and 4.6.6). */
export const STRANGER_PROBE_FAULTS: readonly Fault[] = [...TO_STRANGERS, ...TO_RECIPIENTS];
