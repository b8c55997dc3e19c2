import type { Element } from '../wire/element.js';
import type { Account } from './accounts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import { bareText, resourceText } from './jid.js';
import type { Policy } from './policy.js';
import { takesMessage } from './privacy-gate.js';
import type { Session } from './session.js';
import { delayed, errorReply, extend } from './stanza.js';
import type { World } from './world.js';

/** Message types (RFC 6121 5.2.2). */
export type MessageType = 'normal' | 'chat' | 'groupchat' | 'headline' | 'error';

/** A message for an address at the server's domain, with what decides about it. */
export interface IncomingMessage {
  readonly stanza: Element;
  /** One that is missing or not defined counts as normal. */
  readonly type: MessageType;
  /** Undefined where the address has none. */
  readonly account: Account | undefined;
  /** The resource in the address; empty for none. */
  readonly resource: string;
  /** Whether the privacy list in force for the resource lets it through (RFC 3921 10.2). */
  readonly admits: (session: Session) => boolean;
}

/** What becomes of a message: resources that get it; or it is kept for later, refused with an error, or ignored. */
export type MessageFate = readonly Session[] | 'kept' | 'refused' | 'ignored';

const TYPES: readonly MessageType[] = ['normal', 'chat', 'groupchat', 'headline', 'error'];

function typeOf(message: Element): MessageType {
  return TYPES.find((type) => type === message.attrs.type) ?? 'normal';
}

/** Handles a message for a user, whether or not the account exists (RFC 3921 11.1, RFC 6121 8.5). */
export function receiveMessage(world: World, account: Account | undefined, stanza: Element): Batch {
  const resource = resourceText(stanza.attrs.to ?? '');
  const admits = (session: Session) => takesMessage(world, session, stanza);
  const message = { stanza, type: typeOf(stanza), account, resource, admits };
  const fate = world.policy.messageFate(soundFate(world.policy, message), message);
  return {
    occasion: occasionOf('in:message', stanza, { account, contact: bareText(stanza.attrs.from ?? '') }),
    emissions: carryOut(world, message, fate),
  };
}

/** The resources of a user that take messages to the bare JID: those whose priority is not negative. */
export function takers(account: Account | undefined): Session[] {
  return account?.available().filter(({ priority }) => priority >= 0) ?? [];
}

function soundFate(policy: Policy, message: IncomingMessage): MessageFate {
  const { type, account } = message;
  const fate = policy.mode === 'rfc3921' ? fateOfOld(message) : fateOfNew(message);
  if (type === 'error' && fate === 'refused') return 'ignored';
  const isKept = fate === 'kept' && account !== undefined && policy.offlineMessages;
  return fate === 'kept' && !isKept ? 'refused' : fate;
}

/** RFC 3921 11.1 goes by the resources alone; what may be kept is left to the server. */
function fateOfOld({ type, account, resource, admits }: IncomingMessage): MessageFate {
  if (account === undefined) return 'refused';
  const named = account.sessions.get(resource);
  if (named?.available === true) return [named];
  const able = takers(account).filter(admits);
  if (able.length > 0) return highest(able);
  return type === 'error' || type === 'groupchat' ? 'refused' : 'kept';
}

/** RFC 6121 8.5.4, table 1. */
function fateOfNew({ type, account, resource, admits }: IncomingMessage): MessageFate {
  const isBare = resource === '';
  if (account === undefined) return isBare && type === 'headline' ? 'ignored' : 'refused';
  const named = account.sessions.get(resource);
  if (named !== undefined) return [named];
  if (type === 'error') return 'ignored';
  if (type === 'groupchat' || (!isBare && type !== 'chat')) return 'refused';
  const able = takers(account).filter(admits);
  if (able.length === 0) return type === 'headline' ? 'ignored' : 'kept';
  return type === 'headline' ? able : highest(able);
}

function highest(sessions: readonly Session[]): Session[] {
  const best = Math.max(...sessions.map(({ priority }) => priority));
  return sessions.filter(({ priority }) => priority === best);
}

function carryOut(world: World, { account, stanza }: IncomingMessage, fate: MessageFate): Emission[] {
  if (fate === 'ignored') return [];
  if (fate === 'refused') {
    return [{ purpose: 'reply', to: 'route', stanza: errorReply(stanza, 'cancel', 'service-unavailable') }];
  }
  if (fate === 'kept') {
    account?.offline.push(extend(stanza, delayed(world.domain)));
    return [];
  }
  return fate.map((to) => ({ purpose: 'delivered', to, stanza }));
}
