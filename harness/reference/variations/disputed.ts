import type { Account } from '../accounts.js';
import type { Deviate, Variation } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { drop, is, refused, rewriteAll } from '../faults/gate.js';
import { withdrawnPresence } from '../handshake.js';
import { parseJid } from '../jid.js';
import { facetsOf } from '../subscriptions.js';

function isListed({ account, contact }: Occasion): boolean {
  return account?.roster.has(contact) === true;
}

/** The user denies a request that waits, of someone without a subscription. */
function isDenial({ trigger, before = 'none' }: Occasion): boolean {
  const { from, pending } = facetsOf(before);
  return trigger === 'out:unsubscribed' && pending && !from;
}

/** Delivers the unsubscribed that answers the user's own unsubscribe. */
const answersDelivered: Deviate = (policy) => {
  const left = new WeakMap<Account, Set<string>>();
  return {
    emissions(emissions, occasion) {
      const { trigger, account, contact, before = 'none', stanza } = occasion;
      const sound = policy.emissions(emissions, occasion);
      if (account === undefined) return sound;
      const contacts = left.get(account) ?? new Set();
      left.set(account, contacts);
      if (trigger === 'out:unsubscribe' && facetsOf(before).to) contacts.add(contact);
      const changes = facetsOf(before).to || facetsOf(before).asked;
      if (trigger !== 'in:unsubscribed' || changes || !contacts.delete(contact)) return sound;
      const reached = [...account.sessions.values()].filter((session) => policy.getsNotification(session));
      return [
        ...sound,
        ...reached.map((to): Emission => {
          return { purpose: 'notification', to, stanza };
        }),
      ];
    },
  };
};

/** The other side of contradictions within an RFC: each keeps a clause that the sound server does not. */
export const DISPUTED_VARIATIONS: readonly Variation[] = [
  {
    id: 'retraction-ignored',
    title: 'an unsubscribe of a contact in the roster who has only asked is ignored (RFC 6121 3.3.3)',
    specs: ['rfc6121'],
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        const { from, pending } = facetsOf(cell.state);
        const retraction = cell.direction === 'in' && cell.type === 'unsubscribe' && pending && !from;
        return retraction ? { ...sound, pass: false, reply: 'nothing' } : sound;
      },
      request(next, previous, occasion) {
        return occasion.trigger === 'in:unsubscribe' && isListed(occasion)
          ? previous
          : policy.request(next, previous, occasion);
      },
    }),
  },
  {
    id: 'refusal-ignored',
    title: 'an unsubscribed of a contact whom the user has only asked is ignored (RFC 6121 3.2.3)',
    specs: ['rfc6121'],
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        const { to, asked } = facetsOf(cell.state);
        const refusal = cell.direction === 'in' && cell.type === 'unsubscribed' && asked && !to;
        return refusal ? { ...sound, pass: false, next: cell.state } : sound;
      },
    }),
  },
  {
    id: 'denial-with-unavailable',
    title: 'refusing a contact of the roster sends unavailable presence (RFC 6121 3.2.2, item 3)',
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) =>
      isDenial(occasion) && isListed(occasion) && occasion.account !== undefined
        ? [...withdrawnPresence(occasion.account, occasion.contact), ...emissions]
        : emissions,
    ),
  },
  {
    id: 'denial-of-unlisted-not-routed',
    title: 'refusing a contact outside the roster sends nothing (RFC 6121 3.2.2)',
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) => is('routed')(emission, occasion) && isDenial(occasion) && !isListed(occasion),
    ),
  },
  {
    id: 'no-local-account-told',
    title: 'a local request to an account that does not exist is answered with an error (RFC 6121 3.1.2)',
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion, { domain }) =>
      occasion.trigger === 'in:subscribe' &&
      occasion.account === undefined &&
      parseJid(occasion.stanza.attrs.from ?? '')?.domain === domain
        ? [...emissions, refused(occasion)]
        : emissions,
    ),
  },
  {
    id: 'answer-to-unsubscribe-delivered',
    title: "the unsubscribed that answers the user's unsubscribe is delivered (RFC 3921 8.4)",
    specs: ['rfc3921'],
    deviate: answersDelivered,
  },
  {
    id: 'malformed-request-unchecked',
    title: 'a request to a malformed address is lost without an error (RFC 6121 3.1.2)',
    deviate: drop(
      (emission, occasion) =>
        is('reply', 'refused')(emission, occasion) &&
        occasion.stanza.name === 'presence' &&
        occasion.stanza.attrs.type === 'subscribe' &&
        parseJid(occasion.stanza.attrs.to ?? '') === undefined,
    ),
  },
];
