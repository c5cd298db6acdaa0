import { type Kysely, sql } from 'kysely';
import { quote } from '#base/error.ts';
import { SEVERITIES } from '#model/advisory.ts';
import type { FindingRecords, PackageFinding } from '#model/platform/judgement.ts';
import type { Page } from '#model/platform/records.ts';
import type { PackageFindingRow, Tables } from '../tables.ts';
import { atomically } from './atomically.ts';
import { type Dialect, valuesOf } from './dialect.ts';
import { recordDamaged } from './error.ts';
import { insertPackages, isStorablePurl } from './package-dictionary.ts';
import { packagesNamed } from './package-queries.ts';
import { parseStored } from './stored-json.ts';

/** Rows in one statement: SQLite takes 32,766 values. */
const ROWS_AT_ONCE = 1000;

/** What advisories say of package versions. */
export function findingRecords(db: Kysely<Tables>, dialect: Dialect): FindingRecords {
  return {
    replace: (purls, findings, now) => atomically(db, (all) => replace(all, dialect, { purls, findings, now })),
    ofPackages: (purls) => ofPackages(db, dialect, purls),
    withId: async (id, page) => (await findingsWithId(db, id, page).execute()).map(findingOf),
    versionsOf: async (names, { after, limit }) => {
      const { rows } = await sql<{ readonly purl: string }>`
        SELECT n.purl FROM (${packagesNamed(dialect, names)}) n WHERE n.purl > ${after ?? ''}
        ORDER BY n.purl LIMIT ${limit}`.execute(db);
      return rows.map(({ purl }) => purl);
    },
  };
}

function selectFindings(db: Kysely<Tables>) {
  return db
    .selectFrom('package_findings as f')
    .innerJoin('package_versions as p', 'p.id', 'f.package_version_id')
    .selectAll('f')
    .select('p.purl');
}

async function ofPackages(
  db: Kysely<Tables>,
  dialect: Dialect,
  purls: readonly string[],
): Promise<readonly PackageFinding[]> {
  const named = sql<string>`(SELECT value FROM ${valuesOf(dialect, purls.filter(isStorablePurl))} AS w)`;
  const rows = await selectFindings(db).where('p.purl', 'in', named).orderBy('p.purl').orderBy('f.id').execute();
  return rows.map(findingOf);
}

/**
 * How an id may be written in the store: as it is asked for, all in capitals (`CVE-2024-3094`), or with small letters after the first dash (`GHSA-jfh8-…`). Who
 * asks in small letters is not to be told that there is nothing.
 */
export function spellingsOf(name: string): readonly string[] {
  const capitals = name.toUpperCase();
  const dash = capitals.indexOf('-');
  const mixed = dash === -1 ? capitals : `${capitals.slice(0, dash)}${capitals.slice(dash).toLowerCase()}`;
  return [...new Set([name, capitals, mixed])];
}

/** Sorted by purl and id; the page goes by `purl id`, since a package version may have several of one alias. */
export function findingsWithId(db: Kysely<Tables>, name: string, { after, limit }: Page) {
  const [purl = '', id = ''] = (after ?? '').split(' ', 2);
  return selectFindings(db)
    .distinct()
    .innerJoin('finding_names as n', (join) =>
      join.onRef('n.package_version_id', '=', 'f.package_version_id').onRef('n.id', '=', 'f.id'),
    )
    .where('n.name', 'in', spellingsOf(name))
    .where(sql<boolean>`(p.purl, f.id) > (${purl}, ${id})`)
    .orderBy('p.purl')
    .orderBy('f.id')
    .limit(limit);
}

interface Replacement {
  readonly purls: readonly string[];
  readonly findings: readonly PackageFinding[];
  readonly now: number;
}

/** Only package versions of which other things are said than before are written: whoever judges images with the same packages does not wait for others. */
async function replace(db: Kysely<Tables>, dialect: Dialect, { purls, findings, now }: Replacement): Promise<void> {
  const after = Map.groupBy(findings, ({ purl }) => purl);
  const before = Map.groupBy(await ofPackages(db, dialect, purls), ({ purl }) => purl);
  const changed = [...new Set(purls)].filter(
    (purl) => textOf(before.get(purl) ?? []) !== textOf(after.get(purl) ?? []),
  );
  if (changed.length > 0) {
    const numbers = await numbersOf(db, dialect, changed);
    await remove(db, dialect, [...numbers.values()]);
    await insert(db, numbers, findings, now);
  }
}

/** The same for the same findings. */
function textOf(findings: readonly PackageFinding[]): string {
  const rows = findings.map(({ id, aliases, severity, fixedIn }) => JSON.stringify([id, aliases, severity, fixedIn]));
  return [...new Set(rows)].toSorted().join('\n');
}

async function remove(db: Kysely<Tables>, dialect: Dialect, packages: readonly number[]): Promise<void> {
  const these = sql<number>`(SELECT CAST(w.value AS bigint) FROM ${valuesOf(dialect, packages)} AS w)`;
  for (const table of ['finding_names', 'package_findings'] as const) {
    await db.deleteFrom(table).where('package_version_id', 'in', these).execute();
  }
}

async function insert(
  db: Kysely<Tables>,
  numbers: ReadonlyMap<string, number>,
  findings: readonly PackageFinding[],
  now: number,
): Promise<void> {
  const rows = new Map<string, PackageFindingRow>();
  const names: Tables['finding_names'][] = [];
  for (const { purl, id, aliases, severity, fixedIn } of findings) {
    const number = numbers.get(purl);
    if (number !== undefined) {
      const key = { package_version_id: number, id };
      const text = JSON.stringify(aliases);
      rows.set(`${number} ${id}`, { ...key, aliases: text, severity, fixed_in: fixedIn, found_at: now });
      names.push(...[id, ...aliases].map((name) => ({ name, ...key })));
    }
  }
  for (const some of chunks([...rows.values()])) {
    await db.insertInto('package_findings').values(some).execute();
  }
  for (const some of chunks(names)) {
    await db
      .insertInto('finding_names')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/**
 * Numbers of package versions, those of the dictionary and new ones, held until the transaction ends: two who replace the same wait for each other. What the
 * dictionary cannot keep no inventory can hold.
 */
async function numbersOf(
  db: Kysely<Tables>,
  dialect: Dialect,
  purls: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const storable = purls.filter(isStorablePurl).toSorted();
  await insertPackages(db, dialect, storable);
  const rows = await db
    .selectFrom('package_versions')
    .select(['id', 'purl'])
    .where('purl', 'in', sql<string>`(SELECT value FROM ${valuesOf(dialect, storable)} AS w)`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return new Map(rows.map(({ purl, id }) => [purl, id]));
}

function* chunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    yield rows.slice(start, start + ROWS_AT_ONCE);
  }
}

function findingOf(row: PackageFindingRow & { readonly purl: string }): PackageFinding {
  const { purl, id, aliases, fixed_in } = row;
  const object = `finding ${id} of ${purl}`;
  const severity = SEVERITIES.find((one) => one === row.severity);
  if (severity === undefined) {
    throw recordDamaged(object, `a severity of ${SEVERITIES.join(', ')}`, quote(row.severity));
  }
  return { purl, id, aliases: parseStored<readonly string[]>(aliases, object), severity, fixedIn: fixed_in };
}
