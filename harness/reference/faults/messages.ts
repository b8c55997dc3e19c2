import { child, type Element, element, elements, NS, text } from '../../wire/element.js';
import { currentState } from '../contacts.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText } from '../jid.js';
import { type IncomingMessage, takers } from '../messages.js';
import type { Session } from '../session.js';
import { errorReply, stamp } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';
import { alter, is, rewriteAll } from './gate.js';
import { addresseeOf, conditionOf, fated, named } from './message-fate.js';

const CONTENT = ['subject', 'body', 'thread', 'error'];

/** A message of someone else on its way to a resource, at once or from the store. */
function isDelivered(emission: Emission, occasion: Occasion): boolean {
  return is('delivered', 'in:message')(emission, occasion) || is('offline-message')(emission, occasion);
}

/** An error that answers a message. */
function isRefusal(emission: Emission, occasion: Occasion): boolean {
  return is('reply', 'in:message')(emission, occasion);
}

function withoutChildren(stanza: Element, isUnwanted: (node: Element) => boolean): Element {
  return {
    ...stanza,
    children: stanza.children.filter((item) => typeof item === 'string' || !isUnwanted(item)),
  };
}

function withThread(stanza: Element, change: (thread: Element) => Element): Element {
  return {
    ...stanza,
    children: stanza.children.map((item) =>
      typeof item !== 'string' && item.name === 'thread' && item.ns === NS.client ? change(item) : item,
    ),
  };
}

/** The resource stated a priority in the presence that it sent last. */
function statesPriority({ presence }: Session): boolean {
  return presence !== undefined && child(presence, 'priority') !== undefined;
}

function extreme(sessions: readonly Session[], pick: (...priorities: number[]) => number): Session[] {
  const priority = pick(...sessions.map((session) => session.priority));
  return sessions.filter((session) => session.priority === priority);
}

/** Whether the message is for the bare JID of a user with resources that take messages. */
function isForTakers(message: IncomingMessage): boolean {
  return addresseeOf(message) === 'bare' && takers(message.account).length > 0;
}

/** What the server ignores in place of refusing it, by who sent it. */
function ignoringKnown(isKnown: (message: IncomingMessage, contact: string) => boolean) {
  return fated((message, fate) =>
    fate === 'refused' && isKnown(message, bareText(message.stanza.attrs.from ?? '')) ? 'ignored' : undefined,
  );
}

