import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecords } from './package.ts';
import { parseRelease } from './parse-release.ts';

const NAME = '/release';

export const javaRuntime: Cataloger = {
  id: 'java-runtime',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Java runtimes',
    reads: ['**/release'],
    packageTypes: ['generic'],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://openjdk.org/jeps/223'],
  },
  endings: [NAME],
  wants: ({ path }) => path.endsWith(NAME),
  read: readRuntime,
};

/** Other files of that name say nothing of Java. */
function readRuntime({ bytes }: AnalysedFile): Found {
  const release = parseRelease(bytes);
  return release.has('JAVA_VERSION') ? toPackageRecords(release) : {};
}
