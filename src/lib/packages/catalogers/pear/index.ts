import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseSerialized } from './parse-serialized.ts';

const SUFFIX = '.reg';
const FOLDER = '/.registry';
const CHANNEL_PREFIX = '.channel.';

export const pear: Cataloger = {
  id: 'pear',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'PHP packages and extensions installed by PEAR and PECL',
    reads: ['**/.registry/*.reg', '**/.registry/.channel.*/*.reg'],
    packageTypes: ['pear'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://pear.php.net/manual/en/guide.developers.package2.php',
      'https://www.php.net/manual/en/function.serialize.php',
    ],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX) && isInRegistry(path),
  read: readRegistration,
};

/** Packages of pear.php.net are in the registry itself, and those of other channels in a folder per channel. */
function isInRegistry(path: string): boolean {
  const slash = path.lastIndexOf('/');
  if (path.endsWith(FOLDER, slash)) {
    return true;
  }
  const outer = path.lastIndexOf('/', slash - 1);
  return slash > 0 && path.startsWith(CHANNEL_PREFIX, outer + 1) && path.endsWith(FOLDER, outer);
}

function readRegistration({ path, bytes }: AnalysedFile): Found {
  return { packages: [toPackageRecord(parseSerialized(bytes, path), path)] };
}
