import { quote } from '#base/error.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { Omissions } from '../../omissions.ts';
import { decodeText } from '../../text.ts';

/** A part of a .NET application that is deployed with it. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** Names and versions of the libraries that it needs, `Name/1.0.0`. */
  readonly dependencies: readonly string[];
}

export interface DependencyFile {
  /** The packages with files among those of the application, and the runtime packs. */
  readonly packages: readonly Library[];
  readonly unknowns: readonly string[];
}

/** Members of a library that name files of it (runtime-configuration-file.md, `targets`). */
const FILES: readonly string[] = ['runtime', 'native', 'resources', 'runtimeTargets'];
/** Of a library whose files are those of the runtime itself, the SDK puts this before the package's name. */
const RUNTIME_PACK = 'runtimepack.';
/** A file that stands for none. */
const PLACEHOLDER = '_._';

/** A `*.deps.json` as the host of .NET reads it: what the target that the application was built for deploys. Throws `PACKAGE_METADATA_INVALID`, and what reading JSON throws. */
export function parseDeps(bytes: Uint8Array, object: string): DependencyFile {
  const file = membersOf(parseStrictJson(decodeText(bytes), object));
  const libraries = membersOf(file?.get('libraries'));
  const target = membersOf(membersOf(file?.get('targets'))?.get(targetName(file, object)));
  if (libraries === null || target === null) {
    throw invalid(
      object,
      'libraries, and the target that the runtime uses',
      libraries === null ? 'no libraries' : 'no such target',
    );
  }
  if (target.size > LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'libraries', target.size);
  }
  const omissions = new Omissions('library');
  const packages: Library[] = [];
  let number = 0;
  for (const [key, value] of target) {
    number += 1;
    const library = toLibrary(key, membersOf(value), membersOf(libraries.get(key))?.get('type'));
    if (library === 'unreadable') {
      omissions.add('expected a type, and a name and a version with a slash between', number);
    } else if (library !== 'not there') {
      packages.push(library);
    }
  }
  return { packages, unknowns: omissions.reasons() };
}

/** The host takes the name of the target from here. */
function targetName(file: Members | null, object: string): string {
  const target = file?.get('runtimeTarget');
  const name = typeof target === 'string' ? target : membersOf(target)?.get('name');
  if (typeof name !== 'string') {
    throw invalid(object, 'the name of the target that the runtime uses', quote(typeof name));
  }
  return name;
}

function toLibrary(key: string, value: Members | null, type: unknown): Library | 'unreadable' | 'not there' {
  const slash = key.indexOf('/');
  const name = key.slice(0, Math.max(slash, 0));
  const version = key.slice(slash + 1);
  if (value === null || name === '' || version === '' || typeof type !== 'string') {
    return 'unreadable';
  }
  if ((type !== 'package' && type !== 'runtimepack') || !hasFiles(value)) {
    return 'not there';
  }
  const dependencies = [...(membersOf(value.get('dependencies')) ?? [])].flatMap(([other, otherVersion]) =>
    typeof otherVersion === 'string' ? [`${other}/${otherVersion}`] : [],
  );
  return {
    name: type === 'runtimepack' && name.startsWith(RUNTIME_PACK) ? name.slice(RUNTIME_PACK.length) : name,
    version,
    dependencies,
  };
}

/** A package that only groups others, or whose files the runtime has itself, leaves nothing behind. */
function hasFiles(library: Members): boolean {
  return FILES.some((kind) =>
    [...(membersOf(library.get(kind))?.keys() ?? [])].some(
      (path) => path !== PLACEHOLDER && !path.endsWith(`/${PLACEHOLDER}`),
    ),
  );
}

function invalid(object: string, expected: string, found: string): PackagesError {
  return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable list of libraries', { object, expected, found });
}
