import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseDeps } from './parse-deps.ts';

const ENDING = '.deps.json';

export const dotnet: Cataloger = {
  id: 'dotnet',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'NuGet packages of .NET applications',
    reads: ['**/*.deps.json'],
    packageTypes: ['nuget'],
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: [
      'https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md',
      'https://github.com/dotnet/runtime/blob/main/docs/design/features/host-probing.md',
    ],
  },
  endings: [ENDING],
  wants: ({ path }) => path.endsWith(ENDING),
  read: readDeps,
};

function readDeps(file: AnalysedFile): Found {
  const { packages, unknowns } = parseDeps(file.bytes, file.path);
  return { packages: packages.map(toPackageRecord), ...(unknowns.length === 0 ? {} : { unknowns }) };
}
