import { child, type Element, elements, NS, text } from '../../wire/element.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { takers } from '../messages.js';
import { stamp, without } from '../stanza.js';
import { alter, is } from './gate.js';
import { addresseeOf, fated } from './message-fate.js';

const CONTENT = ['subject', 'body', 'thread', 'error'];

/** A message of someone else on its way to a resource, at once or from the store. */
function isDelivered(emission: Emission, occasion: Occasion): boolean {
  return is('delivered', 'in:message')(emission, occasion) || is('offline-message')(emission, occasion);
}

function withThread(stanza: Element, change: (thread: Element) => Element): Element {
  return {
    ...stanza,
    children: stanza.children.map((item) =>
      typeof item !== 'string' && item.name === 'thread' && item.ns === NS.client ? change(item) : item,
    ),
  };
}

/** Faults in what is delivered, and in what is taken for a normal message. */
export const MESSAGE_CONTENT_FAULTS: readonly Fault[] = [
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
    deviate: alter(isDelivered, (stanza) => without(stanza, ({ name }) => name === 'thread')),
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
    deviate: alter(is('offline-message'), (stanza) => without(stanza, ({ name }) => name === 'thread')),
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
        : without(stanza, ({ ns, name }) => ns !== NS.client || !CONTENT.includes(name));
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
