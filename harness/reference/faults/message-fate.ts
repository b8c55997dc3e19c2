import { child } from '../../wire/element.js';
import type { Deviate } from '../deviations.js';
import { type IncomingMessage, type MessageFate, takers } from '../messages.js';
import type { Session } from '../session.js';

/** A condition of table 1 of RFC 6121 8.5.4, as the clauses of that section name it. */
export type Condition =
  | 'no-account'
  | 'no-resource'
  | 'negative'
  | 'one-non-negative'
  | 'several-non-negative';

/** An address of that table: for a user without a resource no full JID can match. */
export type Addressee = 'bare' | 'full' | 'full-match' | 'full-no-match';

/** Decides differently about a message; undefined leaves it as it was. */
export type Decide = (message: IncomingMessage, fate: MessageFate) => MessageFate | undefined;

/**
 * A deviation in what becomes of messages. It leaves those without a body alone: they are the markers by which
 * whoever watches the server knows that it has dealt with the others.
 */
export function fated(decide: Decide): Deviate {
  return (policy) => ({
    messageFate(fate, message) {
      const sound = policy.messageFate(fate, message);
      return child(message.stanza, 'body') === undefined ? sound : (decide(message, sound) ?? sound);
    },
  });
}

/** The condition of the table that the message meets. */
export function conditionOf({ account }: IncomingMessage): Condition {
  if (account === undefined) return 'no-account';
  if (account.available().length === 0) return 'no-resource';
  const able = takers(account).length;
  if (able === 0) return 'negative';
  return able === 1 ? 'one-non-negative' : 'several-non-negative';
}

/** The kind of address that the message has. */
export function addresseeOf(message: IncomingMessage): Addressee {
  if (message.resource === '') return 'bare';
  if (message.account === undefined) return 'full';
  return named(message) === undefined ? 'full-no-match' : 'full-match';
}

/** The connected resource that the message is addressed to. */
export function named({ account, resource }: IncomingMessage): Session | undefined {
  return account?.sessions.get(resource);
}
