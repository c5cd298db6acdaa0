const MODULES = 'node_modules';

/** How a `package.json` lies among installed packages. */
export type PackagePath =
  /** `node_modules/name/package.json` or with a scope, wherever a tree of installed packages starts. */
  | 'installed'
  /** The same, but the tree lies in a folder of another package: an application that ships inside, or a test's fixture. */
  | 'embedded'
  /** Not the root of a package below `node_modules`: the application itself, `dist/esm`, a template. */
  | 'other';

export function packagePath(path: string): PackagePath {
  const folders = path.split('/');
  if (folders.pop() !== 'package.json') {
    return 'other';
  }
  const start = rootLength(folders);
  if (start === 0) {
    return 'other';
  }
  return isInsidePackage(folders.slice(0, -start)) ? 'embedded' : 'installed';
}

/** How many of the last folders name the package: 2 for `node_modules/name`, 3 with a scope, 0 for neither. */
function rootLength(folders: readonly string[]): number {
  const name = folders.at(-1) ?? '';
  // `.bin`, `.cache` and `.pnpm` are folders of the package managers.
  if (name === '' || name.startsWith('.') || name.startsWith('@')) {
    return 0;
  }
  if (folders.at(-2) === MODULES) {
    return 2;
  }
  return folders.at(-2)?.startsWith('@') === true && folders.at(-3) === MODULES ? 3 : 0;
}

/** True for a folder below the root of a package, false for the root itself and where no package surrounds it. */
function isInsidePackage(folders: readonly string[]): boolean {
  const outer = folders.lastIndexOf(MODULES);
  const name = folders[outer + 1];
  if (outer === -1 || name === undefined || name.startsWith('.')) {
    return false;
  }
  return folders.length > outer + (name.startsWith('@') ? 3 : 2);
}
