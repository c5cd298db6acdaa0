import { messageOf, quote } from '#base/error.ts';
import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { inflateBounded, LIMITS, limitExceeded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import { Omissions } from '../../omissions.ts';

/** A crate that a program was built from. */
export interface Crate {
  readonly name: string;
  readonly version: string;
  /** It ran while the program was built (build scripts, procedural macros), and is not in it. */
  readonly isBuildOnly: boolean;
  /** Places of others in the list. */
  readonly dependencies: readonly number[];
}

export interface CrateList {
  /** Null in the place of one that cannot be told. */
  readonly crates: readonly (Crate | null)[];
  readonly unknowns: readonly string[];
}

/** The list that cargo-auditable puts into a program: JSON, compressed by zlib. Throws `PACKAGE_METADATA_INVALID`, and what reading JSON throws. */
export function parseCrates(compressed: Uint8Array, object: string): CrateList {
  const list = membersOf(parseStrictJson(inflate(compressed, object), object))?.get('packages');
  if (!Array.isArray(list)) {
    throw invalid(object, 'an array of packages', quote(typeof list));
  }
  if (list.length > LIMITS.packagesPerFile) {
    throw limitExceeded(object, LIMITS.packagesPerFile, 'crates', list.length);
  }
  const omissions = new Omissions('crate');
  const crates = list.map((item: unknown, index) => toCrate(membersOf(item), index + 1, list.length, omissions));
  return { crates, unknowns: omissions.reasons() };
}

function inflate(compressed: Uint8Array, object: string): Uint8Array {
  try {
    return inflateBounded(compressed, LIMITS.packageMetadataBytes);
  } catch (error) {
    const found = quote(messageOf(error));
    throw invalid(object, `a zlib stream of at most ${LIMITS.packageMetadataBytes} bytes`, found, error);
  }
}

function toCrate(
  crate: ReadonlyMap<string, unknown> | null,
  number: number,
  count: number,
  omissions: Omissions,
): Crate | null {
  const name = crate?.get('name');
  const version = crate?.get('version');
  if (crate === null || typeof name !== 'string' || typeof version !== 'string' || name === '' || version === '') {
    omissions.add('expected a name and a version in the list of crates', number);
    return null;
  }
  const listed = crate.get('dependencies') ?? [];
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [null];
  const dependencies = all.filter((item) => typeof item === 'number').filter((item) => isPlace(item, count));
  if (dependencies.length < all.length) {
    omissions.add('expected dependencies to be places in the list of crates', number);
  }
  return { name, version, isBuildOnly: crate.get('kind') === 'build', dependencies };
}

function isPlace(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

function invalid(object: string, expected: string, found: string, cause?: unknown): PackagesError {
  const detail = { object, expected, found, ...(cause === undefined ? {} : { cause }) };
  return new PackagesError('PACKAGE_METADATA_INVALID', 'unreadable list of crates', detail);
}
