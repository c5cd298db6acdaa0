import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { EntryCursor, LayerEntries, LayerEntry } from '#model/layer.ts';
import { baseOf, joinPath, parentOf } from '../paths.ts';
import { type Lookup, PathFinder } from './lookup.ts';
import { type Child, IMPLIED, type NodeType, TreeNode } from './node.ts';

/** A node whose content is not known by the path it hangs at: a hardlink, or placed through a link to its folder. */
export interface Special {
  readonly node: TreeNode;
  readonly path: string;
  readonly hardlink: boolean;
}

interface Place {
  readonly folder: TreeNode;
  /** The folder's path in the view, which differs from the entry's where a link leads there. */
  readonly path: string;
}

/** How many folders are remembered. A tar comes back to those around the one it is in. */
const PLACES = 4096;

/** The file system that layers add up to, built from the lowest up. */
export class Tree {
  readonly root = new TreeNode('folder', IMPLIED, 0, 0o755, 0, null);
  readonly finder = new PathFinder(this.root, (child) => this.opened(child));
  readonly specials: Special[] = [];
  /** One bit per row of each layer's table: whether that entry is in the view. */
  readonly rows: Uint8Array[] = [];
  files = 0;
  readonly #tables: LayerEntries[] = [];
  /** For each layer, how many rows the layers below it have. */
  readonly #bases: number[] = [];
  #rowCount = 0;
  /** The folder of the entry before, which most often is that of the next one. Null when it has to be looked up. */
  #lastParent: string | null = null;
  #lastPlace: Place = { folder: this.root, path: '' };
  /** Folders that were looked up, by the path that entries call them by; until one of them, or a link on the way, goes. */
  readonly #places = new Map<string, Place>();
  /** Paths of the layer at hand whose content hardlinks of this very layer have. */
  readonly #linked = new Set<string>();
  /** The last parts of them: a file of another name is none of them, and its path need not be made up. */
  readonly #linkedNames = new Set<string>();

  /** A new layer on top. */
  startLayer(entries: LayerEntries): void {
    this.rows.push(new Uint8Array(Math.ceil(entries.length / 8)));
    this.#tables.push(entries);
    this.#bases.push(this.#rowCount);
    this.#rowCount += entries.length;
    this.#lastParent = null;
    this.#linked.clear();
    this.#linkedNames.clear();
  }

  /** A node for what hangs in a folder; one that stands for a number hangs nowhere itself. */
  opened(child: Child): TreeNode {
    if (typeof child !== 'number') {
      return child;
    }
    const { layer, row } = this.#placeInLayers(child);
    const table = this.#tables[layer];
    return new TreeNode('file', layer, row, table?.modeAt(row) ?? 0, table?.sizeAt(row) ?? 0, null);
  }

  isLive(layer: number, row: number): boolean {
    return ((this.rows[layer]?.[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  /** Removes what the lower layers have at a path; a link at the end goes itself, one on the way is followed. */
  delete(path: string): void {
    const parent = this.finder.find(parentOf(path), { followLast: true, create: false });
    const name = baseOf(path);
    const node = parent.kind === 'found' ? parent.node.children?.get(name) : undefined;
    if (parent.kind === 'found' && node !== undefined) {
      this.#drop(node);
      parent.node.children?.delete(name);
    }
  }

  /** Hides what the lower layers have in a folder. */
  clear(path: string): void {
    const found = this.finder.find(path, { followLast: true, create: false });
    if (found.kind === 'found' && found.node.children !== null) {
      for (const child of found.node.children.values()) {
        this.#drop(child);
      }
      found.node.children.clear();
    }
  }

  /** Adds the next entry of the uppermost layer; the text says why it could not be, or what cannot be told because of it. */
  put(cursor: EntryCursor, layer: number, row: number): string | null {
    return this.#putNextTo(cursor, layer, row) ? null : this.#put(cursor.entry(), layer, row);
  }

  /** The short way for a new file in the folder of the entry before. False when it is not one. */
  #putNextTo(cursor: EntryCursor, layer: number, row: number): boolean {
    const { folder, path } = this.#lastPlace;
    if (cursor.type !== 'file' || !cursor.sameFolder || this.#lastParent !== path) {
      return false;
    }
    const name = cursor.name();
    if (name === '' || folder.children?.has(name) !== false || this.#linkedNames.has(name)) {
      return false;
    }
    this.#hang(folder, name, layer, row);
    return true;
  }

  #hang(folder: TreeNode, name: string, layer: number, row: number): void {
    this.finder.countNodes(1);
    folder.children?.set(name, (this.#bases[layer] ?? 0) + row);
    this.files += 1;
    this.#setLive(layer, row, true);
  }

  #put(entry: LayerEntry, layer: number, row: number): string | null {
    if (entry.path === '') {
      this.#lastParent = null;
      this.#claim(this.root, entry, layer, row);
      return null;
    }
    const parent = parentOf(entry.path);
    const place = this.#placeOf(parent);
    if (typeof place === 'string') {
      return place;
    }
    const name = baseOf(entry.path);
    const path = joinPath(place.path, name);
    const hanging = place.folder.children?.get(name) ?? null;
    if (hanging === null && entry.type === 'file' && path === entry.path && !this.#linked.has(path)) {
      this.#hang(place.folder, name, layer, row);
      return null;
    }
    const existing = hanging === null ? null : this.opened(hanging);
    if (entry.type === 'folder' && existing?.type === 'folder') {
      this.#claim(existing, entry, layer, row);
      this.#remember(entry.path, { folder: existing, path });
      this.#noteSpecial(existing, entry, path);
      return null;
    }
    if (path.length > LIMITS.pathBytes) {
      return `links lead to a path of ${path.length} characters`;
    }
    const node = entry.type === 'hardlink' ? this.#hardlink(entry, layer, row) : created(entry, entry.type, layer, row);
    if (typeof node === 'string') {
      return node;
    }
    if (node.origin === null && path !== entry.path) {
      node.origin = { layer, path: entry.path };
    }
    if (existing !== null) {
      this.#replace(existing, node, path);
    }
    this.finder.countNodes(1);
    place.folder.children?.set(name, node);
    if (node.children !== null) {
      this.#remember(entry.path, { folder: node, path });
    }
    this.#noteSpecial(node, entry, path);
    this.files += node.type === 'file' ? 1 : 0;
    this.#setLive(layer, row, true);
    // Content is known by layer and path, so the hardlink would be taken for what is at the path now.
    return this.#linked.has(entry.path) ? 'another entry of the path comes after a hardlink to it' : null;
  }

  #noteSpecial(node: TreeNode, entry: LayerEntry, path: string): void {
    if (path !== entry.path || entry.type === 'hardlink') {
      this.specials.push({ node, path, hardlink: entry.type === 'hardlink' });
    }
  }

  #placeOf(parent: string): Place | string {
    if (parent === this.#lastParent) {
      return this.#lastPlace;
    }
    this.#lastParent = null;
    const place = this.#places.get(parent) ?? this.#findPlace(parent);
    if (typeof place === 'string') {
      return place;
    }
    this.#lastParent = parent;
    this.#lastPlace = place;
    return place;
  }

  #findPlace(parent: string): Place | string {
    const found = this.finder.find(parent, { followLast: true, create: true });
    if (found.kind !== 'found' || found.node.children === null) {
      return problemOf(found, parent);
    }
    const place = { folder: found.node, path: found.path };
    this.#remember(parent, place);
    return place;
  }

