/**
 * The cheapest assignment of rows to columns, each column taken once at most (Hungarian method with shortest augmenting paths,
 * O(rows² · columns)).
 * @param costs a row of costs for each row; at least as many columns as rows, all finite
 * @returns the column of each row
 */
export function cheapestAssignment(costs: readonly (readonly number[])[]): number[] {
  const columns = costs[0]?.length ?? 0;
  // Places are counted from 1: row and column 0 stand for "none yet".
  const rowPotential = new Float64Array(costs.length + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const previous = new Int32Array(columns + 1);

  for (let row = 1; row <= costs.length; row++) {
    rowOf[0] = row;
    let column = 0;
    const slack = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const visited = new Uint8Array(columns + 1);
    do {
      visited[column] = 1;
      const current = at(rowOf, column);
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let candidate = 1; candidate <= columns; candidate++) {
        if (at(visited, candidate) === 1) continue;
        const cost = costs[current - 1]?.[candidate - 1] ?? Number.POSITIVE_INFINITY;
        const reduced = cost - at(rowPotential, current) - at(columnPotential, candidate);
        if (reduced < at(slack, candidate)) {
          slack[candidate] = reduced;
          previous[candidate] = column;
        }
        if (at(slack, candidate) < delta) {
          delta = at(slack, candidate);
          next = candidate;
        }
      }
      for (let passed = 0; passed <= columns; passed++) {
        if (at(visited, passed) === 1) {
          rowPotential[at(rowOf, passed)] = at(rowPotential, at(rowOf, passed)) + delta;
          columnPotential[passed] = at(columnPotential, passed) - delta;
        } else {
          slack[passed] = at(slack, passed) - delta;
        }
      }
      column = next;
    } while (at(rowOf, column) !== 0);
    while (column !== 0) {
      const before = at(previous, column);
      rowOf[column] = at(rowOf, before);
      column = before;
    }
  }

  const assigned = new Array<number>(costs.length).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = at(rowOf, column);
    if (row !== 0) assigned[row - 1] = column - 1;
  }
  return assigned;
}

function at(numbers: Float64Array | Int32Array | Uint8Array, index: number): number {
  return numbers[index] ?? 0;
}
