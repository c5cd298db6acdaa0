import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseBunLock } from './parse-bun-lock.ts';

const NAMES = ['bun.lock', 'bun.lockb'];

export const bunLock: Cataloger = {
  id: 'bun-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Bun lock files',
    reads: ['**/bun.lock'],
    packageTypes: ['npm'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://bun.com/docs/pm/lockfile'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseBunLock(bytes, path),
};
