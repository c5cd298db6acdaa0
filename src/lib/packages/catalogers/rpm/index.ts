import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { changesBeside } from '../../sqlite/changes-beside.ts';
import type { Damage, HeaderBlob } from './blob.ts';
import { parseBdb } from './parse-bdb.ts';
import { parseManifest } from './parse-manifest.ts';
import { parseNdb } from './parse-ndb.ts';
import { parseSqlite } from './parse-sqlite.ts';
import { readDatabase } from './read-database.ts';

/** The first is rpm's own, the second that of Fedora, SUSE and RHEL 10, the third that of systems with an immutable /usr. */
const FOLDERS: readonly string[] = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
const PARSERS: ReadonlyMap<string, Parser> = new Map([
  ...inFolders('rpmdb.sqlite').map((path): [string, Parser] => [path, parseSqlite]),
  ...inFolders('Packages.db').map((path): [string, Parser] => [path, parseNdb]),
  ...inFolders('Packages').map((path): [string, Parser] => [path, parseBdb]),
]);
/** Changes that are not in the database yet. */
const PENDING: ReadonlySet<string> = new Set(inFolders('rpmdb.sqlite-wal', 'rpmdb.sqlite-journal'));
const MANIFEST = 'var/lib/rpmmanifest/container-manifest-2';
const PATHS: readonly string[] = [...PARSERS.keys(), ...PENDING, MANIFEST];

type Parser = (bytes: Uint8Array, object: string, damage: Damage) => Iterable<HeaderBlob>;

export const rpm: Cataloger = {
  id: 'rpm',
  version: 2,
  knownPaths: PATHS,
  maxFileBytes: LIMITS.rpmDatabaseBytes,
  capabilities: {
    title: 'RPM packages',
    reads: PATHS.map((path) => `/${path}`),
    packageTypes: ['rpm'],
    database: true,
    licenses: true,
    files: true,
    dependencies: true,
    specifications: [
      'https://rpm-software-management.github.io/rpm/manual/format_v4.html',
      'https://rpm-software-management.github.io/rpm/manual/hregions.html',
      'https://sqlite.org/fileformat2.html',
    ],
  },
  // The path of the manifest begins as the first folder does.
  beginnings: FOLDERS,
  wants: ({ path }) => PARSERS.has(path) || PENDING.has(path) || path === MANIFEST,
  read: readFile,
};

function inFolders(...names: readonly string[]): readonly string[] {
  return FOLDERS.flatMap((folder) => names.map((name) => `${folder}/${name}`));
}

function readFile(file: AnalysedFile): Found {
  if (file.path === MANIFEST) {
    return parseManifest(file.bytes, file.path);
  }
  const parse = PARSERS.get(file.path);
  if (parse !== undefined) {
    return readDatabase(file, parse);
  }
  return changesBeside(file);
}
