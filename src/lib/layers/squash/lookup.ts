import { LIMITS, limitExceeded } from '#base/limits.ts';
import { type Child, IMPLIED, TreeNode } from './node.ts';

export type Lookup =
  | { readonly kind: 'found'; readonly node: TreeNode; readonly path: string }
  | { readonly kind: 'missing' }
  /** More links than `LIMITS.symlinkHops` on the way: a loop, or as good as one. */
  | { readonly kind: 'loop' }
  /** Something on the way is neither a folder nor a link to one. */
  | { readonly kind: 'not-a-folder' };

export interface LookupOptions {
  /** Whether a link at the very end is followed too. */
  readonly followLast: boolean;
  /** Whether folders that are not there are made, as an unpacking container runtime would. */
  readonly create: boolean;
}

/**
 * Names out of links that one squash looks up, and folders that it makes for paths: a layer of long links under long links,
 * or of deep paths that it deletes again, could ask for any number.
 */
const MAX_WORK = 20_000_000;

/** Finds paths in a tree as a kernel would in a container: links are followed, but never out of the root. */
export class PathFinder {
  readonly #root: TreeNode;
  readonly #opened: (child: Child) => TreeNode;
  #work = 0;
  #nodes = 1;

  constructor(root: TreeNode, opened: (child: Child) => TreeNode) {
    this.#root = root;
    this.#opened = opened;
  }

  find(path: string, { followLast, create }: LookupOptions): Lookup {
    const nodes = [this.#root];
    const names: string[] = [];
    /** What is still to be looked up, the next name last. */
    const pending = path.split('/').reverse();
    let hops = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const folder = nodes.at(-1) ?? this.#root;
      if (name === '') {
        continue;
      }
      if (folder.type !== 'folder') {
        return { kind: 'not-a-folder' };
      }
      if (name === '.') {
        continue;
      }
      if (name === '..') {
        nodes.splice(Math.max(nodes.length - 1, 1));
        names.pop();
        continue;
      }
      const hanging = folder.children?.get(name) ?? (create ? this.#createFolder(folder, name) : null);
      if (hanging === null) {
        return { kind: 'missing' };
      }
      const child = this.#opened(hanging);
      if (child.link === null || (pending.length === 0 && !followLast)) {
        nodes.push(child);
        names.push(name);
        continue;
      }
      hops += 1;
      if (hops > LIMITS.symlinkHops) {
        return { kind: 'loop' };
      }
      if (child.link.startsWith('/')) {
        nodes.splice(1);
        names.splice(0);
      }
      const target = child.link.split('/').reverse();
      this.#charge(target.length);
      pending.push(...target);
    }
    return { kind: 'found', node: nodes.at(-1) ?? this.#root, path: names.join('/') };
  }

  /** Counts nodes that come into the tree or leave it; throws `LIMIT_EXCEEDED` past `LIMITS.imageEntries`. */
  countNodes(change: number): void {
    this.#nodes += change;
    if (this.#nodes > LIMITS.imageEntries) {
      throw limitExceeded('image', LIMITS.imageEntries, 'files and folders');
    }
  }

  #createFolder(folder: TreeNode, name: string): TreeNode | null {
    if (folder.children === null) {
      return null;
    }
    this.countNodes(1);
    this.#charge(1);
    const child = new TreeNode('folder', IMPLIED, 0, 0o755, 0, null);
    folder.children.set(name, child);
    return child;
  }

  #charge(names: number): void {
    this.#work += names;
    if (this.#work > MAX_WORK) {
      throw limitExceeded('image', MAX_WORK, 'names of links and folders');
    }
  }
}
