import { type Element, NS } from '../../wire/element.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import { errorReply, presence, stamp } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';
import { alter, drop, is, rewriteAll } from './gate.js';

type Test = (emission: Emission, occasion: Occasion) => boolean;

/** The resource that is probed; empty when the probe is to the bare JID. */
function probedResource({ stanza }: Occasion): string {
  return parseJid(stanza.attrs.to ?? '')?.resource ?? '';
}

/** Available presence in answer to a probe. */
const shows: Test = (emission, occasion) =>
  is('probe-answer')(emission, occasion) && emission.stanza.attrs.type === undefined;

/** An answer of one type. */
function answers(type: string): Test {
  return (emission, occasion) =>
    is('probe-answer')(emission, occasion) && emission.stanza.attrs.type === type;
}

/** The answer, where the probe is to a resource. */
function ofResource(test: Test): Test {
  return (emission, occasion) => probedResource(occasion) !== '' && test(emission, occasion);
}

/** The answer, where the probe is to the bare JID. */
function ofAccount(test: Test): Test {
  return (emission, occasion) => probedResource(occasion) === '' && test(emission, occasion);
}

/** The answer, where it goes to a subscriber. */
function toSubscriber(test: Test): Test {
  return (emission, occasion) => facetsOf(occasion.before ?? 'none').from && test(emission, occasion);
}

/** The answer, where it goes to someone without subscription. */
function toStranger(test: Test): Test {
  return (emission, occasion) => !facetsOf(occasion.before ?? 'none').from && test(emission, occasion);
}

function isAway({ account }: Occasion): boolean {
  return account !== undefined && account.available().length === 0;
}

/** What the user's other available resources have broadcast, too. */
function withOthers(test: Test): Deviate {
  return rewriteAll((emissions, occasion) => {
    const { account, stanza } = occasion;
    if (account === undefined || !emissions.some((emission) => test(emission, occasion))) return emissions;
    const others = account.available().filter(({ jid }) => jid !== stanza.attrs.to);
    return [
      ...emissions,
      ...others.flatMap(({ presence: last }): Emission[] =>
        last === undefined ? [] : [answerOf(stamp(last, { to: stanza.attrs.from }))],
      ),
    ];
  });
}

/** The complete presence of the resource in place of an answer. */
function completed(test: Test): Deviate {
  return alter(test, (answer, _emission, { account, stanza }) => {
    const last = account?.sessions.get(parseJid(stanza.attrs.to ?? '')?.resource ?? '')?.presence;
    return last === undefined ? answer : stamp(last, { to: stanza.attrs.from });
  });
}

function answerOf(stanza: Element): Emission {
  return { purpose: 'probe-answer', to: 'route', stanza };
}

/** Presence that the server should have forgotten, in answers: what `picks` chooses of what a resource sends. */
function remembered(picks: (occasion: Occasion) => boolean): Deviate {
  return (policy) => {
    const kept = new Map<string, Element>();
    return {
      emissions(emissions, occasion) {
        const { session, stanza } = occasion;
        if (session !== undefined && picks(occasion)) kept.set(session.jid, stanza);
        return policy.emissions(emissions, occasion).map((emission) => {
          const { from, to } = emission.stanza.attrs;
          const old = shows(emission, occasion) ? kept.get(from ?? '') : undefined;
          return old === undefined ? emission : { ...emission, stanza: stamp(old, { to }) };
        });
      },
    };
  };
}

function bare(stanza: Element): Element {
  return { ...stanza, children: [] };
}

const isByClient = ({ trigger, stanza }: Occasion): boolean =>
  trigger === 'forward' && stanza.attrs.type === 'probe';

