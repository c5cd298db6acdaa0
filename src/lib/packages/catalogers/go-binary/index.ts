import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isElfProgram, parseElf } from './elf.ts';
import { toPackageRecords } from './package.ts';
import { parseBuildInfo } from './parse-build-info.ts';
import { type ModuleList, parseModules } from './parse-modules.ts';

const ANY_EXECUTE_BIT = 0o111;

export const goBinary: Cataloger = {
  id: 'go-binary',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  capabilities: {
    title: 'Modules of Go programs',
    reads: ['** (ELF executables)'],
    packageTypes: ['golang'],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://pkg.go.dev/debug/buildinfo', 'https://go.dev/ref/mod#go-version-m'],
  },
  wants: (file) => (file.mode & ANY_EXECUTE_BIT) !== 0,
  accepts: isElfProgram,
  read: readProgram,
};

function readProgram(file: AnalysedFile): Found {
  if (!isElfProgram(file.bytes)) {
    return {};
  }
  const info = parseBuildInfo(parseElf(file.bytes, file.path), file.path);
  if (info === null) {
    return {};
  }
  const modules = parseModules(info.modules);
  const unknowns = isListed(modules) ? modules.unknowns : [...modules.unknowns, NOT_LISTED];
  const packages = toPackageRecords(info, modules, file.path);
  return { packages, ...(unknowns.length === 0 ? {} : { unknowns }) };
}

const NOT_LISTED = 'a Go program built without modules: what it holds besides the standard library is not listed in it';

/** False for a program that names no module although its path is not one of the standard library, which has no dots. */
function isListed(modules: ModuleList): boolean {
  const [host = ''] = modules.path.split('/', 1);
  return modules.main !== null || modules.dependencies.length > 0 || (host !== '' && !host.includes('.'));
}