  #remember(folder: string, place: Place): void {
    if (this.#places.size === PLACES) {
      this.#places.clear();
    }
    this.#places.set(folder, place);
  }

  /** An entry for a folder that is there already: its content stays. */
  #claim(folder: TreeNode, entry: LayerEntry, layer: number, row: number): void {
    if (folder.layer !== IMPLIED) {
      this.#setLive(folder.layer, folder.row, false);
    }
    folder.layer = layer;
    folder.row = row;
    folder.mode = entry.mode;
    this.#setLive(layer, row, true);
  }

  /** The other name of a file, of this layer or a lower one. A link at the end of the target is not followed, as in containerd. */
  #hardlink(entry: LayerEntry, layer: number, row: number): TreeNode | string {
    const target = entry.link ?? '';
    const found = this.finder.find(target, { followLast: false, create: false });
    if (found.kind !== 'found' || found.node.type === 'folder') {
      return `hardlink to ${quote(target)}: ${found.kind === 'found' ? 'it is a folder' : 'there is no such file'}`;
    }
    const { node } = found;
    const linked = new TreeNode(node.type, layer, row, node.mode, node.size, node.link);
    linked.origin = node.originAt(found.path);
    if (linked.origin.layer === layer) {
      this.#linked.add(linked.origin.path);
      this.#linkedNames.add(baseOf(linked.origin.path));
    }
    return linked;
  }

  /** What a file was before it was overwritten stays known; anything else than file over file starts anew. */
  #replace(existing: TreeNode, node: TreeNode, path: string): void {
    if (existing.type === 'file' && node.type === 'file') {
      node.older = existing.layer === node.layer ? existing.older : existing.versionAt(path);
    }
    this.#drop(existing);
  }

  #drop(top: Child): void {
    if (typeof top !== 'number' && (top.children !== null || top.link !== null)) {
      this.#lastParent = null;
      this.#places.clear();
    }
    const pending = [top];
    for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
      const node = this.opened(child);
      if (node.children !== null) {
        for (const child of node.children.values()) {
          pending.push(child);
        }
      }
      if (node.layer !== IMPLIED) {
        this.#setLive(node.layer, node.row, false);
      }
      this.finder.countNodes(-1);
      this.files -= node.type === 'file' ? 1 : 0;
      node.remove();
    }
  }

  #placeInLayers(number: number): { readonly layer: number; readonly row: number } {
    let low = 0;
    let high = this.#bases.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#bases[middle] ?? 0) <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { layer: low, row: number - (this.#bases[low] ?? 0) };
  }

  #setLive(layer: number, row: number, live: boolean): void {
    const rows = this.rows[layer];
    if (rows !== undefined) {
      const byte = rows[row >> 3] ?? 0;
      rows[row >> 3] = live ? byte | (1 << (row & 7)) : byte & ~(1 << (row & 7));
    }
  }
}

function created(entry: LayerEntry, type: NodeType, layer: number, row: number): TreeNode {
  return new TreeNode(type, layer, row, entry.mode, entry.size, type === 'symlink' ? (entry.link ?? '') : null);
}

function problemOf(found: Lookup, parent: string): string {
  switch (found.kind) {
    case 'loop':
      return `folder ${quote(parent)} is behind a loop of links`;
    default:
      return `folder ${quote(parent)} is not a folder`;
  }
}
