import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parsePackagesLock } from './parse-packages-lock.ts';

const NAMES = ['packages.lock.json'];

export const nugetLock: Cataloger = {
  id: 'nuget-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'NuGet lock files',
    reads: ['**/packages.lock.json'],
    packageTypes: ['nuget'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files'],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parsePackagesLock(bytes, path),
};
