import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { changesBeside } from '../../sqlite/changes-beside.ts';
import { readDatabase } from './read-database.ts';

const DATABASE = 'nix/var/nix/db/db.sqlite';
/** Changes that are not in the database yet. */
const PENDING: readonly string[] = [`${DATABASE}-wal`, `${DATABASE}-journal`];

export const nix: Cataloger = {
  id: 'nix',
  version: 1,
  knownPaths: [DATABASE, ...PENDING],
  maxFileBytes: LIMITS.rpmDatabaseBytes,
  capabilities: {
    title: 'Nix packages',
    reads: [DATABASE, ...PENDING].map((path) => `/${path}`),
    packageTypes: ['nix'],
    database: true,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://nix.dev/manual/nix/latest/store/store-path', 'https://sqlite.org/fileformat2.html'],
  },
  beginnings: [DATABASE],
  wants: ({ path }) => path === DATABASE || PENDING.includes(path),
  read: readFile,
};

function readFile(file: AnalysedFile): Found {
  if (PENDING.includes(file.path)) {
    return changesBeside(file);
  }
  return readDatabase(file);
}
