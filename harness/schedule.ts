/**
 * Works through items in a number of lanes, taking the next whenever a lane is free.
 * @param items in the order in which they are begun
 * @param lanes how many at a time
 * @param work must not reject
 * @param stopped looked at before each item; once true, the rest is left
 * @returns what was done, in the order of the items
 */
export async function runLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
  stopped: () => boolean,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  let next = 0;
  const lane = async () => {
    while (next < items.length && !stopped()) {
      const index = next++;
      const item = items[index];
      if (item !== undefined) results.set(index, await work(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
