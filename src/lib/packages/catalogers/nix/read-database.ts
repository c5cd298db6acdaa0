import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import { CapabilityNames } from '../../capability-names.ts';
import { PackagesError } from '../../error.ts';
import { emptyIsUnknown, Omissions } from '../../omissions.ts';
import { SqlitePages } from '../../sqlite/pages.ts';
import { readRecord, toNatural } from '../../sqlite/record.ts';
import { rowsOf } from '../../sqlite/rows.ts';
import { readTables, sqliteText } from '../../sqlite/table.ts';
import { parseStorePath, storeBase } from './store-path.ts';

const PATHS = 'validpaths';
const REFERENCES = 'refs';

/** A version of a package with the paths of all its outputs. */
interface Group {
  readonly name: string;
  readonly version: string;
  /** Numbers in the database. */
  readonly ids: number[];
}

/**
 * The packages among the valid paths, with what they refer to. Paths are capabilities: there are many packages of one name.
 * Throws `PACKAGE_DATABASE_INVALID` and `LIMIT_EXCEEDED`.
 */
export function readDatabase({ bytes, path: object }: AnalysedFile): Found {
  const pages = new SqlitePages(bytes, object);
  const damage = new Omissions('page');
  const strangers = new Omissions('row');
  const tables = readTables(pages, damage);
  const root = tables.get(PATHS) ?? 0;
  if (root === 0) {
    throw new PackagesError('PACKAGE_DATABASE_INVALID', 'not a Nix database', {
      object,
      expected: 'one table named ValidPaths',
    });
  }
  const bases = new Map<number, string>();
  const groups = new Map<string, Group>();
  for (const { rowid, payload } of rowsOf(pages, root, damage)) {
    const [, path, , , deriver] = readRecord(payload) ?? [];
    const base = storeBase(sqliteText(path));
    if (base === null) {
      strangers.add('expected a path of the store, found another', rowid);
      continue;
    }
    if (bases.size === LIMITS.packagesPerFile) {
      throw limitExceeded(object, LIMITS.packagesPerFile, 'paths of the store');
    }
    bases.set(rowid, base);
    const parsed = parseStorePath(sqliteText(path), sqliteText(deriver));
    if (parsed !== null) {
      const key = `${parsed.name}\0${parsed.version}`;
      const group = groups.get(key) ?? { name: parsed.name, version: parsed.version, ids: [] };
      group.ids.push(rowid);
      groups.set(key, group);
    }
  }
  const references = readReferences(pages, tables.get(REFERENCES) ?? 0, damage);
  const names = new CapabilityNames(object);
  const packages = [...groups.values()].map((group) => toPackageRecord(group, bases, references, names));
  const unknowns = emptyIsUnknown(bases.size, [...damage.reasons(), ...strangers.reasons()]);
  return { packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
}

type References = ReadonlyMap<number, readonly number[]>;

function readReferences(pages: SqlitePages, root: number, damage: Omissions): References {
  const references = new Map<number, number[]>();
  if (root === 0) {
    return references;
  }
  for (const { payload } of rowsOf(pages, root, damage)) {
    const [from, to] = (readRecord(payload) ?? []).map(toNatural);
    if (typeof from === 'number' && typeof to === 'number') {
      const known = references.get(from) ?? [];
      known.push(to);
      references.set(from, known);
    }
  }
  return references;
}

function toPackageRecord(
  { name, version, ids }: Group,
  bases: ReadonlyMap<number, string>,
  references: References,
  names: CapabilityNames,
): PackageRecord {
  const own = new Set(ids);
  const needed = ids.flatMap((id) => references.get(id) ?? []).filter((id) => !own.has(id));
  const basesOf = (numbers: readonly number[]): readonly string[] => numbers.flatMap((id) => bases.get(id) ?? []);
  return { type: 'nix', name, version, ...names.of(name, basesOf(needed), basesOf(ids)), licenses: [] };
}
