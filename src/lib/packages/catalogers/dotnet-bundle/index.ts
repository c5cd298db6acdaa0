import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isExecutable, isProgram, parsePrograms } from '../../executables/programs.ts';
import { toPackageRecord } from '../dotnet/package.ts';
import { parseDeps } from '../dotnet/parse-deps.ts';
import { findLibraryList } from './read-bundle.ts';

/** Windows has no execute bits. */
const WINDOWS = '.exe';

export const dotnetBundle: Cataloger = {
  id: 'dotnet-bundle',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  capabilities: {
    title: 'NuGet packages of .NET applications in one file',
    reads: ['** (ELF, PE and Mach-O executables that dotnet publish packed into one file)'],
    packageTypes: ['nuget'],
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: [
      'https://github.com/dotnet/designs/blob/main/accepted/2020/single-file/bundler.md',
      'https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md',
    ],
  },
  wants: (file) => isExecutable(file) || file.path.endsWith(WINDOWS),
  accepts: isProgram,
  read: readProgram,
};

function readProgram({ bytes, path }: AnalysedFile): Found {
  for (const program of parsePrograms(bytes, path)) {
    const list = findLibraryList(program, path);
    if (list === 'none') {
      return { unknowns: ['an application of .NET in one file that has no list of its libraries'] };
    }
    if (list !== null) {
      if (list.length > LIMITS.packageMetadataBytes) {
        throw limitExceeded(path, LIMITS.packageMetadataBytes, 'bytes of a list of libraries', list.length);
      }
      const { packages, unknowns } = parseDeps(list, path);
      return { packages: packages.map(toPackageRecord), ...(unknowns.length === 0 ? {} : { unknowns }) };
    }
  }
  return {};
}
