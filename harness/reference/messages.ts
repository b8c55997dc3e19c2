import type { Element } from '../wire/element.js';
import type { Account } from './accounts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import { bareText, parseJid } from './jid.js';
import type { Session } from './session.js';
import { delayed, errorReply, extend } from './stanza.js';
import type { World } from './world.js';

/** Message types (RFC 6121 5.2.2). */
type MessageType = 'normal' | 'chat' | 'groupchat' | 'headline' | 'error';

/** What becomes of a message that is not simply delivered. */
type Fate = 'store' | 'bounce' | 'ignore';

const TYPES: readonly MessageType[] = ['normal', 'chat', 'groupchat', 'headline', 'error'];

function typeOf(message: Element): MessageType {
  return TYPES.find((type) => type === message.attrs.type) ?? 'normal';
}

/** Handles a message for a user, whether or not the account exists (RFC 3921 11.1, RFC 6121 8.5). */
export function receiveMessage(world: World, account: Account | undefined, message: Element): Batch {
  return {
    occasion: occasionOf('in:message', message, { account, contact: bareText(message.attrs.from ?? '') }),
    emissions: settleMessage(world, account, message),
  };
}

function settleMessage(world: World, account: Account | undefined, message: Element): Emission[] {
  const type = typeOf(message);
  const old = world.policy.mode === 'rfc3921';
  const resource = parseJid(message.attrs.to ?? '')?.resource ?? '';
  if (account === undefined) {
    // RFC 6121 8.5.4: a headline to nobody is dropped; RFC 3921 11.1 returns it.
    return meet(
      world,
      account,
      message,
      !old && type === 'headline' && resource === '' ? 'ignore' : 'bounce',
    );
  }
  if (resource !== '') {
    const session = account.sessions.get(resource);
    if (session !== undefined && (session.available || !old)) return deliver([session], message);
    // RFC 3921 11.1 treats any message as sent to the bare JID then, RFC 6121 8.5.3.2.1 those of type chat.
    if (!old && type !== 'chat') return meet(world, account, message, 'bounce');
  }
  const able = account.available().filter(({ priority }) => priority >= 0);
  if (type === 'error' && (!old || able.length === 0)) return [];
  if (type === 'groupchat' && (!old || able.length === 0)) return meet(world, account, message, 'bounce');
  if (able.length > 0) return deliver(type === 'headline' && !old ? able : highest(able), message);
  return meet(world, account, message, type === 'headline' && !old ? 'ignore' : 'store');
}

function highest(sessions: readonly Session[]): Session[] {
  const best = Math.max(...sessions.map(({ priority }) => priority));
  return sessions.filter(({ priority }) => priority === best);
}

function deliver(sessions: readonly Session[], stanza: Element): Emission[] {
  return sessions.map((to) => ({ purpose: 'delivered', to, stanza }));
}

function meet(world: World, account: Account | undefined, message: Element, fate: Fate): Emission[] {
  if (fate === 'store' && account !== undefined && world.policy.offlineMessages) {
    account.offline.push(extend(message, delayed(world.domain)));
    return [];
  }
  if (fate === 'ignore' || message.attrs.type === 'error') return [];
  return [{ purpose: 'reply', to: 'route', stanza: errorReply(message, 'cancel', 'service-unavailable') }];
}
