import { expect } from 'chai';
import { presenceAt, Sandbox } from '../sandbox.support.test.js';
import { type Direction, STATES, SUBSCRIPTION_TYPES } from '../subscriptions.js';
import { CELL_FAULTS } from './cells.js';

const CONTACT = 'juliet@capulet.test';
const DIRECTIONS: readonly Direction[] = ['out', 'in'];

/** What a server with the deviations does in each of the 72 cells, as lines that name the cell. */
function observed(deviations: readonly string[], listed: boolean): string[] {
  return DIRECTIONS.flatMap((direction) =>
    SUBSCRIPTION_TYPES.flatMap((type) =>
      STATES.flatMap((state) => {
        const sandbox = new Sandbox('rfc3921', deviations);
        const romeo = sandbox.user('romeo');
        const session = sandbox.connect(romeo, 'orchard', { interested: true, available: true });
        sandbox.put(romeo, CONTACT, state, listed);
        sandbox.sent.length = 0;
        sandbox.subscription(session, direction, type, CONTACT);
        const at = direction === 'out' ? 'capulet.test' : 'romeo/orchard';
        const passed = presenceAt(sandbox.sent, at, type).length;
        const cell = `cell/${direction}/${type}/${state}`;
        return [
          `${cell}/${direction === 'out' ? 'route' : 'deliver'} ${passed}`,
          `${cell}/state ${sandbox.state(romeo, CONTACT)}`,
        ];
      }),
    ),
  );
}

describe('cell faults', () => {
  it('cover the 72 cells, each in passing and in state', () => {
    expect(CELL_FAULTS).to.have.lengthOf(144);
    expect(new Set(CELL_FAULTS.map(({ id }) => id)).size).to.equal(144);
  });

  for (const listed of [true, false]) {
    it(`each show in their own cell and in no other, with the contact ${listed ? '' : 'not '}in the roster`, () => {
      const sound = observed([], listed);
      for (const { id } of CELL_FAULTS) {
        const different = observed([id], listed).filter((line, index) => line !== sound[index]);
        expect(
          different.map((line) => line.split(' ')[0]),
          id,
        ).to.deep.equal([id]);
      }
    }).timeout(20_000);
  }
});
