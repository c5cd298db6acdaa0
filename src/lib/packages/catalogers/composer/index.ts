import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecords } from './package.ts';
import { parseInstalled } from './parse-installed.ts';

/** In the vendor folder, which a project may call as it likes. */
const SUFFIX = '/composer/installed.json';

export const composer: Cataloger = {
  id: 'composer',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'PHP packages installed by Composer',
    reads: ['**/vendor/composer/installed.json'],
    packageTypes: ['composer'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://getcomposer.org/doc/04-schema.md'],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX),
  read: readInstalled,
};

function readInstalled({ path, bytes }: AnalysedFile): Found {
  return toPackageRecords(parseInstalled(bytes, path), path);
}
