import { type Element, elements, NS } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import { blockedJids } from '../blocklist.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import type { Passage } from '../privacy-gate.js';
import { errorReply, presence, stamp } from '../stanza.js';
import { isSubscriptionType } from '../subscriptions.js';
import { alter, drop, rewriteAll } from './gate.js';
import { letThrough } from './privacy.js';

/** Blocks do not stop what the test picks of what comes in. */
function letIn(test: (passage: Passage) => boolean): Deviate {
  return letThrough((passage) => passage.direction === 'in' && test(passage));
}

/** Blocks do not stop what the test picks of what goes out. */
function letOut(test: (passage: Passage) => boolean): Deviate {
  // What a block or its end tells the contact is not judged by what would be sent.
  return letThrough(
    (passage) => passage.direction === 'out' && passage.purpose !== undefined && test(passage),
  );
}

function isSubscription({ stanza: { name, attrs } }: Passage): boolean {
  return name === 'presence' && isSubscriptionType(attrs.type);
}

function isBlocklisted({ privacy }: Account, from: string): boolean {
  const blocked = blockedJids(privacy.blocklist ?? []);
  return blocked.includes(from) || blocked.includes(bareText(from));
}

/** Whether the stanza of someone else has been stopped by a block. */
function isStopped({ account, session, stanza }: Occasion): boolean {
  return account !== undefined && session === undefined && isBlocklisted(account, stanza.attrs.from ?? '');
}

/** Picks the error that tells a blocked address that it is. */
function isRefusal(name: 'message' | 'iq') {
  return (emission: Emission, occasion: Occasion): boolean =>
    emission.purpose === 'reply' && occasion.stanza.name === name && isStopped(occasion);
}

/** Picks the error that tells the user that an address is blocked. */
function isReturn({ purpose, stanza }: Emission, { trigger }: Occasion): boolean {
  return purpose === 'reply' && trigger === 'refused' && blockedCondition(stanza) !== undefined;
}

function blockedCondition(stanza: Element): Element | undefined {
  return elements(stanza)
    .flatMap(elements)
    .find(({ ns }) => ns === NS.blockingErrors);
}

/** The condition of the error is another one. */
function inOtherWords(
  condition: string,
): (stanza: Element, emission: Emission, occasion: Occasion) => Element {
  return (_, __, { stanza }) => errorReply(stanza, 'cancel', condition);
}

/** Answers what a blocked address sends that is otherwise dropped. */
function answering(answer: (stopped: Element) => Element | undefined): Deviate {
  return rewriteAll((emissions, occasion) => {
    if (!isStopped(occasion) || emissions.length > 0) return emissions;
    const stanza = answer(occasion.stanza);
    return stanza === undefined ? [] : [{ purpose: 'reply', to: 'route', stanza }];
  });
}

/** The address on the other side of the passage. */
function otherSide({ direction, stanza }: Passage) {
  return parseJid((direction === 'in' ? stanza.attrs.from : stanza.attrs.to) ?? '');
}

