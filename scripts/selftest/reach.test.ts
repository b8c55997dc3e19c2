import { expect } from 'chai';
import { loadStates } from '../../harness/scenario/states.js';
import type { PlayableCase } from '../../harness/scenario/types.js';
import { catalogueOf, playable, scenario } from '../../harness/verdict/sample.support.test.js';
import { caseKey } from '../../harness/verdict/summary.js';
import { type Cell, reachOf, slug } from './reach.js';

const TABLE = 'subscription/outbound-subscribe';
const OTHER = 'subscription/inbound-subscribed';

/** A case of a scenario that is given a subscription in this state. */
function from(id: string, name: string, state: string): PlayableCase {
  const subscription = { of: 'romeo', to: 'juliet', state, item: '', name: '', group: '', line: 1 };
  return playable({ scenario: scenario({ id }), name, subscriptions: [subscription] });
}

describe('reachOf', () => {
  const states = loadStates();
  const reach = (cell: Partial<Cell>, ...cases: PlayableCase[]) => {
    const { own, beyond } = reachOf(
      { direction: 'out', type: 'subscribe', row: 'none', scenario: TABLE, ...cell },
      { catalogue: catalogueOf(), states, scenarios: [], cases },
    );
    return { own: [...own], beyond: [...beyond] };
  };

  it("takes every case of the cell's row in its own table, with and without a roster item", () => {
    const found = reach({}, from(TABLE, 'none', 'None'), from(TABLE, 'none, item', 'None'));
    expect(found).to.deep.equal({
      own: [caseKey(TABLE, 'none'), caseKey(TABLE, 'none, item')],
      beyond: [],
    });
  });

  it('goes beyond to cases whose state is reached through the cell, in any scenario', () => {
    const found = reach(
      {},
      from(TABLE, 'to', 'To'),
      from(OTHER, 'pending', 'None + Pending Out'),
      from(OTHER, 'none', 'None'),
      from(OTHER, 'from', 'From'),
      from(OTHER, 'both', 'Both'),
    );
    expect(found).to.deep.equal({ own: [], beyond: [caseKey(TABLE, 'to'), caseKey(OTHER, 'pending')] });
  });

  it('tells direction, type and the state in which a step is taken apart', () => {
    const both = from(OTHER, 'both', 'Both');
    const isReached = (cell: Partial<Cell>) => reach(cell, both).beyond.length === 1;
    expect(isReached({ direction: 'in', type: 'subscribe', row: 'none' })).to.equal(true);
    expect(isReached({ direction: 'out', type: 'subscribed', row: 'none-pending-in' })).to.equal(true);
    expect(isReached({ direction: 'out', type: 'subscribe', row: 'from' })).to.equal(true);
    expect(isReached({ direction: 'in', type: 'subscribed', row: 'from-pending-out' })).to.equal(true);
    expect(isReached({ direction: 'out', type: 'subscribe', row: 'none' })).to.equal(false);
    expect(isReached({ direction: 'in', type: 'subscribed', row: 'from' })).to.equal(false);
    expect(isReached({ direction: 'out', type: 'unsubscribe', row: 'from' })).to.equal(false);
  });
});

describe('slug', () => {
  it('writes each state as the clause ids do', () => {
    expect([...loadStates().keys()].map(slug)).to.deep.equal([
      'none',
      'none-pending-out',
      'none-pending-in',
      'none-pending-out-in',
      'to',
      'to-pending-in',
      'from',
      'from-pending-out',
      'both',
    ]);
  });
});
