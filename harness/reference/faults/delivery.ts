import type { Element } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import { currentState } from '../contacts.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { parseJid, resourceText } from '../jid.js';
import type { Session } from '../session.js';
import { stamp } from '../stanza.js';
import { facetsOf } from '../subscriptions.js';
import { drop, is, isAway, refused, remembering, rewriteAll, sessionOf } from './gate.js';

/** Available or unavailable presence of somebody else. */
function isNotice({ trigger, stanza: { name, attrs } }: Occasion): boolean {
  const isPlain = name === 'presence' && (attrs.type === undefined || attrs.type === 'unavailable');
  return trigger === 'in:presence' && isPlain;
}

function isToFull(occasion: Occasion): boolean {
  return isNotice(occasion) && resourceText(occasion.stanza.attrs.to ?? '') !== '';
}

/** The connected resource that presence is addressed to. */
function addressee(occasion: Occasion): Session | undefined {
  return isToFull(occasion)
    ? occasion.account?.sessions.get(resourceText(occasion.stanza.attrs.to ?? ''))
    : undefined;
}

function toAll({ account, stanza }: Occasion): Emission[] {
  return (account?.available() ?? []).map((to) => ({ purpose: 'delivered', to, stanza }));
}

function isLocal(address: string | undefined, domain: string): boolean {
  return parseJid(address ?? '')?.domain === domain;
}

function isServer(address: string | undefined): boolean {
  return parseJid(address ?? '')?.local === '';
}

