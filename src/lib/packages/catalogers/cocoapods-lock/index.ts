import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parsePodfileLock } from './parse-podfile-lock.ts';

const NAMES = ['Podfile.lock'];

export const cocoapodsLock: Cataloger = {
  id: 'cocoapods-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'CocoaPods lock files',
    reads: ['**/Podfile.lock'],
    packageTypes: ['cocoapods'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://guides.cocoapods.org/using/using-cocoapods.html'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parsePodfileLock(bytes, path),
};
