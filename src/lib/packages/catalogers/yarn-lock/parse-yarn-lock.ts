import type { Found } from '#model/analyser.ts';
import { DeclaredPackages } from '../../declared-packages.ts';
import { type Identity, isFolder, splitAtVersion, versionOrNone } from '../../javascript/identity.ts';
import { decodeText } from '../../text.ts';
import type { LockEntry } from './entry.ts';
import { parseBerry } from './parse-berry.ts';
import { parseClassic } from './parse-classic.ts';

/** `yarn.lock` in both of its formats. What is a folder of the project itself is left out. */
export function parseYarnLock(bytes: Uint8Array, object: string): Found {
  const text = decodeText(bytes);
  const packages = new DeclaredPackages('npm', object);
  const isBerry = text.startsWith('__metadata:') || text.includes('\n__metadata:');
  const byPattern = new Map<string, Identity>();
  const entries: { readonly identity: Identity; readonly needs: LockEntry['needs'] }[] = [];
  for (const entry of isBerry ? parseBerry(bytes, object) : parseClassic(text, object)) {
    const taken = splitAtVersion(entry.resolution ?? entry.patterns[0] ?? '');
    const identity = taken === null ? null : identityOf(entry, taken);
    if (taken === null) {
      packages.passOver('without a name and a range', entry.patterns[0] ?? '');
    } else if (identity !== null) {
      entries.push({ identity, needs: entry.needs });
      for (const pattern of entry.patterns) {
        byPattern.set(pattern, identity);
      }
    }
  }
  for (const { identity, needs } of entries) {
    packages.add({ ...identity, needs: needs.flatMap((need) => metBy(need, byPattern)) });
  }
  return packages.found();
}

/** Until version 8 of the file, ranges of dependencies have no `npm:` before them. */
function metBy(
  [name, range]: LockEntry['needs'][number],
  byPattern: ReadonlyMap<string, Identity>,
): readonly Identity[] {
  const found = byPattern.get(`${name}@${range}`) ?? byPattern.get(`${name}@npm:${range}`);
  return found === undefined ? [] : [found];
}

/** Null for a folder. The name is that of what was taken: `alias@npm:name@range` asks for `name`. */
function identityOf(
  { version, resolution }: LockEntry,
  [name, range]: readonly [name: string, range: string],
): Identity | null {
  if (isFolder(range)) {
    return null;
  }
  const aliased = resolution === undefined && range.startsWith('npm:') ? range.slice('npm:'.length) : null;
  return {
    name: aliased === null ? name : (splitAtVersion(aliased)?.[0] ?? aliased),
    version: versionOrNone(version),
  };
}
