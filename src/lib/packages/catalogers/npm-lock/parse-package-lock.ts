import { type Members, membersOf, textOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { originUrl } from '#model/origin.ts';
import { DeclaredPackages, notA, objectAt, parseJsonObject, textAt } from '../../declared-packages.ts';
import { type Identity, isFolder, splitAtVersion, versionOrNone } from '../../javascript/identity.ts';
import { type ModuleFolder, ModuleTree } from '../../javascript/module-tree.ts';

interface Placed {
  readonly identity: Identity;
  readonly folder: ModuleFolder;
  /** Names of what it needs. */
  readonly needs: readonly Members[];
  readonly license: string | null;
  readonly origin: string | null;
}

/**
 * `package-lock.json` and `npm-shrinkwrap.json`. Versions 2 and 3 list folders by their path, version 1 (and 2 for those who
 * know no other) modules inside modules. The project, its workspaces and other folders of its own are left out.
 */
export function parsePackageLock(bytes: Uint8Array, object: string): Found {
  const lock = parseJsonObject(bytes, object);
  if (!['lockfileVersion', 'packages', 'dependencies'].some((name) => lock.has(name))) {
    throw notA(object, 'lockfileVersion, packages or dependencies', 'none of them');
  }
  const tree = new ModuleTree(object);
  const folders = membersOf(lock.get('packages'));
  const placed = [...(folders === null ? nested(lock, tree.root, tree) : byPath(folders, tree))];
  const packages = new DeclaredPackages('npm', object);
  for (const { identity, folder, needs, license, origin } of placed) {
    packages.add({
      ...identity,
      needs: needs.flatMap((names) => [...tree.find(folder, names.keys())]),
      licenses: license === null ? [] : [license],
      origin,
    });
  }
  return packages.found();
}

/** `node_modules/a/node_modules/@s/b`, below `packages/app` for a workspace. */
function* byPath(folders: Members, tree: ModuleTree): Generator<Placed, void> {
  for (const [path, value] of folders) {
    const entry = membersOf(value);
    const [start = '', ...names] = (path.startsWith('node_modules/') ? `/${path}` : path).split('/node_modules/');
    const name = names.at(-1);
    if (entry === null || name === undefined) {
      continue;
    }
    let folder = start === '' ? tree.root : tree.enter(tree.root, start);
    for (const each of names) {
      folder = tree.enter(folder, each);
    }
    if (entry.get('link') === true) {
      folder.package = null;
      continue;
    }
    const identity = { name: textOf(entry, 'name') ?? name, version: versionOrNone(textAt(entry, 'version')) };
    folder.package = identity;
    const needs = ['dependencies', 'optionalDependencies', 'peerDependencies'].map((kind) => objectAt(entry, kind));
    yield { identity, folder, needs, license: textOf(entry, 'license'), origin: originOf(entry) };
  }
}

function* nested(members: Members, folder: ModuleFolder, tree: ModuleTree): Generator<Placed, void> {
  for (const [name, value] of objectAt(members, 'dependencies')) {
    const entry = membersOf(value);
    if (entry === null) {
      continue;
    }
    const inner = tree.enter(folder, name);
    const version = textAt(entry, 'version');
    if (isFolder(version)) {
      inner.package = null;
    } else {
      const identity = aliased(version) ?? { name, version: versionOrNone(version) };
      inner.package = identity;
      yield { identity, folder: inner, needs: [objectAt(entry, 'requires')], license: null, origin: originOf(entry) };
    }
    yield* nested(entry, inner, tree);
  }
}

function originOf(entry: Members): string | null {
  return originUrl(textAt(entry, 'resolved'));
}

/** `npm:name@1.0.0`. */
function aliased(version: string): Identity | null {
  const parts = version.startsWith('npm:') ? splitAtVersion(version.slice('npm:'.length)) : null;
  return parts === null ? null : { name: parts[0], version: versionOrNone(parts[1]) };
}
