import type { EntryType } from '#model/layer.ts';

/** Where the content of a file comes from: the layer, and the path that the layer has it under. */
export interface Origin {
  readonly layer: number;
  readonly path: string;
}

/** An earlier content of a file that was overwritten in place, newest first. */
export interface Version extends Origin {
  readonly mode: number;
  readonly size: number;
  readonly older: Version | null;
}

/** A hardlink is what it links to, so the view has none. */
export type NodeType = Exclude<EntryType, 'hardlink'>;

/** The folder that a path implies and no layer has an entry for. */
export const IMPLIED = -1;
const REMOVED = -2;

/**
 * What hangs in a folder. Most files are where their layer has them and nothing else is to be said of them: such a one is
 * a number, its row counted over the tables of all layers.
 */
export type Child = TreeNode | number;

/** One object of the squashed file system. It holds no path: that is where it hangs. */
export class TreeNode {
  readonly type: NodeType;
  readonly link: string | null;
  readonly size: number;
  mode: number;
  /** The layer and the row of its table that put it here. */
  layer: number;
  row: number;
  children: Map<string, Child> | null;
  /** Null when the content comes from `layer` under this very path. */
  origin: Origin | null = null;
  older: Version | null = null;

  constructor(type: NodeType, layer: number, row: number, mode: number, size: number, link: string | null) {
    this.type = type;
    this.layer = layer;
    this.row = row;
    this.mode = mode;
    this.size = size;
    this.link = link;
    this.children = type === 'folder' ? new Map() : null;
  }

  get removed(): boolean {
    return this.layer === REMOVED;
  }

  remove(): void {
    this.layer = REMOVED;
    this.children = null;
  }

  originAt(path: string): Origin {
    return this.origin ?? { layer: this.layer, path };
  }

  versionAt(path: string): Version {
    const { layer, path: origin } = this.originAt(path);
    return { layer, path: origin, mode: this.mode, size: this.size, older: this.older };
  }
}
