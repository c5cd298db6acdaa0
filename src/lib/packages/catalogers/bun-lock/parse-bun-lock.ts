import { type Members, membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA, objectAt, parseJsonObject } from '../../declared-packages.ts';
import { type Identity, isFolder, splitAtVersion, versionOrNone } from '../../javascript/identity.ts';
import { type ModuleFolder, ModuleTree } from '../../javascript/module-tree.ts';
import { toJson } from '../../jsonc.ts';
import { decodeText } from '../../text.ts';

const NEEDS = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * `bun.lock`: JSON with commas behind the last elements. `packages` names a module by those that it is inside of (`send/debug`), and says
 * of it `NAME@VERSION` and what it needs. The binary `bun.lockb` of Bun before 1.2 is refused.
 */
export function parseBunLock(bytes: Uint8Array, object: string): Found {
  if (object.endsWith('.lockb')) {
    throw notA(object, 'bun.lock, which Bun writes since 1.2', 'the binary format of older ones');
  }
  const lock = parseJsonObject(Buffer.from(toJson(decodeText(bytes))), object);
  if (!lock.has('lockfileVersion')) {
    throw notA(object, 'lockfileVersion', 'none');
  }
  const packages = new DeclaredPackages('npm', object);
  const tree = new ModuleTree(object);
  const placed: { readonly identity: Identity; readonly folder: ModuleFolder; readonly about: Members }[] = [];
  for (const [key, value] of objectAt(lock, 'packages')) {
    const parts: readonly unknown[] = Array.isArray(value) ? value : [];
    const [ident] = parts;
    const split = typeof ident === 'string' ? splitAtVersion(ident) : null;
    if (split === null) {
      packages.passOver('without a name and a version', key);
      continue;
    }
    const [name, version] = split;
    const folder = folderOf(key, tree);
    if (isFolder(version) || version.startsWith('root:')) {
      folder.package = null;
      continue;
    }
    const identity = { name, version: versionOrNone(version) };
    folder.package = identity;
    const about = parts.map(membersOf).find((members) => members !== null) ?? new Map<string, unknown>();
    placed.push({ identity, folder, about });
  }
  for (const { identity, folder, about } of placed) {
    packages.add({ ...identity, needs: NEEDS.flatMap((kind) => [...tree.find(folder, objectAt(about, kind).keys())]) });
  }
  return packages.found();
}

/** `send/@scope/name`: a scope and a name are one. */
function folderOf(key: string, tree: ModuleTree): ModuleFolder {
  let folder = tree.root;
  let scope = '';
  for (const part of key.split('/')) {
    if (part.startsWith('@') && scope === '') {
      scope = `${part}/`;
    } else {
      folder = tree.enter(folder, `${scope}${part}`);
      scope = '';
    }
  }
  return folder;
}
