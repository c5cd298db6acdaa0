/** Runs `work` over all items, at most `width` at a time, and gives the results in the order of the items. */
export async function pool<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item, lane: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const lane = async (number: number): Promise<void> => {
    for (const [index, item] of queue) {
      results.set(index, await work(item, number));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, (_, number) => lane(number)));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
