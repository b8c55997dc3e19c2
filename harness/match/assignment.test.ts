import { expect } from 'chai';
import fc from 'fast-check';
import { cheapestAssignment } from './assignment.js';

function total(costs: readonly (readonly number[])[], columns: readonly number[]): number {
  return columns.reduce((sum, column, row) => sum + (costs[row]?.[column] ?? Number.NaN), 0);
}

function cheapestByTrial(
  costs: readonly (readonly number[])[],
  row = 0,
  taken: readonly number[] = [],
): number {
  const current = costs[row];
  if (current === undefined) return 0;
  return Math.min(
    ...current.map((cost, column) =>
      taken.includes(column)
        ? Number.POSITIVE_INFINITY
        : cost + cheapestByTrial(costs, row + 1, [...taken, column]),
    ),
  );
}

describe('cheapestAssignment', () => {
  it('has nothing to assign without rows', () => {
    expect(cheapestAssignment([])).to.deep.equal([]);
  });

  it('gives a row its second choice where that is cheaper as a whole', () => {
    const costs = [
      [0, 1],
      [0, 9],
    ];
    expect(cheapestAssignment(costs)).to.deep.equal([1, 0]);
  });

  it('is as cheap as the best of all assignments', () => {
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 }))
      .chain(([rows, more]) =>
        fc.array(fc.array(fc.nat(20), { minLength: rows + more, maxLength: rows + more }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(matrix, (costs) => {
        const columns = cheapestAssignment(costs);
        expect(new Set(columns).size).to.equal(costs.length);
        expect(total(costs, columns)).to.equal(cheapestByTrial(costs));
      }),
      { numRuns: 200 },
    );
  });
});
