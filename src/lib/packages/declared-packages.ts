import { quote } from '#base/error.ts';
import { membersOf, textOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Found } from '#model/analyser.ts';
import type { PackageRecord, PackageType } from '#model/package.ts';
import { CapabilityNames } from './capability-names.ts';
import { PackagesError } from './error.ts';
import { endsInPath } from './paths.ts';

/** A package as a lock file names it. */
export interface Declared {
  readonly name: string;
  /** Empty when the file leaves it to others. */
  readonly version: string;
  readonly needs?: Iterable<Need>;
  readonly licenses?: readonly string[];
  readonly architecture?: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** ISO 8601 UTC; null where the file does not say. */
  readonly released?: string | null;
  /** As `originUrl` gives it; null where the file does not say. */
  readonly origin?: string | null;
}

/** Another package of the file; its version where there may be several of the name. */
export interface Need {
  readonly name: string;
  readonly version?: string;
}

interface Entry {
  readonly declared: Declared;
  readonly needs: Need[];
  /** False where the file has the package from other places as well. */
  hasOneOrigin: boolean;
}

/** No ecosystem has a longer name. */
const NAME_CHARS = 1024;

/** Gathers what one lock file or manifest asks for: each name and version once, and why parts of it could not be used. */
export class DeclaredPackages {
  readonly #type: PackageType;
  readonly #object: string;
  readonly #entries = new Map<string, Entry>();
  /** The versions of each name. */
  readonly #versions = new Map<string, Set<string>>();
  readonly #reasons = new Map<string, { count: number; readonly first: string }>();
  #needs = 0;

  constructor(type: PackageType, object: string) {
    this.#type = type;
    this.#object = object;
  }

