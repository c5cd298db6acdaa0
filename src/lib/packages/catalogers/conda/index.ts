import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { endsInPath } from '../../paths.ts';
import { toPackageRecord } from './package.ts';
import { parseCondaRecord } from './parse-record.ts';

/** Each file of a package is in it three times: headers of Boost, fifteen thousand of them, take 7 MiB. */
const RECORD_BYTES = 24 * 1024 * 1024;

const SUFFIX = '.json';
const FOLDER = 'conda-meta';

export const conda: Cataloger = {
  id: 'conda',
  version: 1,
  knownPaths: [],
  maxFileBytes: RECORD_BYTES,
  digests: true,
  capabilities: {
    title: 'Packages of conda environments',
    reads: ['**/conda-meta/*.json'],
    packageTypes: ['conda'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://docs.conda.io/projects/conda/en/stable/dev-guide/specs/',
      'https://github.com/package-url/purl-spec/blob/main/types-doc/conda-definition.md',
    ],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX) && endsInPath(path, FOLDER, path.lastIndexOf('/')),
  read: readRecord,
};

function readRecord(file: AnalysedFile): Found {
  const record = toPackageRecord(parseCondaRecord(file.bytes, file.path), file.path);
  return { packages: [record], ...(record.version === '' ? { unknowns: ['conda package without a version'] } : {}) };
}
