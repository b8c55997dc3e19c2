import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { runLanes } from './schedule.js';

const never = () => false;

describe('runLanes', () => {
  it('does every item, so many at a time, and keeps their order in the results', async () => {
    let running = 0;
    let most = 0;
    const items = [5, 1, 3, 2, 4, 0];
    const results = await runLanes(
      items,
      3,
      async (item) => {
        most = Math.max(most, ++running);
        for (let round = 0; round < item; round++) await turn();
        running--;
        return item * 10;
      },
      never,
    );
    expect(results).to.deep.equal(items.map((item) => item * 10));
    expect(most).to.equal(3);
  });

  it('begins items in their order, the next when a lane is free', async () => {
    const begun: string[] = [];
    await runLanes(
      ['slow', 'quick', 'third'],
      2,
      async (item) => {
        begun.push(item);
        for (let round = 0; round < (item === 'slow' ? 20 : 1); round++) await turn();
        begun.push(`${item} done`);
      },
      never,
    );
    expect(begun).to.deep.equal(['slow', 'quick', 'quick done', 'third', 'third done', 'slow done']);
  });

  it('finishes what was begun and leaves the rest once stopped', async () => {
    let stopped = false;
    const results = await runLanes(
      [1, 2, 3, 4],
      2,
      async (item) => {
        await turn();
        stopped = true;
        return item;
      },
      () => stopped,
    );
    expect(results).to.deep.equal([1, 2]);
  });

  it('does nothing with nothing', async () => {
    expect(await runLanes([], 4, async () => 1, never)).to.deep.equal([]);
    expect(
      await runLanes(
        [1],
        4,
        async () => 1,
        () => true,
      ),
    ).to.deep.equal([]);
  });
});
