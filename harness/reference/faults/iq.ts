import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { isRequest } from '../iq.js';
import { parseJid, resourceText } from '../jid.js';
import type { Session } from '../session.js';
import { errorReply } from '../stanza.js';
import { alter, drop, is, refused, rewriteAll } from './gate.js';

/** A request of somebody else's resource; queries of bare JIDs stay untouched, or no fence could be passed. */
function isForeignRequest({ trigger, stanza, session }: Occasion): boolean {
  return (
    trigger === 'in:iq' &&
    session === undefined &&
    isRequest(stanza) &&
    resourceText(stanza.attrs.from ?? '') !== ''
  );
}

function isReplyToBare({ purpose }: Emission, occasion: Occasion): boolean {
  const { account, stanza } = occasion;
  const toBare = account !== undefined && resourceText(stanza.attrs.to ?? '') === '';
  return purpose === 'reply' && isForeignRequest(occasion) && toBare;
}

/** The connected resource that a request of somebody else is for. */
function addressee(occasion: Occasion): Session | undefined {
  return isForeignRequest(occasion)
    ? occasion.account?.sessions.get(resourceText(occasion.stanza.attrs.to ?? ''))
    : undefined;
}

/** Whether a request is for an account or a resource that is not there. */
function isForNobody(occasion: Occasion): boolean {
  const to = parseJid(occasion.stanza.attrs.to ?? '');
  if (!isForeignRequest(occasion) || to === undefined || to.local === '') return false;
  return occasion.account === undefined || (to.resource !== '' && addressee(occasion) === undefined);
}

function isRefusalByServer({ purpose, stanza }: Emission, occasion: Occasion): boolean {
  const { to } = occasion.stanza.attrs;
  const toServer = occasion.trigger === 'in:iq' && parseJid(to ?? '')?.local === '';
  return purpose === 'reply' && toServer && stanza.attrs.type === 'error';
}

function delivered(to: Session, { stanza }: Occasion): Emission {
  return { purpose: 'delivered', to, stanza };
}

/** To every available resource, in addition to what is sound. */
function deliveredToAll(occasion: Occasion): Emission[] {
  return (occasion.account?.available() ?? []).map((session) => delivered(session, occasion));
}

