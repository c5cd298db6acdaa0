import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { parseSqlite } from './parse-sqlite.ts';
import { readDatabase } from './read-database.ts';

/** The first is rpm's own, the second that of Fedora, SUSE and RHEL 10, the third that of systems with an immutable /usr. */
const FOLDERS: readonly string[] = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
const SQLITE = inFolders('rpmdb.sqlite');
/** Changes that are not in the database yet. */
const PENDING = inFolders('rpmdb.sqlite-wal', 'rpmdb.sqlite-journal');
const PATHS: ReadonlySet<string> = new Set([...SQLITE, ...PENDING]);

export const rpm: Cataloger = {
  id: 'rpm',
  version: 1,
  knownPaths: [...PATHS],
  maxFileBytes: LIMITS.rpmDatabaseBytes,
  capabilities: {
    title: 'RPM packages',
    reads: [...PATHS].map((path) => `/${path}`),
    packageTypes: ['rpm'],
    database: true,
    licenses: true,
    files: true,
    specifications: [
      'https://rpm-software-management.github.io/rpm/manual/format_v4.html',
      'https://rpm-software-management.github.io/rpm/manual/hregions.html',
      'https://sqlite.org/fileformat2.html',
    ],
  },
  wants: ({ path }) => PATHS.has(path),
  read: readFile,
};

function inFolders(...names: readonly string[]): readonly string[] {
  return FOLDERS.flatMap((folder) => names.map((name) => `${folder}/${name}`));
}

function readFile(file: AnalysedFile): Found {
  if (PENDING.includes(file.path)) {
    const pending = 'expected a database that is written in full, found changes beside it';
    return file.bytes.length === 0 ? {} : { unknowns: [pending] };
  }
  return readDatabase(file, parseSqlite);
}
