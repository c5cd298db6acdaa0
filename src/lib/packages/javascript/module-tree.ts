import { limitExceeded } from '#base/limits.ts';
import type { Identity } from './identity.ts';

/** Folders of modules inside each other; nobody's path is longer. */
const MOST_LEVELS = 64;

/** A folder in which modules are, and the module that it is itself. */
export interface ModuleFolder {
  readonly parent: ModuleFolder | null;
  readonly children: Map<string, ModuleFolder>;
  readonly level: number;
  /** Undefined where nothing is said to be there, null for a folder of the project itself. */
  package: Identity | null | undefined;
}

/** Modules in folders of modules, where a name means the one that Node.js finds: in the folder itself, or in the next one around it. */
export class ModuleTree {
  readonly root: ModuleFolder = { parent: null, children: new Map(), level: 0, package: null };
  readonly #object: string;

  constructor(object: string) {
    this.#object = object;
  }

  /** The folder of a name in another. Throws `LIMIT_EXCEEDED`. */
  enter(folder: ModuleFolder, name: string): ModuleFolder {
    const known = folder.children.get(name);
    if (known !== undefined) {
      return known;
    }
    if (folder.level >= MOST_LEVELS) {
      throw limitExceeded(this.#object, MOST_LEVELS, 'folders of modules inside each other');
    }
    const entered = { parent: folder, children: new Map(), level: folder.level + 1, package: undefined };
    folder.children.set(name, entered);
    return entered;
  }

  /** What modules in this folder get for these names; what is not there, and what is the project's own, is left out. */
  *find(folder: ModuleFolder, names: Iterable<string>): Generator<Identity, void> {
    for (const name of names) {
      for (let around: ModuleFolder | null = folder; around !== null; around = around.parent) {
        const found = around.children.get(name)?.package;
        if (found !== undefined) {
          if (found !== null) {
            yield found;
          }
          break;
        }
      }
    }
  }
}
