import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseMixLock } from './parse-mix-lock.ts';

const NAMES = ['mix.lock'];
/** Where Mix puts what it fetches. */
const MIX_FOLDERS = ['deps/'];

export const mixLock: Cataloger = {
  id: 'mix-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Mix lock files',
    reads: ['**/mix.lock'],
    packageTypes: ['hex'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://hexdocs.pm/mix/Mix.Tasks.Deps.html'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES, MIX_FOLDERS),
  read: ({ bytes, path }) => parseMixLock(bytes, path),
};
