import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseRenvLock } from './parse-renv-lock.ts';

const NAMES = ['renv.lock'];

export const renvLock: Cataloger = {
  id: 'renv-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'renv lock files',
    reads: ['**/renv.lock'],
    packageTypes: ['cran'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://rstudio.github.io/renv/reference/lockfiles.html'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseRenvLock(bytes, path),
};
