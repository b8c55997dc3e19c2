import { element, NS } from '../../wire/element.js';
import { currentState } from '../contacts.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText } from '../jid.js';
import { type IncomingMessage, takers } from '../messages.js';
import { errorReply } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';
import { alter, is, refused, rewriteAll } from './gate.js';
import { conditionOf, fated } from './message-fate.js';

/** An error that answers a message. */
function isRefusal(emission: Emission, occasion: Occasion): boolean {
  return is('reply', 'in:message')(emission, occasion);
}

/** What the server ignores in place of refusing it, by who sent it. */
function ignoringKnown(isKnown: (message: IncomingMessage, contact: string) => boolean) {
  return fated((message, fate) =>
    fate === 'refused' && isKnown(message, bareText(message.stanza.attrs.from ?? '')) ? 'ignored' : undefined,
  );
}

/** Faults in what becomes of messages that are not delivered. */
export const MESSAGE_REFUSAL_FAULTS: readonly Fault[] = [
  {
    id: 'message/nobody-ignored',
    title: 'a message to an account that does not exist is ignored',
    breaks: ['rfc3921:11.1/no-account-message-refused', 'rfc3921:11.1/no-account-headline-refused'],
    specs: ['rfc3921'],
    deviate: fated(({ account }) => (account === undefined ? 'ignored' : undefined)),
  },
  {
    id: 'message/nobody-not-found',
    title: 'a message to an account that does not exist is answered with item-not-found',
    breaks: [
      'rfc3921:11.1/no-account-message-refused',
      'rfc3921:11.1/no-account-headline-refused',
      'rfc6121:8.5.1/message-ignored-or-refused',
      'rfc6121:8.5.1/headline-to-bare',
    ],
    deviate: rewriteAll((emissions, occasion) => {
      const { trigger, account, stanza } = occasion;
      return trigger === 'in:message' && account === undefined && stanza.attrs.type !== 'error'
        ? [refused(occasion, 'item-not-found')]
        : emissions;
    }),
  },
  {
    id: 'message/nobody-answers',
    title: 'a message to an account that does not exist is answered with a message that is no error',
    breaks: [
      'rfc3921:11.1/no-account-message-refused',
      'rfc6121:8.5.1/message-ignored-or-refused',
      'rfc6121:8.5.1/groupchat-to-bare',
      ...['normal', 'chat', 'groupchat', 'headline'].flatMap((type) => [
        `rfc6121:8.5.4/no-account/bare/${type}`,
        `rfc6121:8.5.4/no-account/full/${type}`,
      ]),
    ],
    deviate: rewriteAll((emissions, { trigger, account, stanza }) => {
      if (trigger !== 'in:message' || account !== undefined || stanza.attrs.type === 'error')
        return emissions;
      const { from, to } = stanza.attrs;
      const answer = element('message', NS.client, { from: to, to: from }, [
        element('body', NS.client, {}, ['Nobody of that name lives here.']),
      ]);
      return [{ purpose: 'reply', to: 'route', stanza: answer }];
    }),
  },
  {
    id: 'message/refused-otherwise',
    title: 'what cannot be delivered is refused with an error other than service-unavailable',
    breaks: [
      'rfc3921:11.1/offline-message-refused/normal',
      'rfc3921:11.1/offline-message-refused/chat',
      'rfc3921:11.1/offline-message-refused/groupchat',
      'rfc6121:8.5.2.1.1/normal/negative/error',
      'rfc6121:8.5.2.1.1/chat/negative/error',
      'rfc6121:8.5.2.1.1/groupchat/refused/error',
      'rfc6121:8.5.2.2.1/refused/error',
      'rfc6121:8.5.2.2.1/groupchat/error',
      'rfc6121:8.5.3.2.1/refused/error',
      'rfc6121:8.5.3.2.1/chat/no-resource/error',
      'rfc6121:8.5.3.2.1/chat/negative/error',
    ],
    deviate: (policy, accounts) => ({
      offlineMessages: false,
      ...alter(isRefusal, (_stanza, _emission, { stanza }) =>
        errorReply(stanza, 'wait', 'recipient-unavailable'),
      )(policy, accounts),
    }),
  },
  {
    id: 'message/first-of-absence-lost',
    title: 'the first message for a user without a resource is neither kept nor refused',
    breaks: [
      'rfc3921:11.1/offline-message-refused/normal',
      'rfc3921:11.1/offline-message-refused/chat',
      'rfc3921:11.1/offline-message-refused/groupchat',
      'rfc3921:11.1/offline-message-refused/headline',
      'rfc6121:8.5.2.2.1/normal',
      'rfc6121:8.5.2.2.1/chat',
      'rfc6121:8.5.2.2.1/groupchat',
    ],
    deviate: (policy, accounts) => {
      const lost = new WeakSet<object>();
      return fated((message) => {
        const { account } = message;
        if (account === undefined || conditionOf(message) !== 'no-resource' || lost.has(account)) {
          return undefined;
        }
        lost.add(account);
        return 'ignored';
      })(policy, accounts);
    },
  },
  {
    id: 'message/headline-kept',
    title: 'a headline for a user without a resource is kept',
    breaks: ['rfc6121:8.5.2.2.1/headline'],
    specs: ['rfc6121'],
    deviate: fated((message) =>
      message.type === 'headline' && conditionOf(message) === 'no-resource' ? 'kept' : undefined,
    ),
  },
  {
    id: 'message/error-kept',
    title: 'a message of type error for which there is no resource is kept',
    breaks: [
      'rfc6121:8.5.2.1.1/error-ignored',
      'rfc6121:8.5.2.2.1/error-ignored',
      'rfc6121:8.5.3.2.1/error-ignored',
    ],
    specs: ['rfc6121'],
    deviate: fated((message, fate) => (message.type === 'error' && fate === 'ignored' ? 'kept' : undefined)),
  },
  {
    id: 'message/error-answered',
    title: 'a message of type error is answered with an error',
    breaks: [
      'rfc6121:8.5.2.1.1/error-ignored',
      'rfc6121:8.5.2.2.1/error-ignored',
      'rfc6121:8.5.3.2.1/error-ignored',
    ],
    specs: ['rfc6121'],
    deviate: fated((message, fate) =>
      message.type === 'error' && fate === 'ignored' ? 'refused' : undefined,
    ),
  },
  {
    id: 'message/error-delivered',
    title: 'a message of type error to the bare JID, or to an absent resource, is delivered',
    breaks: ['rfc6121:8.5.2.1.1/error-ignored', 'rfc6121:8.5.3.2.1/error-ignored'],
    specs: ['rfc6121'],
    deviate: fated((message, fate) =>
      message.type === 'error' && fate === 'ignored' ? takers(message.account) : undefined,
    ),
  },
  {
    id: 'message/listed-sender-ignored',
    title: 'a sender who is in the roster, and not subscribed, gets no error',
    breaks: ['rfc6121:8.1/error-to-listed'],
    specs: ['rfc6121'],
    deviate: ignoringKnown(
      ({ account }, contact) =>
        account?.roster.has(contact) === true && !facetsOf(currentState(account, contact)).from,
    ),
  },
  {
    id: 'message/subscribed-sender-ignored',
    title: 'a sender who is subscribed to the user gets no error',
    breaks: ['rfc6121:8.1/error-to-subscriber'],
    specs: ['rfc6121'],
    deviate: ignoringKnown(
      ({ account }, contact) => account !== undefined && facetsOf(currentState(account, contact)).from,
    ),
  },
  {
    id: 'message/sender-in-sight-ignored',
    title: 'a sender who got directed presence gets no error',
    breaks: ['rfc6121:8.1/error-to-directed'],
    specs: ['rfc6121'],
    deviate: ignoringKnown(
      ({ account }, contact) => account?.available().some(({ directed }) => directed.has(contact)) === true,
    ),
  },
];
