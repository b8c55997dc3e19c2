import type { Fixtures } from '../../harness/fixtures.js';
import type { PlayableCase } from '../../harness/scenario/types.js';
import { caseKey } from '../../harness/verdict/summary.js';

/** A cell of the state tables: stanza type, direction and the row of its table. */
export interface Cell {
  readonly direction: 'in' | 'out';
  readonly type: string;
  /** Slug of the state, as in the clause ids. */
  readonly row: string;
  /** The scenario of its table. */
  readonly scenario: string;
}

/** Where a fault of a cell may show. */
export interface Reach {
  /** The cases of the cell itself, with and without a roster item: one must fail. */
  readonly own: ReadonlySet<string>;
  /** Cases whose state is reached through the cell: they may be blocked. */
  readonly beyond: ReadonlySet<string>;
}

/** The declared reach of a cell: its own cases, and those whose precondition passes through it (fixtures/states.xml). */
export function reachOf(cell: Cell, fixtures: Fixtures): Reach {
  const own = new Set<string>();
  const beyond = new Set<string>();
  for (const play of fixtures.cases) {
    const key = caseKey(play.scenario.id, play.name);
    if (
      play.scenario.id === cell.scenario &&
      play.subscriptions.some(({ state }) => slug(state) === cell.row)
    ) {
      own.add(key);
    } else if (passesThrough(play, cell, fixtures)) {
      beyond.add(key);
    }
  }
  return { own, beyond };
}

/** The slug of a state in clause ids: `None + Pending Out/In` is `none-pending-out-in`. */
export function slug(state: string): string {
  return state
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '-')
    .replace(/-$/, '');
}

function passesThrough(play: PlayableCase, cell: Cell, fixtures: Fixtures): boolean {
  return play.subscriptions.some(({ state }) =>
    (fixtures.states.get(state)?.path ?? []).some(
      (step) =>
        (step.from === 'user' ? 'out' : 'in') === cell.direction &&
        step.presence.attrs.type === cell.type &&
        slug(step.in) === cell.row,
    ),
  );
}