/** Faults in where messages go. */
const ROUTING_FAULTS: readonly Fault[] = [
  {
    id: 'message/to-lowest-priority',
    title: 'a message to the bare JID goes to the resource of lowest priority that is not negative',
    breaks: [
      'rfc3921:11.1/message-to-highest/normal',
      'rfc3921:11.1/message-to-highest/chat',
      'rfc3921:11.1/message-to-highest/groupchat',
      'rfc3921:11.1/message-to-highest/headline',
      'rfc3921:11.1/message-to-highest/error',
    ],
    specs: ['rfc3921'],
    deviate: fated((message) =>
      isForTakers(message) ? extreme(takers(message.account), Math.min) : undefined,
    ),
  },
  {
    id: 'message/to-all',
    title: 'a message to the bare JID goes to all resources whose priority is not negative',
    breaks: ['rfc3921:11.1/message-to-highest/normal', 'rfc3921:11.1/message-to-highest/chat'],
    specs: ['rfc3921'],
    deviate: fated((message) => (isForTakers(message) ? takers(message.account) : undefined)),
  },
  {
    id: 'message/to-negative',
    title: 'a message to the bare JID goes to resources of negative priority as well',
    breaks: ['rfc3921:11.1/no-message-to-negative', 'rfc6121:8.5.2.1.1/negative-not-delivered'],
    deviate: fated((message) => {
      const available = message.account?.available() ?? [];
      return addresseeOf(message) === 'bare' && available.length > 0 ? available : undefined;
    }),
  },
  {
    id: 'message/negative-not-as-offline',
    title: 'a message to a user whose only available resource has a negative priority is lost',
    breaks: [
      'rfc3921:11.1/only-negative-as-offline',
      'rfc3921:11.1/only-negative-headline-as-offline',
      'rfc6121:8.5.2.1.1/negative-as-unavailable',
      'rfc6121:8.5.2.1.1/normal/negative',
      'rfc6121:8.5.2.1.1/chat/negative',
    ],
    deviate: fated((message) =>
      addresseeOf(message) === 'bare' && conditionOf(message) === 'negative' ? 'ignored' : undefined,
    ),
  },
  {
    id: 'message/missing-priority-negative',
    title: 'a resource that states no priority gets messages as one of negative priority',
    breaks: [
      'rfc3921:2.2.2.3/missing-priority-zero',
      'rfc3921:11.1/missing-priority-zero',
      'rfc6121:4.7.2.3/no-priority-is-zero',
    ],
    deviate: fated((message, fate) => {
      if (!isForTakers(message) || !Array.isArray(fate)) return undefined;
      const able = takers(message.account).filter(statesPriority);
      return able.length === 0 ? 'ignored' : extreme(able, Math.max);
    }),
  },
  {
    id: 'message/missing-priority-highest',
    title: 'a resource that states no priority comes before those that do',
    breaks: ['rfc3921:2.2.2.3/missing-priority-zero', 'rfc3921:11.1/missing-priority-zero'],
    specs: ['rfc3921'],
    deviate: fated((message) => {
      const silent = takers(message.account).filter((session) => !statesPriority(session));
      return isForTakers(message) && silent.length > 0 ? silent : undefined;
    }),
  },
  {
    id: 'message/first-priority-kept',
    title: 'messages go by the priority that a resource had first',
    breaks: ['rfc3921:11.1/message-to-highest/chat', 'rfc6121:8.5.2.1.1/chat/one'],
    deviate: (policy, accounts) => {
      const first = new WeakMap<Session, number>();
      return {
        ...fated((message, fate) => {
          if (addresseeOf(message) !== 'bare' || !Array.isArray(fate)) return undefined;
          const able = message.account?.available().filter((session) => (first.get(session) ?? 0) >= 0) ?? [];
          const best = Math.max(...able.map((session) => first.get(session) ?? 0));
          return able.filter((session) => (first.get(session) ?? 0) === best);
        })(policy, accounts),
        emissions(emissions, occasion) {
          const { trigger, session } = occasion;
          if (trigger === 'initial-presence' && session !== undefined) first.set(session, session.priority);
          return policy.emissions(emissions, occasion);
        },
      };
    },
  },
  {
    id: 'message/full-jid-as-bare',
    title: 'a message to the full JID of an available resource is handled as if sent to the bare JID',
    breaks: ['rfc3921:11.1/full-jid-matched-message', 'rfc6121:8.5.3.1/message'],
    deviate: fated((message) => {
      const able = takers(message.account);
      if (named(message)?.available !== true) return undefined;
      return able.length === 0 ? 'ignored' : extreme(able, Math.max);
    }),
  },
  {
    id: 'message/full-jid-to-all',
    title: 'a message to the full JID of an available resource goes to the others as well',
    breaks: ['rfc3921:11.1/full-jid-matched-message', 'rfc6121:8.5.4/no-chat-to-all/full-match'],
    deviate: fated((message) =>
      named(message)?.available === true ? message.account?.available() : undefined,
    ),
  },
  {
    id: 'message/absent-resource-ignored',
    title: 'a message to a resource that is not there is lost',
    breaks: [
      'rfc3921:11.1/full-jid-unmatched-message/normal',
      'rfc3921:11.1/full-jid-unmatched-message/chat',
      'rfc3921:11.1/full-jid-unmatched-message/groupchat',
      'rfc3921:11.1/full-jid-unmatched-message/headline',
      'rfc3921:11.1/full-jid-unmatched-message/error',
      'rfc6121:8.5.3.2.1/chat/no-resource',
      'rfc6121:8.5.3.2.1/chat/negative',
      'rfc6121:8.5.3.2.1/chat/one',
      'rfc6121:8.5.3.2.1/chat/several',
    ],
    deviate: fated((message) => (addresseeOf(message) === 'full-no-match' ? 'ignored' : undefined)),
  },
  {
    id: 'message/connected-resource-as-absent',
    title:
      'a message to the full JID of a resource that is not available is handled as if sent to the bare JID',
    breaks: ['rfc6121:8.5.3.1/message-to-connected'],
    specs: ['rfc6121'],
    deviate: fated((message) => {
      if (named(message)?.available !== false) return undefined;
      const able = takers(message.account);
      return able.length === 0 ? 'kept' : extreme(able, Math.max);
    }),
  },
  {
    id: 'message/connected-resource-as-available',
    title: 'a message to the full JID of a resource that is not available is delivered to it',
    breaks: ['rfc3921:11.1/full-jid-unavailable-message'],
    specs: ['rfc3921'],
    deviate: fated((message) => {
      const session = named(message);
      return session?.available === false ? [session] : undefined;
    }),
  },
  {
    id: 'message/groupchat-delivered',
    title: 'a groupchat message to the bare JID is delivered',
    breaks: ['rfc6121:8.5.2.1.1/groupchat/not-delivered', 'rfc6121:8.5.2.1.1/groupchat/refused'],
    specs: ['rfc6121'],
    deviate: fated((message) =>
      message.type === 'groupchat' && isForTakers(message) ? takers(message.account) : undefined,
    ),
  },
  {
    id: 'message/headline-to-highest',
    title: 'a headline to the bare JID goes to the highest priority alone',
    breaks: ['rfc6121:5.2.2/headline/to-all', 'rfc6121:8.5.2.1.1/headline/several'],
    specs: ['rfc6121'],
    deviate: fated((message) =>
      message.type === 'headline' && isForTakers(message)
        ? extreme(takers(message.account), Math.max)
        : undefined,
    ),
  },
];

