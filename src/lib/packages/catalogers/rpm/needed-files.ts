import { LIMITS, limitExceeded } from '#base/limits.ts';
import { hashPath, readPathHashes } from '#base/path-hash.ts';
import type { OwnedFiles } from '#model/ownership.ts';
import type { PackageRecord } from '#model/package.ts';

/** A package, and the files that it says are its own. */
export interface Installed {
  readonly record: PackageRecord;
  readonly owned: OwnedFiles | null;
}

const ROOT = '/';

/**
 * A package can need a file, which those provide that have it, whether they name it as a capability or not. Gives the record of
 * each package with such paths behind what it provides, in the order in which it lists them. Throws `LIMIT_EXCEEDED`: few long paths can be files of many packages.
 */
export function provideNeededFiles(installed: readonly Installed[], object: string): readonly PackageRecord[] {
  const needed = neededFiles(installed);
  let count = 0;
  return installed.map(({ record, owned }) => {
    const paths = owned === null || needed.size === 0 ? [] : neededOf(owned, needed);
    count += paths.length;
    if (count > LIMITS.capabilitiesPerFile) {
      throw limitExceeded(object, LIMITS.capabilitiesPerFile, 'files that packages need');
    }
    const provides = new Set([...(record.provides ?? []), ...paths]);
    return paths.length === 0 ? record : { ...record, provides: [...provides] };
  });
}

/** By the hash of each. */
type Needed = ReadonlyMap<number, string>;

function neededFiles(installed: readonly Installed[]): Needed {
  const needed = new Map<number, string>();
  for (const { record } of installed) {
    for (const name of record.requires ?? []) {
      if (name.startsWith(ROOT)) {
        const { first, second } = hashPath(name.slice(1));
        needed.set(keyOf(first, second), name);
      }
    }
  }
  return needed;
}

/** 53 bits of a hash, as many as a number has. */
function keyOf(first: number, second: number): number {
  return (first >>> 0) * 2 ** 21 + (second >>> 11);
}

function neededOf({ files }: OwnedFiles, needed: Needed): readonly string[] {
  const hashes = readPathHashes(files);
  const paths: string[] = [];
  for (let at = 0; at < hashes.length; at += 2) {
    const path = needed.get(keyOf(hashes[at] ?? 0, hashes[at + 1] ?? 0));
    if (path !== undefined) {
      paths.push(path);
    }
  }
  return paths;
}
