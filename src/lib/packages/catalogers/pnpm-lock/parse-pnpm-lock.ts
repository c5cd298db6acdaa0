import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { type Identity, isFolder, versionOrNone } from '../../javascript/identity.ts';
import { parseYamlDocuments } from '../../yaml/parse-yaml.ts';
import { mapOf, scalarOf, type YamlMap, type YamlValue } from '../../yaml/value.ts';
import { parseKey } from './package-key.ts';

/**
 * `pnpm-lock.yaml` of the versions 5 to 9. In 9 `packages` says what packages are, and `snapshots` what they need with these or those
 * peers. Newer programs put a second document with tools of their own in front.
 */
export function parsePnpmLock(bytes: Uint8Array, object: string): Found {
  const packages = new DeclaredPackages('npm', object);
  const locks = parseYamlDocuments(bytes, object).map(mapOf);
  if (!locks.some((lock) => lock.has('lockfileVersion'))) {
    throw notA(object, 'lockfileVersion', 'none');
  }
  for (const lock of locks) {
    addAll(lock, packages);
  }
  return packages.found();
}

function addAll(lock: YamlMap, packages: DeclaredPackages): void {
  const version = Number.parseFloat(scalarOf(lock.get('lockfileVersion')));
  const described = mapOf(lock.get('packages'));
  const snapshots = lock.has('snapshots') ? mapOf(lock.get('snapshots')) : described;
  const byKey = new Map<string, Identity | null>();
  for (const [key, value] of described) {
    const found = describedBy(key, mapOf(value), version);
    if (found === 'unreadable') {
      packages.passOver('with a key that is not understood', key);
    } else {
      byKey.set(key, found);
      if (found !== null) {
        packages.add(found);
      }
    }
  }
  for (const key of snapshots.keys()) {
    const base = byKey.get(withoutPeers(key));
    if (base !== undefined && !byKey.has(key)) {
      byKey.set(key, base);
    }
  }
  for (const [key, value] of snapshots) {
    const identity = byKey.get(key);
    if (identity !== undefined && identity !== null) {
      packages.add({ ...identity, needs: needsOf(mapOf(value), byKey) });
    }
  }
}

/** Null for a folder of the project itself. */
function describedBy(key: string, entry: YamlMap, lockfileVersion: number): Identity | null | 'unreadable' {
  const resolution = mapOf(entry.get('resolution'));
  const parsed = parseKey(key, lockfileVersion);
  if (scalarOf(resolution.get('type')) === 'directory' || isFolder(parsed?.version ?? key)) {
    return null;
  }
  // What is not from a registry has both as members.
  const name = scalarOf(entry.get('name')) || parsed?.name;
  const version = scalarOf(entry.get('version')) || parsed?.version;
  return name === undefined || version === undefined ? 'unreadable' : { name, version: versionOrNone(version) };
}

function withoutPeers(key: string): string {
  const peers = key.indexOf('(');
  return peers === -1 ? key : key.slice(0, peers);
}

function* needsOf(entry: YamlMap, byKey: ReadonlyMap<string, Identity | null>): Generator<Identity, void> {
  for (const member of ['dependencies', 'optionalDependencies']) {
    for (const [name, value] of mapOf(entry.get(member))) {
      const found = keysOf(name, value)
        .map((key) => byKey.get(key))
        .find((identity) => identity !== undefined);
      if (found !== undefined && found !== null) {
        yield found;
      }
    }
  }
}

/** A version is of the package of that name; what is something else under this name has its own key there. */
function keysOf(name: string, value: YamlValue): readonly string[] {
  const reference = scalarOf(value);
  return [`${name}@${reference}`, `/${name}@${reference}`, `/${name}/${reference}`, reference];
}