/** Faults in what becomes of messages that are not delivered. */
const REFUSAL_FAULTS: readonly Fault[] = [
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
    deviate: rewriteAll((emissions, { trigger, account, stanza }) =>
      trigger === 'in:message' && account === undefined && stanza.attrs.type !== 'error'
        ? [{ purpose: 'reply', to: 'route', stanza: errorReply(stanza, 'cancel', 'item-not-found') }]
        : emissions,
    ),
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

/** Faults in what is delivered, and in what is taken for a normal message. */
const CONTENT_FAULTS: readonly Fault[] = [
  {
    id: 'message/to-rewritten',
    title: 'the bare addressee of a message is replaced by the full JID of the resource that gets it',
    breaks: ['rfc3921:11.1/message-to-kept', 'rfc6121:8.5.2.1.1/to-kept'],
    deviate: alter(isDelivered, (stanza, { to }) =>
      to === 'route' || child(stanza, 'body') === undefined ? stanza : stamp(stanza, { to: to.jid }),
    ),
  },
  {
    id: 'message/thread-lost',
    title: 'a message is delivered without its thread',
    breaks: ['rfc3921:2.1.2.3/passed-on-as-it-is', 'rfc6121:5.2.5/thread-unchanged'],
    deviate: alter(isDelivered, (stanza) => withoutChildren(stanza, ({ name }) => name === 'thread')),
  },
  {
    id: 'message/thread-trimmed',
    title: 'the white space of a thread is normalized',
    breaks: ['rfc3921:2.1.2.3/passed-on-as-it-is', 'rfc6121:5.2.5/thread-unchanged'],
    deviate: alter(isDelivered, (stanza) =>
      withThread(stanza, (thread) => ({
        ...thread,
        children: [text(thread).trim().replaceAll(/\s+/g, ' ')],
      })),
    ),
  },
  {
    id: 'message/thread-parent-lost',
    title: 'a thread is delivered without its parent',
    breaks: ['rfc6121:5.2.5/thread-unchanged'],
    specs: ['rfc6121'],
    deviate: alter(isDelivered, (stanza) => withThread(stanza, (thread) => ({ ...thread, attrs: {} }))),
  },
  {
    id: 'message/kept-thread-lost',
    title: 'a message that was kept is delivered without its thread',
    breaks: ['rfc3921:2.1.2.3/passed-on-as-it-is', 'rfc6121:5.2.5/thread-unchanged'],
    deviate: alter(is('offline-message'), (stanza) =>
      withoutChildren(stanza, ({ name }) => name === 'thread'),
    ),
  },
  {
    id: 'message/unknown-content-lost',
    title: 'a message with a body is delivered without what the server does not understand',
    breaks: ['rfc3921:2.4/unknown-content-passed-on/message'],
    specs: ['rfc3921'],
    deviate: alter(isDelivered, (stanza) => {
      const isMarked = elements(stanza).some(({ name }) => name === 'fence');
      return child(stanza, 'body') === undefined || isMarked
        ? stanza
        : withoutChildren(stanza, ({ ns, name }) => ns !== NS.client || !CONTENT.includes(name));
    }),
  },
  {
    id: 'message/no-type-lost',
    title: 'a message without a type is lost',
    breaks: ['rfc3921:2.1.1/missing-type-as-normal', 'rfc6121:5.2.2/no-type-is-normal'],
    deviate: fated(({ stanza }) => (stanza.attrs.type === undefined ? 'ignored' : undefined)),
  },
  {
    id: 'message/no-type-as-chat',
    title: 'a message without a type to an absent resource is handled as a chat message',
    breaks: ['rfc6121:5.2.2/no-type-is-normal'],
    specs: ['rfc6121'],
    deviate: fated((message) =>
      message.stanza.attrs.type === undefined && addresseeOf(message) === 'full-no-match'
        ? takers(message.account)
        : undefined,
    ),
  },
  {
    id: 'message/undefined-type-refused',
    title: 'a message of a type that is not defined is refused',
    breaks: ['rfc3921:2.1.1/unknown-type-as-normal', 'rfc6121:5.2.2/unknown-type-is-normal'],
    deviate: fated(({ stanza, type }) =>
      stanza.attrs.type !== undefined && stanza.attrs.type !== type ? 'refused' : undefined,
    ),
  },
];

/** Faults in the handling of messages. */
export const MESSAGE_FAULTS: readonly Fault[] = [...ROUTING_FAULTS, ...REFUSAL_FAULTS, ...CONTENT_FAULTS];
