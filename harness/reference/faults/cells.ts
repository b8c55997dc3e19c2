import type { Fault } from '../deviations.js';
import {
  type Cell,
  type Direction,
  STATES,
  type State,
  SUBSCRIPTION_TYPES,
  type SubscriptionType,
  transition,
} from '../subscriptions.js';

/** Section of RFC 6121 with the table for the direction and the type. */
const SECTIONS: Readonly<Record<Direction, Readonly<Record<SubscriptionType, string>>>> = {
  out: { subscribe: 'A.2.1', unsubscribe: 'A.2.2', subscribed: 'A.2.3', unsubscribed: 'A.2.4' },
  in: { subscribe: 'A.3.1', unsubscribe: 'A.3.2', subscribed: 'A.3.3', unsubscribed: 'A.3.4' },
};

/**
 * The state that a mistaken server would plausibly go to. Where a row that demands a change is absent, the mistake is
 * to make none.
 */
type Mistakes = Readonly<Partial<Record<State, State>>>;

const MISTAKES: Readonly<Record<Direction, Readonly<Record<SubscriptionType, Mistakes>>>> = {
  out: {
    // Asking again starts over, or passes for an approval.
    subscribe: {
      'none-pending-out': 'to',
      'none-pending-out-in': 'to-pending-in',
      to: 'none-pending-out',
      'to-pending-in': 'none-pending-out-in',
      'from-pending-out': 'both',
      both: 'from-pending-out',
    },
    // What concerns the other direction is lost; with nothing to lose, the stanza passes for a request.
    unsubscribe: { none: 'none-pending-out', 'none-pending-in': 'none', from: 'none' },
    // An approval nobody asked for is granted, a second one takes the first back.
    subscribed: {
      none: 'from',
      'none-pending-out': 'from-pending-out',
      to: 'both',
      from: 'none',
      'from-pending-out': 'none-pending-out',
      both: 'to',
    },
    // What concerns the other direction is lost; with nothing to lose, the stanza passes for an approval.
    unsubscribed: { none: 'from', 'none-pending-out': 'none', to: 'none' },
  },
  in: {
    // A request repeated, or made by a subscriber, takes back what there was.
    subscribe: {
      'none-pending-in': 'none',
      'none-pending-out-in': 'none-pending-out',
      'to-pending-in': 'to',
      from: 'none',
      'from-pending-out': 'none-pending-out',
      both: 'to',
    },
    // What concerns the other direction is lost; with nothing to lose, the sender gains a subscription.
    // A request taken back passes for one approved: RFC 6121 3.3.3 permits to ignore it, so no change is no mistake.
    unsubscribe: {
      none: 'from',
      'none-pending-out': 'none',
      'none-pending-in': 'from',
      'none-pending-out-in': 'from-pending-out',
      to: 'none',
      'to-pending-in': 'both',
    },
    // An approval without a request counts, a second one takes the first back.
    subscribed: {
      none: 'to',
      'none-pending-in': 'to-pending-in',
      to: 'none',
      'to-pending-in': 'none-pending-in',
      from: 'both',
      both: 'from',
    },
    // What concerns the other direction is lost; with nothing to lose, the stanza passes for a request.
    // A refusal passes for an approval: RFC 6121 3.2.3 permits to ignore it, so no change is no mistake.
    unsubscribed: {
      none: 'none-pending-out',
      'none-pending-out': 'to',
      'none-pending-in': 'none',
      'none-pending-out-in': 'to-pending-in',
      from: 'none',
      'from-pending-out': 'both',
    },
  },
};

/** Rows of A.3 whose delivery another section of RFC 6121 forbids (3.3.3, 3.2.3): there, dropping it is permitted. */
const DELIVERY_DISPUTED: Readonly<Partial<Record<SubscriptionType, readonly State[]>>> = {
  unsubscribe: ['none-pending-in', 'none-pending-out-in', 'to-pending-in'],
  unsubscribed: ['none-pending-out', 'none-pending-out-in', 'from-pending-out'],
};

function passWord(direction: Direction): 'route' | 'deliver' {
  return direction === 'out' ? 'route' : 'deliver';
}

function clauses(direction: Direction, type: SubscriptionType, state: State, aspect: string): string[] {
  const old = direction === 'out' ? '9.2' : '9.3';
  return [
    `rfc3921:${old}/${type}/${state}/${aspect}`,
    `rfc6121:${SECTIONS[direction][type]}/${state}/${aspect}`,
  ];
}

function isCell(cell: Cell, direction: Direction, type: SubscriptionType, state: State): boolean {
  return cell.direction === direction && cell.type === type && cell.state === state && !cell.approved;
}

function passFault(direction: Direction, type: SubscriptionType, state: State): Fault {
  const aspect = passWord(direction);
  const both = clauses(direction, type, state, aspect);
  const disputed = direction === 'in' && DELIVERY_DISPUTED[type]?.includes(state) === true;
  return {
    id: `cell/${direction}/${type}/${state}/${aspect}`,
    title: `${type} in state ${state}: what the table says of whether to ${aspect} it is turned round`,
    breaks: disputed ? both.filter((clause) => clause.startsWith('rfc3921:')) : both,
    ...(disputed ? { specs: ['rfc3921'] as const } : {}),
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        return isCell(cell, direction, type, state) ? { ...sound, pass: !sound.pass } : sound;
      },
    }),
  };
}

function stateFault(direction: Direction, type: SubscriptionType, state: State): Fault {
  const { next } = transition({ state, direction, type, approved: false, preApproval: false });
  const wrong = MISTAKES[direction][type][state] ?? state;
  return {
    id: `cell/${direction}/${type}/${state}/state`,
    title: `${type} in state ${state} leads to state ${wrong} instead of ${next}`,
    breaks: clauses(direction, type, state, 'state'),
    deviate: (policy) => ({
      transition(cell) {
        const sound = policy.transition(cell);
        return isCell(cell, direction, type, state) ? { ...sound, next: wrong } : sound;
      },
    }),
  };
}

/** For each of the 72 cells of the state tables: passing turned round, and a wrong new state. */
export const CELL_FAULTS: readonly Fault[] = (['out', 'in'] as const).flatMap((direction) =>
  SUBSCRIPTION_TYPES.flatMap((type) =>
    STATES.flatMap((state) => [passFault(direction, type, state), stateFault(direction, type, state)]),
  ),
);
