import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { hasName } from '../../declared-packages.ts';
import { readState } from './package.ts';
import { readCachedPackage } from './read-archive.ts';

const STATES: readonly string[] = ['.pnp.cjs', '.pnp.js', '.pnp.data.json'];
/** What Yarn downloaded, an archive each: programs are run from there. */
const ARCHIVE = '.zip';
const CACHE = '.yarn/cache';

export const yarnPnp: Cataloger = {
  id: 'yarn-pnp',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  digests: true,
  capabilities: {
    title: 'npm packages that Yarn runs from archives',
    reads: ['**/.pnp.cjs', '**/.pnp.js', '**/.pnp.data.json', '**/.yarn/cache/*.zip'],
    packageTypes: ['npm'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://yarnpkg.com/advanced/pnp-spec'],
  },
  endings: [...STATES, ARCHIVE],
  wants: ({ path }) => (path.endsWith(ARCHIVE) ? isCached(path) : hasName(path, STATES)),
  // What a project needs is there for it alone.
  environment: (path) => path,
  read: (file) => (file.path.endsWith(ARCHIVE) ? readCachedPackage(file) : readState(file)),
};

function isCached(path: string): boolean {
  const slash = path.lastIndexOf('/');
  return path.endsWith(CACHE, slash) && (slash === CACHE.length || path.charAt(slash - CACHE.length - 1) === '/');
}
