import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parsePackageResolved } from './parse-package-resolved.ts';

const NAMES = ['Package.resolved'];

export const swiftLock: Cataloger = {
  id: 'swift-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Swift package lock files',
    reads: ['**/Package.resolved'],
    packageTypes: ['swift'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://github.com/swiftlang/swift-package-manager/tree/main/Documentation'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parsePackageResolved(bytes, path),
};
