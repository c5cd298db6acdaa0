import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pool } from '../lib/pool.ts';
import type { Fault } from './faults.ts';
import type { Tree } from './tree.ts';

/**
 * The faults with which some code could not even run, and what the compiler says of each: such a fault is noticed by whoever compiles, and proves nothing. `before`
 * is what it says without any. As long as it has nothing to say it looks once at all that do not overlap.
 */
export async function unableFaults(
  trees: readonly Tree[],
  faults: readonly Fault[],
  before: readonly string[],
): Promise<ReadonlyMap<Fault, string>> {
  const [tree] = trees;
  const layers = tree === undefined ? [] : layersOf(tree, faults);
  const found = await pool(
    layers,
    trees.length,
    async (layer, lane) => await unableOf(trees[lane] ?? tree, layer, before),
  );
  return new Map(found.flat());
}

type Unable = readonly [fault: Fault, complaint: string];

/** Halves what the compiler complains of until it is one fault. */
async function unableOf(
  tree: Tree | undefined,
  faults: readonly Fault[],
  before: readonly string[],
): Promise<readonly Unable[]> {
  const [first, second] = faults;
  if (tree === undefined || first === undefined) {
    return [];
  }
  const [complaint] = (await tree.plantedTogether(faults, () => tree.brokenLines())).filter(
    (line) => !before.includes(line),
  );
  if (complaint === undefined) {
    return [];
  }
  if (second === undefined) {
    return [[first, complaint]];
  }
  const middle = Math.ceil(faults.length / 2);
  const halves = [faults.slice(0, middle), faults.slice(middle)];
  return [...(await unableOf(tree, halves[0] ?? [], before)), ...(await unableOf(tree, halves[1] ?? [], before))];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** As few sets as are easily found, in none of which two faults change the same text. */
function layersOf(tree: Tree, faults: readonly Fault[]): readonly (readonly Fault[])[] {
  const layers: { readonly faults: Fault[]; readonly spans: Map<string, Span[]> }[] = [];
  for (const fault of faults) {
    const from = readFileSync(join(tree.path, fault.file), 'utf8').indexOf(fault.find);
    const span = { from, to: from + fault.find.length };
    const overlaps = (other: Span): boolean => span.from < other.to && other.from < span.to;
    const free = layers.find(({ spans }) => !(spans.get(fault.file) ?? []).some(overlaps));
    const layer = free ?? { faults: [], spans: new Map<string, Span[]>() };
    if (free === undefined) {
      layers.push(layer);
    }
    layer.faults.push(fault);
    layer.spans.set(fault.file, [...(layer.spans.get(fault.file) ?? []), span]);
  }
  return layers.map((layer) => layer.faults);
}
