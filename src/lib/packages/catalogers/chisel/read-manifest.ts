import { DIGEST_HEAD } from '#base/content-hash.ts';
import { type Members, textOf } from '#base/json/members.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PathHashes } from '#base/path-hash.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { OwnedFiles } from '#model/ownership.ts';
import type { PackageRecord } from '#model/package.ts';
import { Omissions } from '../../omissions.ts';
import { readWall } from './read-wall.ts';

/** A slice is called after its package, which has no underscore in its name: `libc6_libs`. */
const SLICE = '_';
const SLASH = 0x2f;
const DIGEST = /^[0-9a-f]{64}$/;

/** Advisories are by source package: that of `libc6` is `glibc`. */
const NO_SOURCES = 'expected the source package of each package, found a manifest, which never names it';

/** The packages of a manifest, and the paths of their slices. Throws what `readWall` does. */
export function readManifest({ bytes, path: object }: AnalysedFile): Found {
  const packages: PackageRecord[] = [];
  const files = new ManifestFiles(object);
  const omissions = new Omissions();
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
    } else if (kind === 'path' && !files.add(members)) {
      omissions.add('expected an absolute path and slices that name packages, found something else', line);
    }
  }
  const owned = files.owned();
  const reasons = omissions.reasons();
  // A manifest without packages says no more about the image than one that is missing.
  const empty = packages.length === 0 && reasons.length === 0;
  return {
    packages,
    ...(owned.length === 0 ? {} : { owned }),
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

interface FilesOfPackage {
  readonly files: PathHashes;
  readonly contents: PathHashes;
}

/** Whose files a manifest names. One that slices of several packages have, all with the same content, is the first one's. */
class ManifestFiles {
  readonly #object: string;
  readonly #byPackage = new Map<string, FilesOfPackage>();

  constructor(object: string) {
    this.#object = object;
  }

  /** False for what is no entry of a path. Folders, which end with a slash, are nobody's. Throws `LIMIT_EXCEEDED`. */
  add(members: Members): boolean {
    const path = Buffer.from(textOf(members, 'path') ?? '');
    const name = packageOf(members.get('slices'));
    if (path[0] !== SLASH || path.length > LIMITS.pathBytes || name === null) {
      return false;
    }
    if (path.at(-1) !== SLASH) {
      const { files, contents } = this.#filesOf(name);
      files.add(path, 1);
      const digest = digestOf(members);
      if (digest !== null) {
        contents.startWith(path, 1);
        contents.add(Buffer.from(digest.slice(0, DIGEST_HEAD)));
      }
    }
    return true;
  }

  owned(): readonly OwnedFiles[] {
    return [...this.#byPackage].map(([name, { files, contents }]) => ({
      package: name,
      files: files.toText(),
      contents: contents.toText(),
    }));
  }

  #filesOf(name: string): FilesOfPackage {
    const known = this.#byPackage.get(name);
    if (known !== undefined) {
      return known;
    }
    if (this.#byPackage.size === LIMITS.packagesPerFile) {
      throw limitExceeded(this.#object, LIMITS.packagesPerFile, 'packages with files');
    }
    const none = { files: new PathHashes(), contents: new PathHashes() };
    this.#byPackage.set(name, none);
    return none;
  }
}

function packageOf(slices: unknown): string | null {
  const [slice] = Array.isArray(slices) ? (slices as readonly unknown[]) : [];
  const end = typeof slice === 'string' ? slice.indexOf(SLICE) : -1;
  return typeof slice === 'string' && end > 0 ? slice.slice(0, end) : null;
}

/** Of the file as it is; the other one is that of the package, before a slice changed it. Links and the manifest have none. */
function digestOf(members: Members): string | null {
  const digest = textOf(members, 'final_sha256') ?? textOf(members, 'sha256') ?? '';
  return DIGEST.test(digest) ? digest : null;
}
