import type { Deviate, Fault } from '../deviations.js';
import { type Cell, type Facets, facetsOf, type Transition } from '../subscriptions.js';
import { drop } from './gate.js';

function deciding(
  applies: (facets: Facets) => boolean,
  change: (cell: Cell) => Partial<Transition>,
): Deviate {
  return (policy) => ({
    transition(cell) {
      const sound = policy.transition(cell);
      const approves = cell.direction === 'out' && cell.type === 'subscribed';
      return approves && applies(facetsOf(cell.state)) ? { ...sound, ...change(cell) } : sound;
    },
  });
}

/** Faults of a server that offers pre-approval in the approvals of requests that have come (RFC 6121 3.4.2). */
export const APPROVAL_FAULTS: readonly Fault[] = (
  [
    {
      id: 'approval/granted-routed',
      title: 'subscribed for a contact who has a subscription already is routed',
      breaks: ['rfc6121:3.4.2/granted-ignored'],
      deviate: deciding(
        ({ from }) => from,
        () => ({ pass: true }),
      ),
    },
    {
      id: 'approval/not-routed',
      title: 'the approval of a request that waits is not routed',
      breaks: ['rfc6121:3.4.2/pending-route'],
      deviate: deciding(
        ({ pending }) => pending,
        () => ({ pass: false }),
      ),
    },
    {
      id: 'approval/not-pushed',
      title: 'the approval of a request that waits is not pushed',
      breaks: ['rfc6121:3.4.2/pending-push'],
      deviate: drop(
        ({ purpose }, { trigger, before = 'none' }) =>
          purpose === 'push' && trigger === 'out:subscribed' && facetsOf(before).pending,
      ),
    },
    {
      id: 'approval/taken-for-pre-approval',
      title: 'the approval of a request that waits is noted as a pre-approval',
      breaks: ['rfc6121:3.4.2/pending-state'],
      deviate: deciding(
        ({ pending }) => pending,
        ({ state }) => ({ next: state, approved: true, share: false }),
      ),
    },
  ] satisfies Omit<Fault, 'specs'>[]
).map((fault) => ({ ...fault, specs: ['rfc6121'] }));
