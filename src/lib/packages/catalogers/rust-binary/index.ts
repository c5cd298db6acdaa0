import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import type { Cataloger } from '../../cataloger.ts';
import { sectionContent } from '../../executables/executable.ts';
import { isExecutable, isProgram, parsePrograms } from '../../executables/programs.ts';
import { toPackageRecords } from './package.ts';
import { parseCrates } from './parse-crates.ts';

/** Windows has no execute bits. */
const ENDINGS: readonly string[] = ['.exe', '.dll', '.pyd'];
const SECTION = '.dep-v0';

export const rustBinary: Cataloger = {
  id: 'rust-binary',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  capabilities: {
    title: 'Crates of Rust programs',
    reads: ['** (ELF, PE and Mach-O executables built by cargo auditable)'],
    packageTypes: ['cargo'],
    database: false,
    licenses: false,
    files: false,
    dependencies: true,
    specifications: ['https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md'],
  },
  wants: (file) => isExecutable(file) || ENDINGS.some((ending) => file.path.endsWith(ending)),
  accepts: isProgram,
  read: readProgram,
};

function readProgram(file: AnalysedFile): Found {
  const packages = new Map<string, PackageRecord>();
  const unknowns = new Set<string>();
  // A universal program has a list for each processor: mostly the same one.
  for (const program of parsePrograms(file.bytes, file.path)) {
    const section = sectionContent(program, SECTION, file.path);
    const list = section === null ? null : parseCrates(section, file.path);
    for (const record of list === null ? [] : toPackageRecords(list.crates)) {
      const key = `${record.name} ${record.version}`;
      packages.set(key, withDependenciesOf(record, packages.get(key)));
    }
    for (const reason of list?.unknowns ?? []) {
      unknowns.add(reason);
    }
    if (list?.crates.length === 0) {
      unknowns.add('a list of crates without any');
    }
    if (packages.size > LIMITS.packagesPerFile) {
      throw limitExceeded(file.path, LIMITS.packagesPerFile, 'crates', packages.size);
    }
  }
  return {
    ...(packages.size === 0 ? {} : { packages: [...packages.values()] }),
    ...(unknowns.size === 0 ? {} : { unknowns: [...unknowns] }),
  };
}

function withDependenciesOf(record: PackageRecord, other: PackageRecord | undefined): PackageRecord {
  const requires = new Set([...(other?.requires ?? []), ...(record.requires ?? [])]);
  return requires.size === 0 ? record : { ...record, requires: [...requires] };
}