/** Faults in what blocks stop, and in what is heard of that (XEP-0191 3.3 and section 6). */
export const BLOCKING_EFFECT_FAULTS: readonly Fault[] = [
  {
    id: 'blocking/messages-let-in',
    title: 'messages of blocked addresses are delivered',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ kind }) => kind === 'message'),
  },
  {
    id: 'blocking/messages-to-bare-jid-let-in',
    title: 'messages of blocked addresses to the bare JID are delivered',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ kind, stanza, account }) => kind === 'message' && stanza.attrs.to === account.bare),
  },
  {
    id: 'blocking/iqs-let-in',
    title: 'IQs of blocked addresses are delivered',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ kind }) => kind === 'iq'),
  },
  {
    id: 'blocking/iq-answers-let-in',
    title: 'IQ results and errors of blocked addresses are delivered',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(
      ({ kind, stanza }) => kind === 'iq' && stanza.attrs.type !== 'get' && stanza.attrs.type !== 'set',
    ),
  },
  {
    id: 'blocking/presence-let-in',
    title: 'available presence of blocked addresses is delivered',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ kind, stanza }) => kind === 'presence-in' && stanza.attrs.type === undefined),
  },
  {
    id: 'blocking/unavailable-let-in',
    title: 'unavailable presence of blocked addresses is delivered',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ kind, stanza }) => kind === 'presence-in' && stanza.attrs.type === 'unavailable'),
  },
  {
    id: 'blocking/subscriptions-let-in',
    title: 'subscription stanzas of blocked addresses are delivered',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(isSubscription),
  },
  {
    id: 'blocking/idle-while-away',
    title: 'what blocked addresses send while the user is away is kept and delivered later',
    breaks: ['xep0191:3.3/across-sessions', 'xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(
      ({ session, purpose }) =>
        session === undefined || purpose === 'offline-message' || purpose === 'redelivery',
    ),
  },
  {
    id: 'blocking/stored-messages-let-in',
    title: 'messages that were kept before the block are delivered under it',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ purpose }) => purpose === 'offline-message'),
  },
  {
    id: 'blocking/kept-requests-let-in',
    title: 'requests that were kept before the block are delivered under it',
    breaks: ['xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ purpose }) => purpose === 'redelivery'),
  },
  {
    id: 'blocking/of-requesting-resources',
    title: 'blocks apply to the resources only that have requested the blocklist',
    breaks: ['xep0191:3.3/across-sessions', 'xep0191:3.3/not-delivered'],
    specs: ['rfc6121'],
    deviate: letIn(({ session }) => session?.wantsBlocklist === false),
  },
  {
    id: 'blocking/probe-answered',
    title: 'probes of blocked addresses are answered',
    breaks: ['xep0191:3.3/presence-no-response'],
    specs: ['rfc6121'],
    deviate: letThrough(({ stanza, purpose }) => stanza.attrs.type === 'probe' || purpose === 'probe-answer'),
  },
  {
    id: 'blocking/probe-refused',
    title: 'probes of blocked addresses are answered with unsubscribed',
    breaks: ['xep0191:3.3/presence-no-response'],
    specs: ['rfc6121'],
    deviate: answering(({ attrs: { from, to, type } }) =>
      type === 'probe' ? presence({ from: bareText(to ?? ''), to: from, type: 'unsubscribed' }) : undefined,
    ),
  },
  {
    id: 'blocking/requests-denied',
    title: 'requests of blocked addresses are denied for the user',
    breaks: ['xep0191:3.3/presence-no-response'],
    specs: ['rfc6121'],
    deviate: answering(({ attrs: { from, to, type } }) =>
      type === 'subscribe' ? presence({ from: to, to: from, type: 'unsubscribed' }) : undefined,
    ),
  },
  {
    id: 'blocking/presence-refused',
    title: 'presence of blocked addresses is answered with an error',
    breaks: ['xep0191:3.3/presence-no-error', 'xep0191:3.3/presence-no-response'],
    specs: ['rfc6121'],
    deviate: answering((stopped) =>
      stopped.name === 'presence' ? errorReply(stopped, 'cancel', 'service-unavailable') : undefined,
    ),
  },
  {
    id: 'blocking/messages-dropped',
    title: 'messages of blocked addresses are not answered',
    breaks: ['xep0191:3.3/message-error'],
    specs: ['rfc6121'],
    deviate: drop(isRefusal('message')),
  },
  {
    id: 'blocking/messages-refused-otherwise',
    title: 'messages of blocked addresses are answered with not-acceptable',
    breaks: ['xep0191:3.3/message-service-unavailable'],
    specs: ['rfc6121'],
    deviate: alter(isRefusal('message'), inOtherWords('not-acceptable')),
  },
  {
    id: 'blocking/iqs-dropped',
    title: 'IQ requests of blocked addresses are not answered',
    breaks: ['xep0191:3.3/iq-error'],
    specs: ['rfc6121'],
    deviate: drop(isRefusal('iq')),
  },
  {
    id: 'blocking/iqs-refused-otherwise',
    title: 'IQ requests of blocked addresses are answered with not-acceptable',
    breaks: ['xep0191:3.3/iq-service-unavailable'],
    specs: ['rfc6121'],
    deviate: alter(isRefusal('iq'), inOtherWords('not-acceptable')),
  },
  {
    id: 'blocking/iq-answers-refused',
    title: 'IQ results and errors of blocked addresses are answered with an error',
    breaks: ['xep0191:3.3/iq-answer-dropped'],
    specs: ['rfc6121'],
    deviate: answering((stopped) =>
      stopped.name === 'iq' ? errorReply(stopped, 'cancel', 'service-unavailable') : undefined,
    ),
  },
  {
    id: 'blocking/messages-let-out',
    title: 'messages to blocked addresses are routed',
    breaks: ['xep0191:3.3/outbound-not-routed'],
    specs: ['rfc6121'],
    deviate: letOut(({ stanza }) => stanza.name === 'message'),
  },
  {
    id: 'blocking/iqs-let-out',
    title: 'IQs to blocked addresses are routed',
    breaks: ['xep0191:3.3/outbound-not-routed'],
    specs: ['rfc6121'],
    deviate: letOut(({ stanza }) => stanza.name === 'iq'),
  },
  {
    id: 'blocking/directed-presence-let-out',
    title: 'directed presence to blocked addresses is routed',
    breaks: ['xep0191:3.3/outbound-not-routed'],
    specs: ['rfc6121'],
    deviate: letOut(({ kind, purpose }) => kind === 'presence-out' && purpose === 'forwarded'),
  },
  {
    id: 'blocking/broadcast-let-out',
    title: 'presence is broadcast to blocked contacts too',
    breaks: ['xep0191:3.3/outbound-not-routed'],
    specs: ['rfc6121'],
    deviate: letOut(({ purpose }) => purpose === 'broadcast'),
  },
  {
    id: 'blocking/probes-let-out',
    title: 'blocked contacts are probed',
    breaks: ['xep0191:3.3/outbound-not-routed'],
    specs: ['rfc6121'],
    deviate: letOut(({ purpose }) => purpose === 'probe'),
  },
  {
    id: 'blocking/subscriptions-let-out',
    title: 'subscription stanzas to blocked addresses are routed',
    breaks: ['xep0191:3.3/outbound-not-routed'],
    specs: ['rfc6121'],
    deviate: letOut(isSubscription),
  },
  {
    id: 'blocking/outbound-dropped',
    title: 'what the user sends to a blocked address is dropped without a word',
    breaks: ['xep0191:3.3/outbound-not-acceptable'],
    specs: ['rfc6121'],
    deviate: drop(isReturn),
  },
  {
    id: 'blocking/outbound-refused-otherwise',
    title: 'what the user sends to a blocked address comes back with service-unavailable',
    breaks: ['xep0191:3.3/outbound-not-acceptable'],
    specs: ['rfc6121'],
    deviate: alter(isReturn, inOtherWords('service-unavailable')),
  },
  {
    id: 'blocking/outbound-unexplained',
    title: 'the error does not say that the address is blocked',
    breaks: ['xep0191:3.3/outbound-blocked-condition'],
    specs: ['rfc6121'],
    deviate: alter(isReturn, (stanza, _, { stanza: sent }) =>
      stamp(errorReply(sent, 'cancel', 'not-acceptable'), { id: stanza.attrs.id }),
    ),
  },
  {
    id: 'blocking/bare-jid-of-resources-idle',
    title: 'a block of a bare JID does not concern resources',
    breaks: ['xep0191:6/bare'],
    specs: ['rfc6121'],
    deviate: letThrough((passage) => {
      const jid = otherSide(passage);
      return jid !== undefined && jid.local !== '' && jid.resource !== '' && isBareBlocked(passage);
    }),
  },
  {
    id: 'blocking/domain-of-users-idle',
    title: 'a block of a domain does not concern the users at it',
    breaks: ['xep0191:6/domain'],
    specs: ['rfc6121'],
    deviate: letThrough((passage) => {
      const jid = otherSide(passage);
      return jid !== undefined && jid.local !== '' && blockedBy(passage).includes(jid.domain);
    }),
  },
  {
    id: 'blocking/resource-of-domain-idle',
    title: 'a block of a resource of a domain has no effect',
    breaks: ['xep0191:6/domain-resource'],
    specs: ['rfc6121'],
    deviate: letThrough((passage) => {
      const jid = otherSide(passage);
      return jid?.local === '' && jid.resource !== '';
    }),
  },
  {
    id: 'blocking/resource-of-domain-of-users',
    title: 'a block of a resource of a domain concerns the users of that resource too',
    breaks: ['xep0191:6/domain-resource'],
    specs: ['rfc6121'],
    deviate: () => ({
      blocks(denied, passage) {
        const jid = otherSide(passage);
        return denied || (jid !== undefined && blockedBy(passage).includes(`${jid.domain}/${jid.resource}`));
      },
    }),
  },
  {
    id: 'blocking/resource-of-others',
    title: 'a block of a resource concerns every resource of the user, of some stanzas',
    breaks: ['xep0191:6/full'],
    specs: ['rfc6121'],
    deviate: () => ({
      blocks(denied, passage) {
        const jid = otherSide(passage);
        const bare = jid === undefined ? '' : `${jid.local}@${jid.domain}`;
        return denied || blockedBy(passage).some((blocked) => blocked.startsWith(`${bare}/`));
      },
    }),
  },
];

function blockedBy({ account }: Passage): string[] {
  return blockedJids(account.privacy.blocklist ?? []);
}

function isBareBlocked(passage: Passage): boolean {
  const jid = otherSide(passage);
  return jid !== undefined && blockedBy(passage).includes(`${jid.local}@${jid.domain}`);
}
