import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readDescription } from './parse-description.ts';

const SUFFIX = '/DESCRIPTION';

export const cran: Cataloger = {
  id: 'cran',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed R packages',
    reads: ['**/DESCRIPTION'],
    packageTypes: ['cran'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://cran.r-project.org/doc/manuals/r-release/R-exts.html'],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX),
  read: readFile,
};

function readFile({ path, bytes }: AnalysedFile): Found {
  const found = readDescription(bytes, path);
  return found === null ? {} : typeof found === 'string' ? { unknowns: [found] } : { packages: [found] };
}
