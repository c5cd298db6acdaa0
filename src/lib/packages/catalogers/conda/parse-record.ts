import { type Members, membersOf, textOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { PackagesError } from '../../error.ts';

/** What conda notes of an installed package, as far as it makes a package record. */
export interface CondaRecord {
  readonly name: string | null;
  readonly version: string | null;
  readonly build: string | null;
  readonly subdir: string | null;
  /** A name, or the address of a channel with or without its subdir. */
  readonly channel: string | null;
  /** The archive that it came in. */
  readonly fileName: string | null;
  readonly license: string | null;
  /** `NAME VERSIONS BUILD` each, the last two optional. */
  readonly depends: readonly string[];
}

/** One file of `conda-meta` (conda, `PrefixRecord`). Throws errors of the JSON reader, and `PACKAGE_METADATA_INVALID` for another value. */
export function parseCondaRecord(bytes: Uint8Array, object: string): CondaRecord {
  const members = membersOf(parseStrictJson(bytes, object));
  if (members === null) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'not the record of a conda package', {
      object,
      expected: 'an object',
      found: 'another JSON value',
    });
  }
  return {
    name: textOf(members, 'name'),
    version: textOf(members, 'version'),
    build: textOf(members, 'build'),
    subdir: textOf(members, 'subdir'),
    channel: textOf(members, 'channel'),
    fileName: textOf(members, 'fn'),
    license: textOf(members, 'license'),
    depends: textsOf(members, 'depends'),
  };
}

function textsOf(members: Members, name: string): readonly string[] {
  const value = members.get(name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
