import { pushes } from '../contacts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { newItem } from '../roster.js';
import { stamp } from '../stanza.js';
import { rewriteAll } from './gate.js';

/** Milliseconds by which a late stanza comes after all that the occasion should bring about. */
const LATE = 60;

function inNone({ trigger, before }: Occasion, wanted: Occasion['trigger']): boolean {
  return trigger === wanted && before === 'none';
}

/** Sends the user's stanza, which must go nowhere, to the contact. */
function routed({ stanza, account, contact }: Occasion): Emission {
  return { purpose: 'routed', to: 'route', stanza: stamp(stanza, { from: account?.bare, to: contact }) };
}

/** Delivers the contact's stanza, which must be ignored, to the resources picked. */
function delivered({ stanza, account }: Occasion, pick: 'all' | 'all-but-first'): Emission[] {
  const sessions = [...(account?.sessions.values() ?? [])].filter(({ available }) => available);
  return sessions
    .slice(pick === 'all' ? 0 : 1)
    .map((to): Emission => ({ purpose: 'notification', to, stanza }));
}

const latePush: Deviate = (policy, accounts) => ({
  emissions(emissions, occasion) {
    const sound = policy.emissions(emissions, occasion);
    const { account, contact } = occasion;
    if (!inNone(occasion, 'in:subscribed') || account === undefined) return sound;
    const world = { domain: accounts.domain, policy, accounts };
    const item = account.roster.get(contact) ?? newItem(contact);
    return [...sound, ...pushes(world, account, contact, item).map((push) => ({ ...push, late: LATE }))];
  },
});

/** Faults that send what is forbidden later, or elsewhere, than a hasty look would see. */
export const STRAY_FAULTS: readonly Fault[] = [
  {
    id: 'late/route/subscribed/none',
    title: `subscribed in state none is routed, ${LATE} ms late`,
    breaks: ['rfc3921:9.2/subscribed/none/route', 'rfc6121:A.2.3/none/route'],
    deviate: rewriteAll((emissions, occasion) =>
      inNone(occasion, 'out:subscribed') ? [...emissions, { ...routed(occasion), late: LATE }] : emissions,
    ),
  },
  {
    id: 'late/deliver/subscribed/none',
    title: `subscribed in state none is delivered, ${LATE} ms late`,
    breaks: ['rfc3921:9.3/subscribed/none/deliver', 'rfc6121:A.3.3/none/deliver'],
    deviate: rewriteAll((emissions, occasion) =>
      inNone(occasion, 'in:subscribed')
        ? [...emissions, ...delivered(occasion, 'all').map((emission) => ({ ...emission, late: LATE }))]
        : emissions,
    ),
  },
  {
    id: 'late/push/subscribed/none',
    title: `subscribed in state none causes a push, ${LATE} ms late`,
    breaks: ['rfc3921:8.2/unrequested-approval/push', 'rfc6121:3.1.6/ignore/push'],
    deviate: latePush,
  },
  {
    id: 'elsewhere/deliver/subscribed/none',
    title: 'subscribed in state none is delivered, but only to the second of the available resources',
    breaks: ['rfc3921:9.3/subscribed/none/deliver', 'rfc6121:A.3.3/none/deliver'],
    deviate: rewriteAll((emissions, occasion) =>
      inNone(occasion, 'in:subscribed') ? [...emissions, ...delivered(occasion, 'all-but-first')] : emissions,
    ),
  },
  {
    id: 'elsewhere/deliver/unsubscribe/none',
    title: 'unsubscribe in state none is delivered, but only to the second of the available resources',
    breaks: ['rfc3921:9.3/unsubscribe/none/deliver', 'rfc6121:A.3.2/none/deliver'],
    deviate: rewriteAll((emissions, occasion) =>
      inNone(occasion, 'in:unsubscribe')
        ? [...emissions, ...delivered(occasion, 'all-but-first')]
        : emissions,
    ),
  },
  {
    id: 'elsewhere/route/subscribed/none',
    title: 'subscribed in state none reaches the contact as if another resource had sent it',
    breaks: ['rfc3921:9.2/subscribed/none/route', 'rfc6121:A.2.3/none/route'],
    deviate: rewriteAll((emissions, occasion) => {
      if (!inNone(occasion, 'out:subscribed')) return emissions;
      const { account, session } = occasion;
      const other = account?.available().find((candidate) => candidate !== session);
      const emission = routed(occasion);
      return [
        ...emissions,
        { ...emission, stanza: stamp(emission.stanza, { from: (other ?? session)?.jid }) },
      ];
    }),
  },
];