  /** What has no usable name or version is part of the unknowns. Throws `LIMIT_EXCEEDED`. */
  add(declared: Declared): void {
    const { name, version, architecture = '' } = declared;
    if (!isName(name)) {
      this.passOver('without a usable name', name);
    } else if (!isVersion(version)) {
      this.passOver('without a usable version', name);
    } else {
      const entry = this.#entryOf(`${name}\0${version}\0${architecture}`, declared);
      entry.hasOneOrigin &&= entry.declared.origin === declared.origin;
      for (const need of declared.needs ?? []) {
        this.#needs += 1;
        if (this.#needs > LIMITS.capabilitiesPerFile) {
          throw limitExceeded(this.#object, LIMITS.capabilitiesPerFile, 'names that packages need or provide');
        }
        entry.needs.push(need);
      }
    }
  }

  /** An entry that says nothing that can be used; `reason` ends the sentence `2 entries …`. */
  passOver(reason: string, entry: string): void {
    const known = this.#reasons.get(reason);
    if (known === undefined) {
      this.#reasons.set(reason, { count: 1, first: quote(entry, 80) });
    } else {
      known.count += 1;
    }
  }

  found(): Found {
    const names = new CapabilityNames(this.#object);
    const needed = new Set<string>();
    const requires = new Map<Entry, readonly string[]>();
    for (const entry of this.#entries.values()) {
      const keys = entry.needs.flatMap((need) => this.#keyOf(need));
      requires.set(entry, keys);
      for (const key of keys) {
        needed.add(key);
      }
    }
    const packages = [...this.#entries.values()].map((entry): PackageRecord => {
      const {
        needs: _,
        architecture = '',
        qualifiers,
        released,
        origin,
        licenses = [],
        name,
        version,
      } = entry.declared;
      const own = keyOf(name, version);
      return {
        type: this.#type,
        name,
        version,
        ...(architecture === '' ? {} : { architecture }),
        ...names.of(
          name,
          (requires.get(entry) ?? []).filter((key) => key !== own),
          needed.has(own) ? [own] : [],
        ),
        ...(typeof released === 'string' ? { released } : {}),
        ...(typeof origin === 'string' && entry.hasOneOrigin ? { origin } : {}),
        licenses,
        ...(qualifiers === undefined ? {} : { qualifiers }),
        confidence: 'declared',
      };
    });
    const unknowns = [...this.#reasons].map(([reason, { count, first }]) =>
      count === 1 ? `an entry ${reason}: ${first}` : `${count} entries ${reason}, the first ${first}`,
    );
    return { packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
  }

  #entryOf(key: string, declared: Declared): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.#entries.size >= LIMITS.packagesPerFile) {
      throw limitExceeded(this.#object, LIMITS.packagesPerFile, 'packages');
    }
    const entry: Entry = { declared, needs: [], hasOneOrigin: true };
    this.#entries.set(key, entry);
    const versions = this.#versions.get(declared.name);
    if (versions === undefined) {
      this.#versions.set(declared.name, new Set([declared.version]));
    } else {
      versions.add(declared.version);
    }
    return entry;
  }

  /** One of several versions is meant by its name alone where nothing says which; none where the file has no such package. */
  #keyOf({ name, version }: Need): readonly string[] {
    const versions = this.#versions.get(name);
    if (versions === undefined || (version !== undefined && !versions.has(version))) {
      return [];
    }
    const [only = ''] = versions;
    return version === undefined && versions.size > 1 ? [name] : [keyOf(name, version ?? only)];
  }
}

function keyOf(name: string, version: string): string {
  return `${name}@${version}`;
}

/** One that a package URL can be made of: no blanks, no control characters, no empty part. */
function isName(name: string): boolean {
  return name.length <= NAME_CHARS && /^[^\s\p{Cc}/]+(?:\/[^\s\p{Cc}/]+)*$/u.test(name);
}

function isVersion(version: string): boolean {
  return version.length <= LIMITS.versionChars && /^[^\s\p{Cc}]*$/u.test(version);
}

/** For `wants`: true where the last part of the path is one of these names. */
export function hasName(path: string, names: readonly string[]): boolean {
  return names.some((name) => endsInPath(path, name));
}

/**
 * Folders in which tools keep packages of others, with the lock files that these have for their own development. What is declared there
 * nobody asked for here.
 */
const KEPT: readonly string[] = [
  'node_modules',
  'bower_components',
  'site-packages',
  'dist-packages',
  'site-library',
  'R/library',
  'renv/library',
  'vendor',
  'pkg/mod',
  'cargo/registry',
  'cargo/git',
  '.cargo/registry',
  '.cargo/git',
  '.nuget/packages',
  '.pub-cache',
  'ruby/gems',
  'lib/gems',
  'bundle/gems',
  '.gem/ruby',
  'rubygems-integration',
  '.julia/packages',
  '.terraform',
  '.build/checkouts',
  'SourcePackages/checkouts',
  'Carthage/Checkouts',
  'Pods',
  '_build',
  'dist-newstyle',
  '.stack-work',
  'vcpkg/ports',
  'vcpkg/buildtrees',
  'vcpkg/packages',
  // The project that an archive was built from, which is there when that was unpacked.
  'META-INF/maven',
].map((folder) => `${folder}/`);

/**
 * For `wants`: a file of one of these names, but for those that packages bring along. `others` are more folders in which these are, each
 * with a slash behind it.
 */
export function isDeclaration(path: string, names: readonly string[], others: readonly string[] = []): boolean {
  return hasName(path, names) && !isBroughtAlong(path) && !others.some((folder) => isBelow(path, folder));
}

/** True for a file in a folder in which tools keep packages of others. */
export function isBroughtAlong(path: string): boolean {
  return KEPT.some((folder) => isBelow(path, folder));
}

/** True where `folder`, which ends in a slash, is somewhere above the file. */
function isBelow(path: string, folder: string): boolean {
  for (let at = path.indexOf(folder); at !== -1; at = path.indexOf(folder, at + 1)) {
    if (at === 0 || path.charAt(at - 1) === '/') {
      return true;
    }
  }
  return false;
}

/** The members of a JSON document that is one object. Throws `PACKAGE_METADATA_INVALID` or a `JsonError`. */
export function parseJsonObject(bytes: Uint8Array, object: string): ReadonlyMap<string, unknown> {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const members = membersOf(parseStrictJson(hasMark ? bytes.subarray(3) : bytes, object));
  if (members === null) {
    throw notA(object, 'a JSON object', 'another JSON value');
  }
  return members;
}

/** The members of an object that is a member; none where it is something else. */
export function objectAt(members: ReadonlyMap<string, unknown>, name: string): ReadonlyMap<string, unknown> {
  return membersOf(members.get(name)) ?? new Map();
}

/** The elements of an array that is a member; none where it is something else. */
export function arrayAt(members: ReadonlyMap<string, unknown>, name: string): readonly unknown[] {
  const value = members.get(name);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A text that is a member; empty where there is none. */
export function textAt(members: ReadonlyMap<string, unknown>, name: string): string {
  return textOf(members, name) ?? '';
}

/** A file that is not what its name says. */
export function notA(object: string, expected: string, found: string): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable lock file', { object, expected, found });
}
