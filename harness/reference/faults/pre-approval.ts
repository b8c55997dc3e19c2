import type { Deviate, Fault } from '../deviations.js';
import type { Cell, Transition } from '../subscriptions.js';
import { drop } from './gate.js';
import { withoutAttribute } from './roster.js';
import { storing } from './roster-storing.js';

function deciding(change: (sound: Transition, cell: Cell) => Transition): Deviate {
  return (policy) => ({ transition: (cell) => change(policy.transition(cell), cell) });
}

/** The user approves a request that has not come. */
function pre({ direction, type }: Cell, sound: Transition): boolean {
  return direction === 'out' && type === 'subscribed' && !sound.share && sound.approved;
}

/** The request that was approved comes. */
function approvedRequest({ direction, type, approved }: Cell, sound: Transition): boolean {
  return direction === 'in' && type === 'subscribe' && approved && sound.share;
}

/** Faults in the pre-approval of requests (RFC 6121 3.4). */
export const PRE_APPROVAL_FAULTS: readonly Fault[] = (
  [
    {
      id: 'pre-approval/ignored',
      title: 'a pre-approval is offered, but not noted',
      breaks: ['rfc6121:3.4.2/pre-approval-noted', 'rfc6121:3.4.2/pre-approval-creates-item'],
      deviate: deciding((sound, cell) => (pre(cell, sound) ? { ...sound, approved: false } : sound)),
    },
    {
      id: 'pre-approval/unannounced',
      title: 'pre-approval is supported, but not among the stream features',
      breaks: ['rfc6121:3.4/advertised'],
      deviate: () => ({ announcesPreApproval: false }),
    },
    {
      id: 'pre-approval/not-shown',
      title: 'results and pushes do not carry approved',
      breaks: ['rfc6121:2.1.2.1/pre-approval-shown', 'rfc6121:3.4.2/pre-approval-noted'],
      deviate: withoutAttribute('approved'),
    },
    {
      id: 'pre-approval/routed',
      title: 'a pre-approval is routed to the contact',
      breaks: ['rfc6121:3.4.2/pre-approval-not-routed', 'rfc6121:3.4.2/pre-approval-of-unlisted-not-routed'],
      deviate: deciding((sound, cell) => (pre(cell, sound) ? { ...sound, pass: true } : sound)),
    },
    {
      id: 'pre-approval/no-item',
      title: 'a pre-approval of a contact outside the roster creates no item',
      breaks: ['rfc6121:3.4.2/pre-approval-creates-item'],
      deviate: storing(['out:subscribed'], (next, previous) =>
        next.subscription === 'none' ? previous : next,
      ),
    },
    {
      id: 'pre-approval/not-pushed',
      title: 'a pre-approval is noted, but not pushed',
      breaks: ['rfc6121:3.4.2/pre-approval-push'],
      deviate: drop(
        ({ purpose }, { trigger, account, contact }) =>
          purpose === 'push' &&
          trigger === 'out:subscribed' &&
          account?.roster.get(contact)?.approved === true,
      ),
    },
    {
      id: 'pre-approval/not-answered',
      title: 'a pre-approved request is not answered',
      breaks: ['rfc6121:3.4.2/pre-approved-auto-reply', 'rfc6121:3.1.3/pre-approved-auto-reply'],
      deviate: deciding((sound, cell) =>
        approvedRequest(cell, sound) ? { ...sound, reply: 'nothing' } : sound,
      ),
    },
    {
      id: 'pre-approval/not-removed',
      title: 'unsubscribed does not take a pre-approval back',
      breaks: ['rfc6121:3.2.2/pre-approval-removed'],
      deviate: deciding((sound, { direction, type, approved }) =>
        direction === 'out' && type === 'unsubscribed' ? { ...sound, approved } : sound,
      ),
    },
    {
      id: 'pre-approval/removal-routed',
      title: 'unsubscribed that takes a pre-approval back is routed',
      breaks: ['rfc6121:3.2.2/pre-approval-cancel-not-routed'],
      deviate: deciding((sound, { direction, type, approved }) =>
        direction === 'out' && type === 'unsubscribed' && approved ? { ...sound, pass: true } : sound,
      ),
    },
  ] satisfies Omit<Fault, 'specs'>[]
).map((fault) => ({ ...fault, specs: ['rfc6121'] }));
