import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parsePnpmLock } from './parse-pnpm-lock.ts';

const NAMES = ['pnpm-lock.yaml'];

export const pnpmLock: Cataloger = {
  id: 'pnpm-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'pnpm lock files',
    reads: ['**/pnpm-lock.yaml'],
    packageTypes: ['npm'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://github.com/pnpm/spec/tree/master/lockfile'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parsePnpmLock(bytes, path),
};
