/** Hands out a name once: the wish itself, and with a number behind it for those who come later with the same. */
export type Unique = (wish: string) => string;

/** `separator` stands before the numbers, and alone for the empty wish. Takes constant time however often one is wished. */
export function createUnique(separator: string): Unique {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (wish) => {
    let name = wish === '' ? separator : wish;
    let number = next.get(wish) ?? 2;
    while (taken.has(name)) {
      name = `${wish}${separator}${number}`;
      number += 1;
    }
    next.set(wish, number);
    taken.add(name);
    return name;
  };
}
