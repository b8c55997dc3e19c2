import type { Variation } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { drop, is, rewriteAll, rewriteEach, sessionOf } from '../faults/gate.js';
import { parseJid, resourceText } from '../jid.js';
import { errorReply } from '../stanza.js';

/** A connected resource that is not available, and that presence or an IQ is addressed to. */
function unavailableAddressee({ trigger, account, stanza }: Occasion) {
  if (trigger !== 'in:presence' && trigger !== 'in:iq') return undefined;
  const session = account?.sessions.get(resourceText(stanza.attrs.to ?? ''));
  return session?.available === false ? session : undefined;
}

/** What the RFCs leave open about messages and their delivery. */
export const DELIVERY_VARIATIONS: readonly Variation[] = [
  {
    id: 'no-offline-messages',
    title: 'messages that nobody can take are returned',
    deviate: () => ({ offlineMessages: false }),
  },
  {
    id: 'unavailable-resources-reached',
    title: 'presence and IQs reach any connected resource that they are addressed to (RFC 3920 10.5)',
    specs: ['rfc3921'],
    deviate: rewriteAll((emissions, occasion) => {
      const to = unavailableAddressee(occasion);
      return to === undefined ? emissions : [{ purpose: 'delivered', to, stanza: occasion.stanza }];
    }),
  },
  {
    id: 'answers-to-unavailable-dropped',
    title: 'IQ results and errors of other entities do not reach a resource that is not available',
    specs: ['rfc3921'],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:iq')(emission, occasion) &&
        sessionOf(emission)?.available === false &&
        parseJid(occasion.contact)?.local !== '',
    ),
  },
  {
    id: 'presence-errors-dropped',
    title: 'presence errors that a resource of a contact sends are not delivered',
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) =>
        is('delivered', 'in:presence-error')(emission, occasion) &&
        occasion.stanza.attrs.from !== occasion.contact,
    ),
  },
  {
    id: 'messages-without-addressee-refused',
    title: 'a message without an addressee is answered with an error',
    specs: ['rfc3921'],
    deviate: rewriteEach((emission, occasion): Emission => {
      const { trigger, account, contact, stanza } = occasion;
      const toSelf =
        trigger === 'out:message' && contact === account?.bare && !stanza.attrs.to?.includes('/');
      if (!toSelf || occasion.session === undefined) return emission;
      return { purpose: 'reply', to: occasion.session, stanza: errorReply(stanza, 'modify', 'bad-request') };
    }),
  },
];
