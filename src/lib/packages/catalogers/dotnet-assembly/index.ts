import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isPeProgram, parsePe } from '../../executables/pe.ts';
import { versionTexts } from '../../executables/pe-version.ts';
import { ASSEMBLIES } from './assemblies.ts';
import { packageVersion } from './package-version.ts';

const ENDING = '.dll';
const FILES: ReadonlySet<string> = new Set(ASSEMBLIES.map((name) => `${name}${ENDING}`));

export const dotnetAssembly: Cataloger = {
  id: 'dotnet-assembly',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  endings: [ENDING],
  capabilities: {
    title: 'NuGet packages by what their assemblies say of themselves',
    reads: [...FILES].map((name) => `**/${name}`),
    packageTypes: ['nuget'],
    confidence: 'inferred',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo'],
  },
  wants: ({ path }) => path.endsWith(ENDING) && FILES.has(fileName(path)),
  accepts: isPeProgram,
  read: readAssembly,
};

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Silent where it is not certain: most assemblies are listed beside them, and the others by nobody. */
function readAssembly({ path, bytes }: AnalysedFile): Found {
  const pe = isPeProgram(bytes) ? parsePe(bytes, path) : null;
  if (pe === null || !pe.isManaged) {
    return {};
  }
  const texts = versionTexts(pe);
  const name = fileName(path);
  const version = texts.get('OriginalFilename') === name ? packageVersion(texts.get('ProductVersion') ?? '') : null;
  return version === null
    ? {}
    : {
        packages: [
          { type: 'nuget', name: name.slice(0, -ENDING.length), version, licenses: [], confidence: 'inferred' },
        ],
      };
}
