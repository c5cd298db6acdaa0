import type { LayerEntry, LayerFacts, UnreadableEntry } from '#model/layer.ts';
import type { NamedPackage } from '#model/package.ts';
import { joinPath } from '../paths.ts';
import type { Child, NodeType, Origin, TreeNode, Version } from './node.ts';
import type { Special, Tree } from './tree.ts';

/** A path of the view once all links have been followed. */
export interface Resolved {
  readonly path: string;
  readonly type: NodeType;
  readonly mode: number;
  readonly size: number;
  /** The layer and path that the content comes from; for a folder that no layer has an entry for, layer -1. */
  readonly origin: Origin;
  /** Contents that were overwritten in place, newest first. */
  readonly older: Version | null;
}

export type Resolution = Resolved | { readonly problem: 'missing' | 'loop' };

/** A file of the view, and the layer that its content is from. */
export interface FileOrigin {
  readonly path: string;
  readonly layer: number;
}

export interface ViewEntry {
  readonly path: string;
  readonly entry: LayerEntry;
  readonly layer: number;
}

/** A file below a folder, or a link there that leads to a file. */
export interface ViewFile {
  readonly path: string;
  readonly file: Resolved;
}

export interface Displaced {
  readonly file: Resolved;
  readonly hardlink: boolean;
}

/** An entry that could not be read, and the layer that has it. */
export interface LayerProblem extends UnreadableEntry {
  readonly layer: number;
  /** The OS package that the file belongs to. */
  readonly owner?: NamedPackage;
}

/** The file system that an image's layers add up to. */
export class SquashedView {
  readonly #tree: Tree;
  readonly #layers: readonly LayerFacts[];

  /** Entries that have no place in the view: below a file, behind a loop of links, hardlinks to nothing. */
  readonly unreadable: readonly LayerProblem[];

  constructor(tree: Tree, layers: readonly LayerFacts[], unreadable: readonly LayerProblem[]) {
    this.#tree = tree;
    this.#layers = layers;
    this.unreadable = unreadable;
  }

  /** Regular files, each hardlink counted. */
  get files(): number {
    return this.#tree.files;
  }

  /** Every entry that is in the view, by layer from the lowest, in the order of the tar. */
  *entries(): Generator<ViewEntry> {
    const moved = this.#moved();
    for (const [layer, { entries }] of this.#layers.entries()) {
      let row = -1;
      for (const entry of entries) {
        row += 1;
        if (this.#tree.isLive(layer, row)) {
          yield { path: (moved.size > 0 ? moved.get(`${layer} ${row}`) : undefined) ?? entry.path, entry, layer };
        }
      }
    }
  }

  /** Regular files that can be run: with an execute bit, or programs and scripts by their first bytes. Hardlinks to them are not told apart. */
  *executables(): Generator<FileOrigin> {
    const moved = this.#moved();
    for (const [layer, { entries }] of this.#layers.entries()) {
      const cursor = entries.cursor();
      let left = entries.hashed;
      for (let row = 0; left > 0 && cursor.next(); row += 1) {
        if (cursor.hashed) {
          left -= 1;
          if (this.#tree.isLive(layer, row)) {
            yield { layer, path: (moved.size > 0 ? moved.get(`${layer} ${row}`) : undefined) ?? cursor.path() };
          }
        }
      }
    }
  }

  /** Where links are, folder by folder. */
  *links(): Generator<string> {
    const folders = [{ node: this.#tree.root, path: '' }];
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      for (const [name, child] of next.node.children ?? []) {
        if (typeof child === 'number') {
          continue;
        }
        if (child.link !== null) {
          yield joinPath(next.path, name);
        } else if (child.children !== null) {
          folders.push({ node: child, path: joinPath(next.path, name) });
        }
      }
    }
  }

  /** Links that hang in a folder itself and lead to folders, at most `most` of them. */
  *foldersLinkedIn(folder: string, most: number): Generator<{ readonly path: string; readonly target: string }> {
    const found = this.#tree.finder.find(folder, { followLast: false, create: false });
    const children = found.kind === 'found' ? (found.node.children ?? []) : [];
    let count = 0;
    for (const [name, child] of children) {
      if (typeof child === 'number' || child.link === null) {
        continue;
      }
      count += 1;
      if (count > most) {
        return;
      }
      const path = joinPath(folder, name);
      const target = this.resolve(path);
      if (!('problem' in target) && target.type === 'folder') {
        yield { path, target: target.path };
      }
    }
  }

  /** Follows every link, within the root. */
  resolve(path: string): Resolution {
    const found = this.#tree.finder.find(path, { followLast: true, create: false });
    switch (found.kind) {
      case 'found':
        return resolved(found.node, found.path);
      case 'loop':
        return { problem: 'loop' };
      default:
        return { problem: 'missing' };
    }
  }

  /** What is at exactly this path, through no link at all; null when nothing is. */
  at(path: string): Resolved | null {
    let child: Child | undefined = this.#tree.root;
    for (const name of path.split('/')) {
      child = typeof child === 'number' ? undefined : child?.children?.get(name);
    }
    return child === undefined ? null : resolved(this.#tree.opened(child), path);
  }

  /** The files below a folder, its path without links, in the order of names. Links to folders are not entered. */
  *list(folder: string): Generator<ViewFile> {
    const found = this.#tree.finder.find(folder, { followLast: false, create: false });
    if (found.kind === 'found') {
      yield* this.#below(found.node, found.path);
    }
  }

  /** Files that do not hang where their layer has them: hardlinks, and those whose folder is behind a link. */
  *displaced(): Generator<Displaced> {
    for (const { node, path, hardlink } of this.#specials()) {
      if (node.type === 'file') {
        yield { file: resolved(node, path), hardlink };
      }
    }
  }

  /** Where entries are that do not hang where their layer has them, by layer and row. */
  #moved(): ReadonlyMap<string, string> {
    const moved = new Map<string, string>();
    for (const { node, path } of this.#specials()) {
      moved.set(`${node.layer} ${node.row}`, path);
    }
    return moved;
  }

  *#specials(): Generator<Special> {
    for (const special of this.#tree.specials) {
      if (!special.node.removed) {
        yield special;
      }
    }
  }

  /** Without recursion: links can make a tree deeper than the stack. */
  *#below(top: TreeNode, topPath: string): Generator<ViewFile> {
    const pending: { readonly child: Child; readonly path: string }[] = [{ child: top, path: topPath }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { path } = next;
      const node = this.#tree.opened(next.child);
      if (node.children !== null) {
        const names = [...node.children].toSorted(([a], [b]) => (a < b ? 1 : -1));
        for (const [name, child] of names) {
          pending.push({ child, path: joinPath(path, name) });
        }
      } else if (node.type === 'file') {
        yield { path, file: resolved(node, path) };
      } else if (node.type === 'symlink') {
        const target = this.resolve(path);
        if (!('problem' in target) && target.type === 'file') {
          yield { path, file: target };
        }
      }
    }
  }
}

function resolved(node: TreeNode, path: string): Resolved {
  const { type, mode, size, older } = node;
  return { path, type, mode, size, origin: node.originAt(path), older };
}
