import { lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Files that must stay together: one file with all of its hard links. */
interface Unit {
  readonly paths: string[];
  bytes: number;
}

/** How often each layer gets a turn: a layer holds parts from all over the tree, so that all shrink alike. */
const TURNS = 8;

/**
 * Deals the files of a folder to `count` lists for `tar --no-recursion`, of about the same size, every file in one. A list
 * has each path behind the folders that lead to it. Neighbours stay together, as they do in real layers.
 */
export function splitTree(root: string, count: number): readonly (readonly string[])[] {
  const units = unitsBelow(root);
  const share = units.reduce((sum, { bytes }) => sum + bytes, 0) / (count * TURNS);
  const layers = Array.from({ length: count }, () => ({ bytes: 0, paths: new Set<string>() }));
  let turn = { layer: layers[0], bytes: 0 };
  for (const unit of units) {
    if (turn.bytes >= share) {
      turn = { layer: layers.reduce((least, layer) => (layer.bytes < least.bytes ? layer : least)), bytes: 0 };
    }
    turn.bytes += unit.bytes;
    if (turn.layer !== undefined) {
      turn.layer.bytes += unit.bytes;
      for (const path of unit.paths) {
        addWithFolders(turn.layer.paths, path);
      }
    }
  }
  return layers.map(({ paths }) => [...paths]);
}

/** In the order of names; `bytes` is what they take in a tar. */
function unitsBelow(root: string): readonly Unit[] {
  const units: Unit[] = [];
  const linked = new Map<number, Unit>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).toSorted(byName)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const { size, ino, nlink } = lstatSync(join(root, path));
      const known = entry.isFile() && nlink > 1 ? linked.get(ino) : undefined;
      const bytes = 512 + (entry.isFile() && known === undefined ? Math.ceil(size / 512) * 512 : 0);
      const unit = known ?? { paths: [], bytes: 0 };
      unit.paths.push(path);
      unit.bytes += bytes;
      if (known === undefined) {
        units.push(unit);
        linked.set(ino, unit);
      }
      if (entry.isDirectory()) {
        walk(path);
      }
    }
  };
  walk('');
  return units;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function addWithFolders(paths: Set<string>, path: string): void {
  const folder = dirname(path);
  if (folder !== '.' && !paths.has(folder)) {
    addWithFolders(paths, folder);
  }
  paths.add(path);
}