/** Faults in what becomes of IQs for users. */
export const IQ_FAULTS: readonly Fault[] = [
  {
    id: 'iq/to-bare-unanswered',
    title: 'an IQ of a resource to the bare JID of another user is not answered',
    breaks: [
      'rfc3921:11.1/iq-answered',
      'rfc3921:11.1/offline-iq-answered',
      'rfc6121:8.5.2.1.3/answered',
      'rfc6121:8.5.2.2.3/answered',
      'rfc3920:9.2.3/request-answered/get',
      'rfc3920:9.2.3/request-answered/set',
      'rfc6120:8.2.3/request-answered/get',
      'rfc6120:8.2.3/request-answered/set',
    ],
    deviate: drop(isReplyToBare),
  },
  {
    id: 'iq/to-bare-wrong-error',
    title: 'an IQ of an unknown namespace to a bare JID is answered with feature-not-implemented',
    breaks: [
      'rfc3921:11.1/iq-unknown-refused',
      'rfc3921:11.1/offline-iq-unknown-refused',
      'rfc6121:8.5.2.1.3/unknown-namespace',
      'rfc6121:8.5.2.2.3/unknown-namespace',
    ],
    deviate: alter(isReplyToBare, (_stanza, _emission, { stanza }) =>
      errorReply(stanza, 'cancel', 'feature-not-implemented'),
    ),
  },
  {
    id: 'iq/to-bare-delivered',
    title: 'an IQ to the bare JID is delivered to the available resources too',
    breaks: ['rfc3921:11.1/iq-not-delivered', 'rfc6121:8.5.2.1.3/not-delivered'],
    deviate: rewriteAll((emissions, occasion) =>
      isForeignRequest(occasion) && resourceText(occasion.stanza.attrs.to ?? '') === ''
        ? [...emissions, ...deliveredToAll(occasion)]
        : emissions,
    ),
  },
  {
    id: 'iq/answer-to-bare-delivered',
    title: 'an IQ result or error to the bare JID is delivered to the available resources',
    breaks: ['rfc3921:11.1/iq-not-delivered', 'rfc6121:8.5.2.1.3/not-delivered'],
    deviate: rewriteAll((emissions, occasion) => {
      const { trigger, stanza } = occasion;
      const toBare = trigger === 'in:iq' && resourceText(stanza.attrs.to ?? '') === '';
      return toBare && !isRequest(stanza) ? deliveredToAll(occasion) : emissions;
    }),
  },
  {
    id: 'iq/own-bare-not-understood',
    title: 'a roster get to the own bare JID is refused, as if there were no roster to answer with',
    breaks: ['rfc6121:8.5.2.1.3/known-namespace'],
    specs: ['rfc6121'],
    deviate: alter(
      (emission, occasion) =>
        is('roster', 'roster-get')(emission, occasion) && occasion.stanza.attrs.to !== undefined,
      (_stanza, _emission, { stanza }) => errorReply(stanza, 'cancel', 'service-unavailable'),
    ),
  },
  {
    id: 'iq/to-resource-refused',
    title: 'an IQ to the full JID of an available resource is refused, whoever sent it',
    breaks: [
      'rfc3921:11.1/full-jid-matched-iq',
      'rfc3921:11.1/full-jid-matched-iq-from-stranger',
      'rfc6120:10.5.4/iq-delivered',
    ],
    deviate: rewriteAll((emissions, occasion) =>
      addressee(occasion)?.available === true ? [refused(occasion)] : emissions,
    ),
  },
  {
    id: 'iq/to-resource-copied',
    title: 'an IQ to the full JID of an available resource goes to the other resources too',
    breaks: ['rfc3921:11.1/full-jid-matched-iq'],
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) =>
      addressee(occasion)?.available === true ? deliveredToAll(occasion) : emissions,
    ),
  },
  {
    id: 'iq/from-stranger-delivered',
    title: 'an IQ to a full JID is delivered also to a resource whose presence the sender does not see',
    breaks: ['rfc6121:8.5.3.1/iq-from-stranger-not-delivered', 'rfc6121:8.5.3.1/iq-from-stranger-refused'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const session = addressee(occasion);
      return session === undefined ? emissions : [delivered(session, occasion)];
    }),
  },
  {
    id: 'iq/from-stranger-unanswered',
    title: 'an IQ of someone who does not see the presence of the resource is dropped without an answer',
    breaks: ['rfc6121:8.5.3.1/iq-from-stranger-refused'],
    specs: ['rfc6121'],
    deviate: drop((emission, occasion) => emission.purpose === 'reply' && addressee(occasion) !== undefined),
  },
  {
    id: 'iq/to-unavailable-dropped',
    title: 'an IQ for a resource that is not available is dropped without an answer',
    breaks: ['rfc3921:11.1/full-jid-unavailable-iq-refused', 'rfc3920:10.5/connected-resource/iq'],
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) => (addressee(occasion)?.available === false ? [] : emissions)),
  },
  {
    id: 'iq/to-unavailable-refused',
    title: 'an IQ of a subscriber is not delivered to a resource that is not available',
    breaks: ['rfc6120:10.5.4/iq-to-connected-delivered'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) =>
      addressee(occasion)?.available === false ? [refused(occasion)] : emissions,
    ),
  },
  {
    id: 'iq/to-nobody-unanswered',
    title: 'an IQ for a resource or an account that does not exist is dropped',
    breaks: [
      'rfc3921:11.1/full-jid-unmatched-iq-refused',
      'rfc3921:11.1/no-account-iq-refused',
      'rfc6121:8.5.3.2.3/refused',
      'rfc6121:8.5.1/iq-refused',
    ],
    deviate: drop((emission, occasion) => emission.purpose === 'reply' && isForNobody(occasion)),
  },
  {
    id: 'iq/to-absent-resource-delivered',
    title: 'an IQ for a resource that does not exist is delivered to the others',
    breaks: ['rfc3921:11.1/full-jid-unmatched-iq-refused', 'rfc6121:8.5.3.2.3/refused'],
    deviate: rewriteAll((emissions, occasion) =>
      isForNobody(occasion) ? [...emissions, ...deliveredToAll(occasion)] : emissions,
    ),
  },
  {
    id: 'iq/answer-lost',
    title: 'an IQ result or error of another entity for a resource is dropped',
    breaks: [
      'rfc3921:11.1/full-jid-matched-iq-answer',
      'rfc6121:8.5.3.1/iq-answer',
      'rfc6121:8.5.3.1/iq-answer-to-connected',
    ],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:iq')(emission, occasion) &&
        !isRequest(occasion.stanza) &&
        parseJid(occasion.contact)?.local !== '',
    ),
  },
  {
    id: 'iq/answer-answered',
    title: 'an IQ result or error that can not be delivered is answered with an error',
    breaks: [
      'rfc3920:9.2.3/reply-unanswered',
      'rfc3920:9.3.1/error-unanswered',
      'rfc6120:8.2.3/reply-unanswered',
      'rfc6120:8.3.1/error-unanswered',
    ],
    deviate: rewriteAll((emissions, occasion) =>
      occasion.trigger === 'in:iq' && !isRequest(occasion.stanza) && emissions.length === 0
        ? [refused(occasion)]
        : emissions,
    ),
  },
  {
    id: 'iq/to-server-unanswered',
    title: 'an IQ of an unknown namespace to the server is not answered',
    breaks: [
      'rfc3921:2.4/server-refuses-unknown-iq/get',
      'rfc3921:2.4/server-refuses-unknown-iq/set',
      'rfc3920:10.4/domain-answers',
      'rfc6120:10.5.1/domain-answers',
    ],
    deviate: drop(isRefusalByServer),
  },
  {
    id: 'iq/to-server-wrong-error',
    title: 'an IQ of an unknown namespace to the server is answered with feature-not-implemented',
    breaks: ['rfc3921:2.4/server-refuses-unknown-iq/get', 'rfc3921:2.4/server-refuses-unknown-iq/set'],
    specs: ['rfc3921'],
    deviate: alter(isRefusalByServer, (_stanza, _emission, { stanza }) =>
      errorReply(stanza, 'cancel', 'feature-not-implemented'),
    ),
  },
  {
    id: 'iq/without-addressee-wrong-error',
    title: 'an IQ of an unknown namespace without an addressee is answered with feature-not-implemented',
    breaks: ['rfc6120:10.3.3/unknown-refused'],
    specs: ['rfc6121'],
    deviate: alter(
      (emission, occasion) =>
        is('reply', 'in:iq')(emission, occasion) &&
        emission.stanza.attrs.type === 'error' &&
        occasion.stanza.attrs.to === undefined,
      (_stanza, _emission, { stanza }) => errorReply(stanza, 'cancel', 'feature-not-implemented'),
    ),
  },
  {
    id: 'iq/content-reduced',
    title: 'an IQ loses what stands inside its payload on the way',
    breaks: ['rfc3921:2.4/unknown-content-passed-on/iq'],
    specs: ['rfc3921'],
    deviate: alter(
      (emission, occasion) =>
        is('delivered', 'in:iq')(emission, occasion) || is('forwarded', 'out:iq')(emission, occasion),
      (stanza) => ({
        ...stanza,
        children: stanza.children.map((child) =>
          typeof child === 'string' ? child : { ...child, children: [] },
        ),
      }),
    ),
  },
];
