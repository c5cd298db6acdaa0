import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import type { Cataloger } from '../../cataloger.ts';
import type { Executable } from '../../executables/executable.ts';
import { isPacked } from '../../executables/packed.ts';
import { isExecutable, isProgram, parsePrograms } from '../../executables/programs.ts';
import { toPackageRecords } from './package.ts';
import { parseBuildInfo } from './parse-build-info.ts';
import { type ModuleList, parseModules } from './parse-modules.ts';

/** Windows has no execute bits. */
const WINDOWS_PROGRAM = '.exe';

export const goBinary: Cataloger = {
  id: 'go-binary',
  version: 4,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  capabilities: {
    title: 'Modules of Go programs',
    reads: ['** (ELF, PE and Mach-O executables)'],
    packageTypes: ['golang'],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://pkg.go.dev/debug/buildinfo', 'https://go.dev/ref/mod#go-version-m'],
  },
  wants: (file) => isExecutable(file) || file.path.endsWith(WINDOWS_PROGRAM),
  accepts: isProgram,
  read: readProgram,
};

function readProgram(file: AnalysedFile): Found {
  const found = parsePrograms(file.bytes, file.path).map((program) => readOne(program, file.path));
  const [only] = found;
  return only !== undefined && found.length === 1 ? only : union(found, file.path);
}

function readOne(program: Executable, object: string): Found {
  const info = parseBuildInfo(program, object);
  if (info === null) {
    return isPacked(program) ? { unknowns: [PACKED] } : {};
  }
  const modules = parseModules(info.modules);
  const unknowns = isListed(modules) ? modules.unknowns : [...modules.unknowns, NOT_LISTED];
  const packages = toPackageRecords(info, modules, object);
  return { packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
}

/** Of a universal program, whose parts are mostly made of the same modules. */
function union(parts: readonly Found[], object: string): Found {
  const packages = new Map<string, PackageRecord>();
  const unknowns = new Set<string>();
  for (const part of parts) {
    for (const record of part.packages ?? []) {
      packages.set(`${record.name} ${record.version}`, record);
    }
    for (const reason of part.unknowns ?? []) {
      unknowns.add(reason);
    }
    if (packages.size > LIMITS.packagesPerFile) {
      throw limitExceeded(object, LIMITS.packagesPerFile, 'modules', packages.size);
    }
  }
  return {
    ...(packages.size === 0 ? {} : { packages: [...packages.values()] }),
    ...(unknowns.size === 0 ? {} : { unknowns: [...unknowns] }),
  };
}

/** Nobody else says so of programs in other languages either. */
const PACKED = 'a program packed by UPX: what it was built from cannot be seen in it';

const NOT_LISTED = 'a Go program built without modules: what it holds besides the standard library is not listed in it';

/** False for a program that names no module although its path is not one of the standard library, which has no dots. */
function isListed(modules: ModuleList): boolean {
  const [host = ''] = modules.path.split('/', 1);
  return modules.main !== null || modules.dependencies.length > 0 || (host !== '' && !host.includes('.'));
}
