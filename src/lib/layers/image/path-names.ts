import type { SquashedView } from '../squash/view.ts';

/** Where links to folders are looked for under which a list may name a file: a merged /usr has them here. */
const FOLDERS: readonly string[] = ['', 'usr'];
/** More than any system has; each is tried for every file. */
const LINKS = 64;

/** The names that a file may have in a list: `usr/bin/x` is `bin/x` to a package that was made before /bin was a link. */
export class PathNames {
  readonly #links: readonly { readonly path: string; readonly target: string }[];

  constructor(view: SquashedView) {
    const links = FOLDERS.flatMap((folder) => [...view.foldersLinkedIn(folder, LINKS)]);
    this.#links = links.map(({ path, target }) => ({ path: `${path}/`, target: `${target}/` }));
  }

  /** Of a path of the view, without links: itself first. */
  of(path: string): readonly string[] {
    const names = [path];
    for (const link of this.#links) {
      if (path.startsWith(link.target)) {
        names.push(link.path + path.slice(link.target.length));
      }
    }
    return names;
  }

  /** Of a path as a list has it, which may lead through one of the links. */
  ofListed(path: string): readonly string[] {
    const link = this.#links.find((each) => path.startsWith(each.path));
    return this.of(link === undefined ? path : link.target + path.slice(link.path.length));
  }
}
