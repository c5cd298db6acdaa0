import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseYarnLock } from './parse-yarn-lock.ts';

const NAMES = ['yarn.lock'];

export const yarnLock: Cataloger = {
  id: 'yarn-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Yarn lock files',
    reads: ['**/yarn.lock'],
    packageTypes: ['npm'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://classic.yarnpkg.com/lang/en/docs/yarn-lock/', 'https://yarnpkg.com/features/caching'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseYarnLock(bytes, path),
};
