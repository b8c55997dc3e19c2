import { type Element, NS } from '../../wire/element.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Occasion } from '../emission.js';
import { emptied, presence, stamp, without } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';
import { alter, drop, remembering, rewriteAll } from './gate.js';
import {
  answerOf,
  answers,
  completed,
  ofAccount,
  ofResource,
  probedResource,
  shows,
  toSubscriber,
  withOthers,
} from './probe-answers.js';

/** Presence that the server should have forgotten, in answers: what `picks` chooses of what a resource sends. */
function remembered(picks: (occasion: Occasion) => boolean): Deviate {
  return remembering(
    () => new Map<string, Element>(),
    (emissions, occasion, kept) => {
      const { session, stanza } = occasion;
      if (session !== undefined && picks(occasion)) kept.set(session.jid, stanza);
      return emissions.map((emission) => {
        const { from, to } = emission.stanza.attrs;
        const old = shows(emission, occasion) ? kept.get(from ?? '') : undefined;
        return old === undefined ? emission : { ...emission, stanza: stamp(old, { to }) };
      });
    },
  );
}

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
    deviate: alter(ofAccount(shows), emptied),
  },
  {
    id: 'probe/answer-without-extension',
    title: 'the presence that answers a probe lacks extended content',
    breaks: ['rfc3921:5.1.3/probe-answer-complete', 'rfc6121:4.3.2/available-complete'],
    deviate: alter(ofAccount(shows), (answer) => without(answer, ({ ns }) => ns !== NS.client)),
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
      emptied,
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
    deviate: alter(ofResource(shows), emptied),
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
    deviate: alter(answers('unavailable'), emptied),
  },
  {
    id: 'probe/absence-without-id',
    title: 'the answer while the user is away lacks the id of the probe',
    breaks: ['rfc6121:4.3.2.1/probe-id/unavailable'],
    specs: ['rfc6121'],
    deviate: alter(answers('unavailable'), (answer) => stamp(answer, { id: undefined })),
  },
];

/** Faults in what subscribers learn by a probe (RFC 3921 5.1.3 and 11.1; RFC 6121 4.3.2). */
export const SUBSCRIBER_PROBE_FAULTS: readonly Fault[] = [...TO_SUBSCRIBERS, ...WHILE_AWAY];
