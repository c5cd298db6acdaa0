import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parsePackageLock } from './parse-package-lock.ts';

const NAMES = ['package-lock.json', 'npm-shrinkwrap.json'];

export const npmLock: Cataloger = {
  id: 'npm-lock',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'npm lock files',
    reads: ['**/package-lock.json', '**/npm-shrinkwrap.json'],
    packageTypes: ['npm'],
    confidence: 'declared',
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parsePackageLock(bytes, path),
};
