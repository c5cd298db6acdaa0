import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parsePubspecLock } from './parse-pubspec-lock.ts';

const NAMES = ['pubspec.lock'];

export const pubLock: Cataloger = {
  id: 'pub-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Dart and Flutter lock files',
    reads: ['**/pubspec.lock'],
    packageTypes: ['pub'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://dart.dev/tools/pub/packages'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parsePubspecLock(bytes, path),
};
