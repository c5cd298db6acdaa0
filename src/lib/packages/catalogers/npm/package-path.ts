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
    return isPackageManager(folders) || isCached(folders) ? 'installed' : 'other';
  }
  return isInsidePackage(folders.slice(0, -start)) ? 'embedded' : 'installed';
}

/** Where Debian's packages keep modules, and links between them. */
const DEBIAN = 'usr/share/nodejs/';

/** Of a link in the place of a package (a workspace, what `npm link` and `npm install ../folder` make) what describes the package. */
export function fileBehind(link: string): string | null {
  if (!link.includes(MODULES) || link.startsWith(DEBIAN)) {
    return null;
  }
  const path = `${link}/package.json`;
  return packagePath(path) === 'installed' ? path : null;
}

/**
 * Where Node looks for a package that another one needs: in `node_modules` of its own folder, and of each one that this lies in
 * ("Loading from node_modules folders").
 */
export function* lookUp(path: string, name: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end);
    if (folder !== MODULES && !folder.endsWith(`/${MODULES}`)) {
      yield `${folder}/${MODULES}/${name}/package.json`;
    }
  }
  yield `${MODULES}/${name}/package.json`;
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

/** What corepack keeps (`corepack/v1/yarn/1.22.22`), and Yarn as the images of Node have it (`opt/yarn-v1.22.22`). */
function isPackageManager(folders: readonly string[]): boolean {
  return folders.at(-4) === 'corepack' || folders.at(-1)?.startsWith('yarn-v') === true;
}

/** Where Deno and Bun keep packages unpacked, and load them from: `npm/registry.npmjs.org/a/1.0.0`, `install/cache/@s/a@1.0.0@@@1`. */
function isCached(folders: readonly string[]): boolean {
  const last = folders.at(-1) ?? '';
  const level = folders.at(-2)?.startsWith('@') === true ? 1 : 0;
  if (last.includes('@@@')) {
    return folders.at(-2 - level) === 'cache' && folders.at(-3 - level) === 'install';
  }
  const scope = folders.at(-3)?.startsWith('@') === true ? 1 : 0;
  const host = folders.at(-3 - scope) ?? '';
  // A host without a dot has a port, which stands behind an underscore.
  return folders.at(-4 - scope) === 'npm' && /[._]/.test(host) && /^[0-9]/.test(last);
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
