import { child } from '../../wire/element.js';
import type { Fault } from '../deviations.js';
import { type IncomingMessage, takers } from '../messages.js';
import type { Session } from '../session.js';
import { addresseeOf, conditionOf, fated, named } from './message-fate.js';

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

/** Faults in where messages go. */
export const MESSAGE_ROUTING_FAULTS: readonly Fault[] = [
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
