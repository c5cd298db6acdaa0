import { type Members, membersOf } from '#base/json/members.ts';
import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA, objectAt, parseJsonObject } from '../../declared-packages.ts';
import { type Identity, splitAtVersion, versionOrNone } from '../../javascript/identity.ts';

const NEEDS = ['dependencies', 'optionalDependencies'];

/**
 * `deno.lock` of the versions 1 to 5: packages of npm by `NAME@VERSION_PEERS`. Modules that are fetched from an address have no name, and
 * those of JSR none that a package URL can hold.
 */
export function parseDenoLock(bytes: Uint8Array, object: string): Found {
  const lock = parseJsonObject(bytes, object);
  const packages = new DeclaredPackages('npm', object);
  const listed = objectAt(lock, 'packages');
  const npm = objectAt(lock, 'npm');
  for (const members of [objectAt(npm, 'packages'), objectAt(listed, 'npm'), isListOfPackages(npm) ? npm : new Map()]) {
    addAll(members, packages);
  }
  for (const members of [objectAt(listed, 'jsr'), objectAt(lock, 'jsr')]) {
    for (const name of members.keys()) {
      packages.passOver('of JSR, which package URLs have no type for', name);
    }
  }
  if (!lock.has('version') && ![...lock.keys()].every((key) => key.includes('://'))) {
    throw notA(object, 'a version, or addresses alone', 'something else');
  }
  return packages.found();
}

/** Version 2 has a level more. */
function isListOfPackages(npm: Members): boolean {
  return !npm.has('packages') && !npm.has('specifiers');
}

function addAll(members: Members, packages: DeclaredPackages): void {
  for (const [key, value] of members) {
    const entry = membersOf(value) ?? new Map<string, unknown>();
    const identity = identityIn(key);
    if (identity === null) {
      packages.passOver('without a name and a version', key);
    } else {
      packages.add({ ...identity, needs: NEEDS.flatMap((kind) => needsIn(entry.get(kind))) });
    }
  }
}

/** Versions have no underscore; behind one are the peers. */
function identityIn(key: string): Identity | null {
  const [name, rest = ''] = splitAtVersion(key) ?? [];
  return name === undefined ? null : { name, version: versionOrNone(rest.split('_', 1)[0] ?? '') };
}

interface Need {
  readonly name: string;
  readonly version?: string;
}

/** A list of `NAME`, where there is one alone, and `NAME@VERSION`; until version 3 a map from names to the latter. */
function needsIn(value: unknown): readonly Need[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [...(membersOf(value)?.values() ?? [])];
  return list.flatMap((item) => (typeof item === 'string' && item !== '' ? [needIn(item)] : []));
}

/** `alias@npm:name@1.0.0` means the latter. */
function needIn(item: string): Need {
  const [, rest] = splitAtVersion(item) ?? [];
  const text = rest?.startsWith('npm:') === true ? rest.slice('npm:'.length) : item;
  return identityIn(text) ?? { name: text };
}