/** Faults in the probes that the server sends for its users. */
const SENDING: readonly Fault[] = [
  {
    id: 'probe/none-sent',
    title: 'nobody is probed when a user becomes available',
    breaks: ['rfc3921:5.1.1/probes-sent', 'rfc6121:4.2.2/probe', 'rfc6121:4.3.1/probe'],
    deviate: drop(is('probe')),
  },
  {
    id: 'probe/mutual-not-probed',
    title: 'contacts of a mutual subscription are not probed',
    breaks: ['rfc3921:5.1.1/probes-sent', 'rfc6121:4.2.2/probe', 'rfc6121:4.3.1/probe'],
    deviate: drop(
      (emission, occasion) =>
        is('probe')(emission, occasion) &&
        occasion.account?.roster.get(emission.stanza.attrs.to ?? '')?.subscription === 'both',
    ),
  },
  {
    id: 'probe/sent-from-bare',
    title: 'probes come from the bare JID',
    breaks: ['rfc3921:5.1.1/probe-from-full-jid'],
    specs: ['rfc3921'],
    deviate: alter(is('probe'), (probe) => stamp(probe, { from: bareText(probe.attrs.from ?? '') })),
  },
  {
    id: 'probe/sent-from-full',
    title: 'probes come from the full JID',
    breaks: ['rfc6121:4.3/from-bare'],
    specs: ['rfc6121'],
    deviate: alter(is('probe'), (probe, _emission, { session }) => stamp(probe, { from: session?.jid })),
  },
  {
    id: 'probe/sent-to-full',
    title: 'probes go to a full JID of the contact',
    breaks: ['rfc6121:4.3/to-bare'],
    specs: ['rfc6121'],
    deviate: alter(is('probe'), (probe) => stamp(probe, { to: `${probe.attrs.to}/balcony` })),
  },
];

