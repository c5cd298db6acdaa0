import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { PackageRecord } from '#model/package.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isProgram } from '../../executables/programs.ts';
import type { Classifier } from './classifier.ts';
import { CLASSIFIERS } from './classifiers.ts';
import { FileNames } from './file-names.ts';
import { findVersions } from './find-versions.ts';
import { findGoVersions } from './go-program.ts';
import { toPackageRecord } from './package.ts';

const fileNames = new FileNames(CLASSIFIERS);

export const binary: Cataloger = {
  id: 'binary',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.analysedFileBytes,
  digests: true,
  endings: fileNames.endings(),
  capabilities: {
    title: 'Programs and libraries by what they say of themselves',
    reads: [...new Set(CLASSIFIERS.flatMap(({ files }) => files))].map((name) => `**/${name}`),
    packageTypes: ['generic'],
    confidence: 'inferred',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [],
  },
  wants: ({ path }) => fileNames.has(path),
  accepts: (head) => isProgram(head) || isDescription(head),
  read: readProgram,
};

/** The files that are no programs: the version of Erlang, and an application of Erlang. */
function isDescription(head: Uint8Array): boolean {
  const [first = 0] = head;
  return first === 0x7b || (first >= 0x30 && first <= 0x39);
}

function readProgram({ path, bytes }: AnalysedFile): Found {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packages: PackageRecord[] = [];
  const unknowns: string[] = [];
  for (const classifier of fileNames.of(path)) {
    const versions = [...versionsOf(content, classifier, path)];
    const [version] = versions;
    if (version !== undefined && versions.length === 1) {
      packages.push(toPackageRecord(classifier, version));
    } else if (version !== undefined) {
      unknowns.push(`${classifier.name}: the file names more than one version of it: ${versions.join(', ')}`);
    }
  }
  return { ...(packages.length === 0 ? {} : { packages }), ...(unknowns.length === 0 ? {} : { unknowns }) };
}

function versionsOf(content: Buffer, classifier: Classifier, path: string): ReadonlySet<string> {
  return classifier.go === undefined
    ? findVersions(content, classifier, path)
    : findGoVersions(content, classifier.go, path);
}
