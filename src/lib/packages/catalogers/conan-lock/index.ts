import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseConanLock } from './parse-conan-lock.ts';

const NAMES = ['conan.lock'];

export const conanLock: Cataloger = {
  id: 'conan-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Conan lock files',
    reads: ['**/conan.lock'],
    packageTypes: ['conan'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: [
      'https://docs.conan.io/2/tutorial/versioning/lockfiles.html',
      'https://docs.conan.io/1/versioning/lockfiles.html',
    ],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseConanLock(bytes, path),
};
