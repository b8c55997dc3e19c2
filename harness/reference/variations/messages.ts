import { randomBytes } from 'node:crypto';
import { element } from '../../wire/element.js';
import { currentState } from '../contacts.js';
import type { Variation } from '../deviations.js';
import { alter, is } from '../faults/gate.js';
import { addresseeOf, conditionOf, fated } from '../faults/message-fate.js';
import { bareText } from '../jid.js';
import { type IncomingMessage, takers } from '../messages.js';
import { delayed, extend } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';

/** Of the types that RFC 6121 leaves to the server's own idea of who is most available (8.5.4, letters M and A). */
function isForMostAvailable(message: IncomingMessage): boolean {
  const isBare = addresseeOf(message) === 'bare' && (message.type === 'normal' || message.type === 'chat');
  const isElsewhere = addresseeOf(message) === 'full-no-match' && message.type === 'chat';
  return (isBare || isElsewhere) && takers(message.account).length > 0;
}

/** Whether the sender may know that there is such a user (RFC 6121 8.1). */
function isKnown({ account, stanza }: IncomingMessage): boolean {
  const contact = bareText(stanza.attrs.from ?? '');
  if (account === undefined) return false;
  return (
    account.roster.has(contact) ||
    facetsOf(currentState(account, contact)).from ||
    [...account.sessions.values()].some(({ directed }) => directed.has(contact))
  );
}

/** What the RFCs leave open about messages. */
export const MESSAGE_VARIATIONS: readonly Variation[] = [
  {
    id: 'messages-to-all',
    title: 'chat and normal messages go to all resources whose priority is not negative',
    specs: ['rfc6121'],
    deviate: fated((message) => (isForMostAvailable(message) ? takers(message.account) : undefined)),
  },
  {
    id: 'messages-to-newest',
    title: 'chat and normal messages go to the resource that came last, whatever its priority',
    specs: ['rfc6121'],
    deviate: fated((message) =>
      isForMostAvailable(message) ? takers(message.account).slice(-1) : undefined,
    ),
  },
  {
    id: 'messages-to-one-of-equals',
    title: 'of resources of equal priority the one that came first gets a message',
    deviate: fated((message, fate) =>
      typeof fate === 'string' || message.type === 'headline' ? undefined : fate.slice(0, 1),
    ),
  },
  {
    id: 'absent-resource-ignored',
    title: 'what an absent resource alone should get is ignored, but where the sender may know of the user',
    specs: ['rfc6121'],
    deviate: fated((message, fate) =>
      addresseeOf(message) === 'full-no-match' && fate === 'refused' && !isKnown(message)
        ? 'ignored'
        : undefined,
    ),
  },
  {
    id: 'nobody-ignored',
    title: 'messages to accounts that do not exist are ignored',
    specs: ['rfc6121'],
    deviate: fated(({ account }) => (account === undefined ? 'ignored' : undefined)),
  },
  {
    id: 'nobody-headline-refused',
    title: 'a headline to an account that does not exist is refused',
    specs: ['rfc6121'],
    deviate: fated(({ account, type }) =>
      account === undefined && type === 'headline' ? 'refused' : undefined,
    ),
  },
  {
    id: 'chat-alone-kept',
    title: 'of the messages that nobody can take only those of type chat are kept',
    deviate: fated(({ type }, fate) => (fate === 'kept' && type !== 'chat' ? 'refused' : undefined)),
  },
  {
    id: 'groupchat-kept',
    title: 'groupchat messages are kept for users without a resource to take them',
    specs: ['rfc3921'],
    deviate: fated((message, fate) => {
      const isAway = ['no-resource', 'negative'].includes(conditionOf(message));
      return fate === 'refused' && isAway && !isKnown(message) ? 'kept' : undefined;
    }),
  },
  {
    id: 'messages-stamped',
    title: 'messages carry a delay and an id of the server',
    deviate: (policy, accounts) =>
      alter(is('delivered', 'in:message'), (stanza) => {
        const attrs = { by: accounts.domain, id: randomBytes(6).toString('hex') };
        return extend(
          extend(stanza, delayed(accounts.domain)),
          element('stanza-id', 'urn:xmpp:sid:0', attrs),
        );
      })(policy, accounts),
  },
];
