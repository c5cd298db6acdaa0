import type { Digest } from '#base/digest.ts';

/** What order is made of. */
export interface Orderable {
  readonly digest: Digest;
  readonly children: readonly Digest[];
  /** The list of referrers under the fallback tag, and nothing else. */
  readonly isList: boolean;
}

/**
 * Children before their indexes, and otherwise as they were found, which is subjects before what hangs on them; lists of
 * referrers at the end. Our registry gives a manifest the state of what it hangs on where that is there.
 */
export function inOrder<Node extends Orderable>(found: readonly Node[]): readonly Node[] {
  const nodes = new Map(found.map((node) => [node.digest, node]));
  const placed = new Set<Digest>();
  const order: Node[] = [];
  const place = (node: Node): void => {
    if (placed.has(node.digest)) {
      return;
    }
    // Before its children: an index that is below itself cannot be, and would go round for ever.
    placed.add(node.digest);
    for (const child of node.children) {
      const below = nodes.get(child);
      if (below !== undefined) {
        place(below);
      }
    }
    order.push(node);
  };
  found.filter(({ isList }) => !isList).forEach(place);
  found.forEach(place);
  return order;
}
