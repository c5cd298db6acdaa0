import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import type { Cataloger } from '../../cataloger.ts';
import { PackagesError } from '../../error.ts';
import { toPackageRecord } from './package.ts';
import { parseSwitchState } from './parse-switch-state.ts';

const FILE = '.opam-switch/switch-state';

export const opam: Cataloger = {
  id: 'opam',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  capabilities: {
    title: 'Packages of opam switches',
    reads: ['**/.opam-switch/switch-state'],
    packageTypes: ['opam'],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://opam.ocaml.org/doc/Manual.html'],
  },
  endings: [FILE],
  wants: ({ path }) =>
    path.endsWith(FILE) && (path.length === FILE.length || path[path.length - FILE.length - 1] === '/'),
  read: readSwitchState,
};

function readSwitchState(file: AnalysedFile): Found {
  const installed = parseSwitchState(file.bytes, file.path);
  if (installed === null) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'not the state of a switch of opam', {
      object: file.path,
      expected: 'installed: [ "NAME.VERSION" … ]',
      found: 'none, or a list without an end',
    });
  }
  const packages = new Map<string, PackageRecord>();
  let invalid = 0;
  for (const text of installed) {
    const record = toPackageRecord(text);
    if (record === null) {
      invalid += 1;
    } else {
      packages.set(text, record);
    }
  }
  return {
    packages: [...packages.values()],
    ...(invalid === 0 ? {} : { unknowns: [`${invalid} installed packages without a name and a version`] }),
  };
}