/** Faults in the answers that subscribers get. */
const TO_SUBSCRIBERS: readonly Fault[] = [
  {
    id: 'probe/unanswered',
    title: 'a probe to the bare JID is not answered, though resources are available',
    breaks: [
      'rfc3921:5.1.3/probe-answered-for-each-resource',
      'rfc3921:11.1/probe-answered',
      'rfc6121:4.3.2/available',
    ],
    deviate: drop(ofAccount(shows)),
  },
  {
    id: 'probe/answered-for-one-resource',
    title: 'a probe is answered with the presence of one resource only',
    breaks: ['rfc3921:5.1.3/probe-answered-for-each-resource', 'rfc6121:4.3.2/available'],
    deviate: rewriteAll((emissions, { trigger }) =>
      trigger === 'in:probe' ? emissions.slice(0, 1) : emissions,
    ),
  },
  {
    id: 'probe/answered-from-bare',
    title: 'the presence that answers a probe comes from the bare JID',
    breaks: ['rfc3921:5.1.3/probe-answered-for-each-resource', 'rfc6121:4.3.2/available'],
    deviate: alter(ofAccount(shows), (answer, _emission, { account }) =>
      stamp(answer, { from: account?.bare }),
    ),
  },
  {
    id: 'probe/answer-incomplete',
    title: 'the presence that answers a probe lacks show, status, priority and extended content',
    breaks: ['rfc3921:5.1.3/probe-answer-complete', 'rfc6121:4.3.2/available-complete'],
    deviate: alter(ofAccount(shows), bare),
  },
  {
    id: 'probe/answer-without-extension',
    title: 'the presence that answers a probe lacks extended content',
    breaks: ['rfc3921:5.1.3/probe-answer-complete', 'rfc6121:4.3.2/available-complete'],
    deviate: alter(ofAccount(shows), (answer) => ({
      ...answer,
      children: answer.children.filter((item) => typeof item === 'string' || item.ns === NS.client),
    })),
  },
  {
    id: 'probe/answer-outdated',
    title: 'a probe is answered with the initial presence, whatever was broadcast since',
    breaks: ['rfc3921:5.1.3/probe-answer-current', 'rfc6121:4.3.2/available-broadcast'],
    deviate: remembered(({ trigger }) => trigger === 'initial-presence'),
  },
  {
    id: 'probe/answer-directed',
    title: 'a probe is answered with the presence that the resource has directed to someone',
    breaks: ['rfc3921:5.1.3/probe-answer-not-directed', 'rfc6121:4.3.2/available-broadcast'],
    deviate: remembered(({ trigger, stanza }) => trigger === 'forward' && stanza.attrs.type === undefined),
  },
  {
    id: 'probe/directed-first',
    title: 'a subscriber who was sent directed presence is answered like a stranger who was',
    breaks: ['rfc6121:4.6.6/subscription-first'],
    specs: ['rfc6121'],
    deviate: alter(
      (emission, occasion) =>
        shows(emission, occasion) &&
        occasion.account?.available().some(({ directed }) => directed.has(occasion.contact)) === true,
      bare,
    ),
  },
  {
    id: 'probe/answer-without-id',
    title: 'the presence that answers a probe lacks the id with which it was sent',
    breaks: ['rfc6121:4.3.2.1/presence-id'],
    specs: ['rfc6121'],
    deviate: alter(ofAccount(shows), (answer) => stamp(answer, { id: undefined })),
  },
  {
    id: 'probe/to-resource-unanswered',
    title: "a subscriber's probe to a full JID is not answered",
    breaks: [
      'rfc3921:5.1.3/full-jid-probe-answered',
      'rfc3921:11.1/full-jid-matched-probe',
      'rfc6121:4.3.2/full-jid-available',
    ],
    deviate: drop(ofResource(shows)),
  },
  {
    id: 'probe/to-resource-incomplete',
    title: "a subscriber's probe to a full JID is answered with no more than that the resource is there",
    breaks: ['rfc3921:5.1.3/probe-answer-complete'],
    specs: ['rfc3921'],
    deviate: alter(ofResource(shows), bare),
  },
  {
    id: 'probe/to-resource-complete',
    title: "a subscriber's probe to a full JID is answered with all that the resource has sent",
    breaks: ['rfc6121:4.3.2/full-jid-mere-presence'],
    specs: ['rfc6121'],
    deviate: completed(toSubscriber(ofResource(shows))),
  },
  {
    id: 'probe/to-resource-with-others',
    title: "a subscriber's probe to a full JID is answered with the presence of other resources as well",
    breaks: ['rfc6121:4.3.2/full-jid-no-other-resource'],
    specs: ['rfc6121'],
    deviate: withOthers(toSubscriber(ofResource(shows))),
  },
  {
    id: 'probe/absent-resource-unavailable',
    title: 'a probe to a full JID that no available resource has is answered with unavailable presence',
    breaks: ['rfc3921:5.1.3/absent-resource-probe-answered', 'rfc3921:11.1/full-jid-unmatched-probe-ignored'],
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) => {
      const { trigger, stanza, before } = occasion;
      const silent = trigger === 'in:probe' && emissions.length === 0 && probedResource(occasion) !== '';
      if (!silent || !facetsOf(before ?? 'none').from) return emissions;
      const { from, to, id } = stanza.attrs;
      return [answerOf(presence({ from: to, to: from, id, type: 'unavailable' }))];
    }),
  },
];

