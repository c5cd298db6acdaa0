import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readWorkspace } from './parse-workspace.ts';

const SUFFIX = '/workspace-state.json';

export const swift: Cataloger = {
  id: 'swift',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  digests: true,
  capabilities: {
    title: 'Swift packages that were checked out for a build',
    reads: ['**/workspace-state.json'],
    packageTypes: ['swift'],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://github.com/swiftlang/swift-package-manager/tree/main/Documentation'],
  },
  endings: [SUFFIX],
  // The folder may be another one (`--scratch-path`).
  wants: ({ path }) => path.endsWith(SUFFIX),
  read: ({ path, bytes }) => readWorkspace(bytes, path),
};
