import { isAppError } from '#base/error.ts';
import type { OsRelease, Package, PackageType } from '#model/package.ts';
import { type PurlParts, parsePurl } from '#model/purl.ts';
import type { SbomComponent } from '#model/sbom.ts';
import { isPackageType, toPackage } from '../packages/package.ts';

/** A package of a document or of an image in the form in which the two can be compared. */
export interface Instance {
  readonly entry: Package;
  /** Type and name, as all tools write them. */
  readonly key: string;
  /** Empty when it is not known. */
  readonly version: string;
  /** Empty when it is not said. */
  readonly architecture: string;
}

export function observedInstance(entry: Package): Instance {
  return instanceOf(entry, keyOf(entry.type, entry.name));
}

/**
 * Null for a component that no cataloger could find: without a package URL that can be read, or of another type. Syft writes a part
 * of a Go module's path as the subpath, the specification means a folder in the module by it: `isKnown` tells which.
 */
export function declaredInstance(
  component: SbomComponent,
  os: OsRelease | null,
  isKnown: (key: string) => boolean,
): Instance | null {
  const purl = readable(component.purl);
  if (purl === null || !isPackageType(purl.type)) {
    return null;
  }
  const entry = toPackage(component, purl, purl.type, os);
  const key = keyOf(entry.type, entry.name);
  const longer = purl.type === 'golang' ? keyOf(entry.type, `${entry.name}/${purl.subpath ?? ''}`) : key;
  return instanceOf(entry, isKnown(longer) ? longer : key);
}

function readable(purl: string | null): PurlParts | null {
  try {
    return purl === null ? null : parsePurl(purl);
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}

function instanceOf(entry: Package, key: string): Instance {
  const { type, version, architecture = '' } = entry;
  return {
    entry,
    key,
    version: comparableVersion(type, version),
    architecture: ARCHITECTURES.has(type) ? architecture : '',
  };
}

/** Where packages of one name and several architectures are side by side. */
const ARCHITECTURES: ReadonlySet<PackageType> = new Set(['deb', 'rpm']);

/** Types whose purls have names in lower case. */
const FOLDED: ReadonlySet<PackageType> = new Set(['alpm', 'apk', 'deb', 'golang', 'pypi']);

function keyOf(type: PackageType, name: string): string {
  return `${type}\0${FOLDED.has(type) ? name.toLowerCase() : name}`;
}

/** What tools write for a version that they do not have. */
const NO_VERSION: ReadonlySet<string> = new Set(['(devel)', 'UNKNOWN', 'unknown']);

/** Without what tools write in different ways: an epoch of zero, the `v` of Go modules, the case of Python versions. */
function comparableVersion(type: PackageType, version: string): string {
  if (NO_VERSION.has(version)) {
    return '';
  }
  switch (type) {
    case 'deb':
    case 'rpm':
      return version.startsWith('0:') ? version.slice(2) : version;
    case 'golang':
      return version.startsWith('go') ? version.slice(2) : version.startsWith('v') ? version.slice(1) : version;
    case 'pypi':
      return version.toLowerCase();
    default:
      return version;
  }
}

/** The versions of each key, and the architectures of each of these. */
export class Versions {
  readonly #byKey = new Map<string, Map<string, Set<string>>>();

  constructor(instances: Iterable<Instance>) {
    for (const { key, version, architecture } of instances) {
      const versions = this.#byKey.get(key) ?? new Map<string, Set<string>>();
      this.#byKey.set(key, versions);
      const architectures = versions.get(version) ?? new Set<string>();
      versions.set(version, architectures);
      architectures.add(architecture);
    }
  }

  hasKey(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Whether one of them may be the same: what either side does not say is no difference. */
  has({ key, version, architecture }: Instance): boolean {
    const versions = this.#byKey.get(key);
    if (versions === undefined) {
      return false;
    }
    if (version === '' || versions.has('')) {
      return true;
    }
    const architectures = versions.get(version);
    return (
      architectures !== undefined && (architecture === '' || architectures.has('') || architectures.has(architecture))
    );
  }
}