/** Faults in the delivery of presence, and in where stanzas of any kind go. */
export const DELIVERY_FAULTS: readonly Fault[] = [
  {
    id: 'delivery/presence-to-one-resource',
    title: 'presence to the bare JID is delivered to one of the available resources only',
    breaks: [
      'rfc3921:11.1/presence-delivered',
      'rfc3921:11.1/presence-from-stranger-delivered',
      'rfc3921:11.1/unavailable-from-stranger-delivered',
      'rfc3921:11.1/presence-error-delivered',
      'rfc6121:8.5.2.1.2/presence-delivered',
      'rfc6121:8.5.2.1.2/unavailable-delivered',
    ],
    deviate: rewriteAll((emissions, { trigger }) =>
      trigger === 'in:presence' || trigger === 'in:presence-error' ? emissions.slice(0, 1) : emissions,
    ),
  },
  {
    id: 'delivery/presence-not-to-negative',
    title: 'presence to the bare JID is not delivered to resources of negative priority',
    breaks: ['rfc3921:11.1/presence-to-negative', 'rfc6121:8.5.2.1.2/presence-delivered'],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:presence')(emission, occasion) &&
        !isToFull(occasion) &&
        (sessionOf(emission)?.priority ?? 0) < 0,
    ),
  },
  {
    id: 'delivery/strangers-withheld',
    title:
      'presence of someone to whom the user is not subscribed is not delivered, not even unavailable presence',
    breaks: ['rfc3921:11.1/unavailable-from-stranger-delivered', 'rfc6121:8.5.2.1.2/presence-delivered'],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:presence')(emission, occasion) &&
        occasion.account !== undefined &&
        !facetsOf(currentState(occasion.account, occasion.contact)).to,
    ),
  },
  {
    id: 'delivery/presence-errors-lost',
    title: 'presence errors to the bare JID are dropped',
    breaks: ['rfc3921:11.1/presence-error-delivered'],
    specs: ['rfc3921'],
    deviate: drop(is('delivered', 'in:presence-error')),
  },
  {
    id: 'delivery/presence-to-full-copied',
    title: 'presence to the full JID of a resource goes to all available resources',
    breaks: ['rfc3921:11.1/full-jid-matched-presence'],
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) =>
      addressee(occasion)?.available === true ? toAll(occasion) : emissions,
    ),
  },
  {
    id: 'delivery/presence-to-full-lost',
    title: 'presence to the full JID of an available resource is dropped',
    breaks: [
      'rfc3921:11.1/full-jid-matched-presence',
      'rfc6121:8.5.3.1/presence',
      'rfc6121:8.5.3.1/unavailable',
    ],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:presence')(emission, occasion) && addressee(occasion)?.available === true,
    ),
  },
  {
    id: 'delivery/presence-to-unavailable-refused',
    title: 'presence for a resource that is not available is answered with an error',
    breaks: [
      'rfc3921:11.1/full-jid-unavailable-presence-ignored',
      'rfc3920:10.5/connected-resource/presence',
    ],
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) =>
      addressee(occasion)?.available === false ? [refused(occasion)] : emissions,
    ),
  },
  {
    id: 'delivery/presence-to-available-only',
    title: 'presence is not delivered to a resource that is not available',
    breaks: ['rfc6121:8.5.3.1/presence-to-connected', 'rfc6121:8.5.3.1/unavailable-to-connected'],
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:presence')(emission, occasion) && sessionOf(emission)?.available === false,
    ),
  },
  {
    id: 'delivery/presence-to-absent-as-bare',
    title: 'presence to a full JID that no resource has is taken as presence to the bare JID',
    breaks: [
      'rfc3921:11.1/full-jid-unmatched-presence-ignored',
      'rfc6121:8.5.3.2.2/presence-ignored',
      'rfc6121:8.5.3.2.2/unavailable-ignored',
    ],
    deviate: rewriteAll((emissions, occasion) =>
      isToFull(occasion) && addressee(occasion) === undefined ? toAll(occasion) : emissions,
    ),
  },
  {
    id: 'delivery/presence-to-absent-refused',
    title: 'presence to a full JID that no resource has is answered with an error',
    breaks: [
      'rfc3921:11.1/full-jid-unmatched-presence-ignored',
      'rfc6121:8.5.3.2.2/presence-ignored',
      'rfc6121:8.5.3.2.2/unavailable-ignored',
    ],
    deviate: rewriteAll((emissions, occasion) =>
      isToFull(occasion) && occasion.account !== undefined && addressee(occasion) === undefined
        ? [refused(occasion)]
        : emissions,
    ),
  },
  {
    id: 'delivery/presence-to-no-account-refused',
    title: 'presence for an account that does not exist is answered with an error',
    breaks: [
      'rfc3921:11.1/no-account-presence-ignored',
      'rfc6121:8.5.1/presence-ignored',
      'rfc6121:8.5.1/unavailable-ignored',
    ],
    deviate: rewriteAll((emissions, occasion) =>
      isNotice(occasion) && occasion.account === undefined ? [refused(occasion)] : emissions,
    ),
  },
  {
    id: 'delivery/presence-to-no-account-answered',
    title: 'presence for an account that does not exist is answered with unavailable presence',
    breaks: ['rfc6121:8.5.1/presence-ignored', 'rfc6121:8.5.1/unavailable-ignored'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      if (!isNotice(occasion) || occasion.account !== undefined) return emissions;
      const { from, to } = occasion.stanza.attrs;
      const stanza = stamp(occasion.stanza, { from: to, to: from, type: 'unavailable' });
      return [{ purpose: 'reply', to: 'route', stanza }];
    }),
  },
  {
    id: 'delivery/presence-while-away-refused',
    title: 'presence for a user without an available resource is answered with an error',
    breaks: ['rfc3921:11.1/offline-presence-ignored', 'rfc6121:8.5.2.2.2/not-answered'],
    deviate: rewriteAll((emissions, occasion) =>
      isNotice(occasion) && isAway(occasion) ? [...emissions, refused(occasion)] : emissions,
    ),
  },
  {
    id: 'delivery/presence-while-away-kept',
    title: 'presence for a user without an available resource is delivered to the next',
    breaks: ['rfc3921:11.1/offline-presence-ignored', 'rfc6121:8.5.2.2.2/not-stored'],
    deviate: remembering(
      () => new WeakMap<Account, Element[]>(),
      (emissions, occasion, kept) => {
        const { account, session, stanza, trigger } = occasion;
        if (account === undefined) return emissions;
        const waiting = kept.get(account) ?? [];
        if (isNotice(occasion) && isAway(occasion)) kept.set(account, [...waiting, stanza]);
        if (trigger !== 'initial-presence' || session === undefined) return emissions;
        kept.delete(account);
        return [
          ...emissions,
          ...waiting.map((item): Emission => ({ purpose: 'delivered', to: session, stanza: item })),
        ];
      },
    ),
  },
  {
    id: 'delivery/local-lost',
    title: 'chat messages, presence and IQs between users of the server are lost',
    breaks: ['rfc3921:11.2/local/message', 'rfc3921:11.2/local/presence', 'rfc3921:11.2/local/iq'],
    specs: ['rfc3921'],
    deviate: drop((_emission, { trigger, stanza, session }, { domain }) => {
      const isTraffic =
        trigger === 'in:presence' ||
        trigger === 'in:iq' ||
        (trigger === 'in:message' && stanza.attrs.type === 'chat');
      const isBetweenUsers =
        session === undefined &&
        isLocal(stanza.attrs.from, domain) &&
        !isServer(stanza.attrs.from) &&
        !isServer(stanza.attrs.to);
      return isTraffic && isBetweenUsers;
    }),
  },
  {
    id: 'delivery/foreign-lost',
    title: 'chat messages, directed presence and IQs for other domains go nowhere',
    breaks: ['rfc3921:11.2/foreign/message', 'rfc3921:11.2/foreign/presence', 'rfc3921:11.2/foreign/iq'],
    specs: ['rfc3921'],
    deviate: drop(
      ({ purpose, stanza }, _occasion, { domain }) =>
        purpose === 'forwarded' &&
        !isLocal(stanza.attrs.to, domain) &&
        (stanza.name !== 'message' || stanza.attrs.type === 'chat'),
    ),
  },
  {
    id: 'delivery/message-without-addressee-lost',
    title: 'a message without an addressee is lost',
    breaks: ['rfc6120:10.3.1/as-to-own-account'],
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) =>
        is('forwarded', 'out:message')(emission, occasion) && occasion.contact === occasion.account?.bare,
    ),
  },
];
