import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { LayerFacts } from '#model/layer.ts';
import { Tree } from './tree.ts';
import { type LayerProblem, SquashedView } from './view.ts';

/** Entries without a place that are named one by one. */
const MAX_PROBLEMS = 10_000;

/**
 * Layers, lowest first, as one file system (OCI image-spec, layer.md, Applying Changesets). Whiteouts and opaque folders
 * of a layer act on the layers below it and before its own entries, wherever in its tar they stand. Throws
 * `LIMIT_EXCEEDED` past `LIMITS.imageEntries`, and for links that would take too long to follow.
 */
export function squash(layers: readonly LayerFacts[]): SquashedView {
  const tree = new Tree();
  const unreadable: LayerProblem[] = [];
  const rows = layers.reduce((sum, { entries }) => sum + entries.length, 0);
  if (rows > LIMITS.imageEntries) {
    throw limitExceeded('image', LIMITS.imageEntries, 'entries in all layers', rows);
  }
  for (const [layer, { entries, whiteouts, opaques }] of layers.entries()) {
    tree.startLayer(entries);
    for (const path of whiteouts) {
      tree.delete(path);
    }
    for (const path of opaques) {
      tree.clear(path);
    }
    const cursor = entries.cursor();
    let more = 0;
    for (let row = 0; cursor.next(); row += 1) {
      const problem = tree.put(cursor, layer, row);
      if (problem !== null && unreadable.length < MAX_PROBLEMS) {
        unreadable.push({ layer, path: cursor.path(), analyser: 'layers', reason: problem });
      } else if (problem !== null) {
        more += 1;
      }
    }
    if (more > 0) {
      unreadable.push({ layer, path: null, analyser: 'layers', reason: `${more} more entries without a place` });
    }
  }
  return new SquashedView(tree, layers, unreadable);
}
