import { subscribed } from '../contacts.js';
import type { Variation } from '../deviations.js';
import type { Emission } from '../emission.js';
import { presence } from '../stanza.js';

/** What the RFCs leave open about presence and probes. */
export const PRESENCE_VARIATIONS: readonly Variation[] = [
  {
    id: 'own-presence-echo',
    title: 'a resource gets its own presence back',
    specs: ['rfc3921'],
    deviate: () => ({ ownEcho: true }),
  },
  {
    id: 'absence-not-told',
    title: 'probes are not answered while no resource is available',
    specs: ['rfc3921'],
    deviate: () => ({ absenceAnswer: 'silence' }),
  },
  {
    id: 'components-trusted',
    title: 'components learn the presence of any user by a probe',
    deviate: () => ({ trustsComponents: true }),
  },
  {
    id: 'probes-always',
    title: 'the contacts are probed for each resource that becomes available, not just for the first',
    deviate: (policy) => ({
      emissions(emissions, occasion) {
        const { trigger, account, session } = occasion;
        const sound = policy.emissions(emissions, occasion);
        const first = account?.available().every((other) => other === session) === true;
        if (trigger !== 'initial-presence' || first || account === undefined) return sound;
        const from = policy.mode === 'rfc3921' ? session?.jid : account.bare;
        const probes = subscribed(account, 'to').map((to): Emission => {
          return { purpose: 'probe', to: 'route', stanza: presence({ from, to, type: 'probe' }) };
        });
        return [...sound, ...probes];
      },
    }),
  },
];
