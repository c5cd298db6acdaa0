import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseUnit } from './parse-unit.ts';

const SUFFIX = '.conf';
/** Of GHC, of cabal's store, and of stack. */
const DATABASES: readonly string[] = ['/package.conf.d', '/package.db', '/pkgdb'];

export const haskell: Cataloger = {
  id: 'haskell',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed Haskell libraries',
    reads: ['**/package.conf.d/*.conf', '**/package.db/*.conf', '**/pkgdb/*.conf'],
    packageTypes: ['hackage'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://downloads.haskell.org/ghc/latest/docs/users_guide/packages.html#installedpackageinfo-a-package-specification',
    ],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX) && isInDatabase(path),
  read: readUnit,
};

function isInDatabase(path: string): boolean {
  const slash = path.lastIndexOf('/');
  return DATABASES.some((folder) => path.endsWith(folder, slash));
}

function readUnit(file: AnalysedFile): Found {
  const record = toPackageRecord(parseUnit(file.bytes), file.path);
  return {
    packages: [record],
    ...(record.version === '' ? { unknowns: ['library without a version of numbers and periods'] } : {}),
  };
}
