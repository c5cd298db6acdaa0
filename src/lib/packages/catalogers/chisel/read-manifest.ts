import { type Members, textOf } from '#base/json/members.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { Omissions } from '../../omissions.ts';
import { readWall } from './read-wall.ts';

/** A slice is called after its package, which has no underscore in its name: `libc6_libs`. */
const SLICE = '_';

/** Packages that share a file have it from the same template; more names would be as much work each as the path is long. */
const PACKAGES_OF_A_PATH = 16;

/** Advisories are by source package: that of `libc6` is `glibc`. */
const NO_SOURCES = 'expected the source package of each package, found a manifest, which never names it';

/** The packages of a manifest, and the paths of their slices. Throws what `readWall` does. */
export function readManifest({ bytes, path: object }: AnalysedFile): Found {
  const packages: PackageRecord[] = [];
  const owned = new Map<string, PathHashes>();
  const omissions = new Omissions();
  let files = 0;
  for (const { line, members } of readWall(bytes, object, omissions)) {
    const kind = members.get('kind');
    if (kind === 'package') {
      const record = toPackageRecord(members);
      if (packages.length === LIMITS.packagesPerFile) {
        throw limitExceeded(object, LIMITS.packagesPerFile, 'packages');
      }
      if (record === null) {
        omissions.add('expected a package with a name, found one without', line);
      } else {
        packages.push(record);
      }
    } else if (kind === 'path') {
      const names = packagesOf(members);
      const path = Buffer.from(textOf(members, 'path') ?? '');
      if (names.size > PACKAGES_OF_A_PATH || path.length > LIMITS.pathBytes) {
        omissions.add(
          `expected a path of at most ${PACKAGES_OF_A_PATH} packages and ${LIMITS.pathBytes} bytes, found a larger one`,
          line,
        );
        continue;
      }
      for (const name of names) {
        files += 1;
        if (files > LIMITS.layerEntries) {
          throw limitExceeded(object, LIMITS.layerEntries, 'files of packages');
        }
        const hashes = owned.get(name) ?? new PathHashes();
        owned.set(name, hashes);
        hashes.add(path, 1);
      }
    }
  }
  const reasons = omissions.reasons();
  // A manifest without packages says no more about the image than one that is missing.
  const empty = packages.length === 0 && reasons.length === 0;
  return {
    packages,
    ...(owned.size === 0
      ? {}
      : { owned: [...owned].map(([name, hashes]) => ({ package: name, files: hashes.toText() })) }),
    unknowns: empty ? ['expected at least one package, found an empty database'] : [...reasons, NO_SOURCES],
  };
}

function toPackageRecord(members: Members): PackageRecord | null {
  const name = textOf(members, 'name');
  const architecture = textOf(members, 'arch');
  return name === null
    ? null
    : {
        type: 'deb',
        name,
        version: textOf(members, 'version') ?? '',
        ...(architecture === null ? {} : { architecture }),
        licenses: [],
      };
}

/** Whose slices hold an absolute path of a file; folders end with a slash and are nobody's. */
function packagesOf(members: Members): ReadonlySet<string> {
  const path = textOf(members, 'path') ?? '';
  const slices = members.get('slices');
  if (!path.startsWith('/') || path.endsWith('/') || !Array.isArray(slices)) {
    return new Set();
  }
  return new Set(
    slices.flatMap((slice) =>
      typeof slice === 'string' && slice.includes(SLICE) ? slice.slice(0, slice.indexOf(SLICE)) : [],
    ),
  );
}