/** Faults in the answers that subscribers get while the user is away. */
const WHILE_AWAY: readonly Fault[] = [
  {
    id: 'probe/absence-without-details',
    title:
      'a probe while the user is away is answered with unavailable presence that lacks what the user sent',
    breaks: ['rfc3921:5.1.3/probe-while-offline', 'rfc3921:11.1/offline-probe-ignored'],
    specs: ['rfc3921'],
    deviate: () => ({ absenceAnswer: 'bare-unavailable' }),
  },
  {
    id: 'probe/absence-not-told',
    title: 'a probe while the user is away is not answered',
    breaks: ['rfc6121:4.3.2/unavailable'],
    specs: ['rfc6121'],
    deviate: () => ({ absenceAnswer: 'silence' }),
  },
  {
    id: 'probe/absence-from-full',
    title: 'the answer while the user is away comes from the resource that left last',
    breaks: ['rfc6121:4.3.2/unavailable-from-bare'],
    specs: ['rfc6121'],
    deviate: alter(answers('unavailable'), (answer, _emission, { account }) =>
      stamp(answer, { from: account?.lastUnavailable?.attrs.from ?? answer.attrs.from }),
    ),
  },
  {
    id: 'probe/absence-in-part',
    title:
      'the answer while the user is away has the status of the last presence, but not its extended content',
    breaks: ['rfc6121:4.3.2/unavailable-without-details'],
    specs: ['rfc6121'],
    deviate: alter(answers('unavailable'), (answer, _emission, { account }) => ({
      ...answer,
      children: [
        ...answer.children,
        ...(account?.lastUnavailable?.children ?? []).filter(
          (item) => typeof item !== 'string' && item.name === 'status',
        ),
      ],
    })),
  },
  {
    id: 'probe/absence-without-time',
    title: 'the answer while the user is away does not say since when',
    breaks: ['rfc6121:4.3.2/unavailable-time'],
    specs: ['rfc6121'],
    deviate: alter(answers('unavailable'), bare),
  },
  {
    id: 'probe/absence-without-id',
    title: 'the answer while the user is away lacks the id of the probe',
    breaks: ['rfc6121:4.3.2.1/probe-id/unavailable'],
    specs: ['rfc6121'],
    deviate: alter(answers('unavailable'), (answer) => stamp(answer, { id: undefined })),
  },
];

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
      (answer) => bare(stamp(answer, { type: 'unavailable' })),
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
      (answer) => bare(stamp(answer, { type: 'unsubscribed' })),
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

/** Faults in what becomes of a probe that a client sends. */
const BY_CLIENTS: readonly Fault[] = [
  {
    id: 'probe/by-client-dropped',
    title: 'a probe that a client sends is dropped',
    breaks: ['rfc6121:4.3/client-probe-routed', 'rfc6121:4.3/client-probe-answered'],
    specs: ['rfc6121'],
    deviate: drop((emission, occasion) => isByClient(occasion) && is('forwarded')(emission, occasion)),
  },
  {
    id: 'probe/by-client-refused',
    title: 'a client that sends a probe gets an error',
    breaks: ['rfc6121:4.3/client-probe-no-stanza-error'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const { session, stanza } = occasion;
      if (session === undefined || !isByClient(occasion)) return emissions;
      return [
        ...emissions,
        { purpose: 'reply', to: session, stanza: errorReply(stanza, 'cancel', 'not-allowed') },
      ];
    }),
  },
  {
    id: 'probe/by-client-ends-stream',
    title: 'the stream of a client that sends a probe is closed',
    breaks: ['rfc6121:4.3/client-probe-no-stream-error'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      if (isByClient(occasion)) occasion.session?.outlet.fail('policy-violation');
      return emissions;
    }),
  },
  {
    id: 'probe/unroutable-without-id',
    title: 'the error that answers a probe to a domain out of reach lacks the id of the probe',
    breaks: ['rfc6121:4.3.2.1/probe-id/error'],
    specs: ['rfc6121'],
    deviate: alter(
      (emission, occasion) =>
        is('reply', 'undeliverable')(emission, occasion) && occasion.stanza.attrs.type === 'probe',
      (error) => stamp(error, { id: undefined }),
    ),
  },
];

/** Faults in presence probes and their answers (RFC 3921 5.1.1, 5.1.3 and 11.1; RFC 6121 4.3 and 4.6.6). */
export const PROBE_FAULTS: readonly Fault[] = [
  ...SENDING,
  ...TO_SUBSCRIBERS,
  ...WHILE_AWAY,
  ...TO_STRANGERS,
  ...TO_RECIPIENTS,
  ...BY_CLIENTS,
];
