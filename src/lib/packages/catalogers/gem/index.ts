import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseGemspec } from './parse-gemspec.ts';

const SUFFIX = '.gemspec';
const FOLDER = '/specifications';
/** Gems that come with Ruby itself. */
const DEFAULT_FOLDER = '/specifications/default';

export const gem: Cataloger = {
  id: 'gem',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed Ruby gems',
    reads: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec'],
    packageTypes: ['gem'],
    database: false,
    licenses: true,
    files: false,
    dependencies: false,
    specifications: ['https://guides.rubygems.org/specification-reference/'],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX) && isInstalled(path),
  read: readGemspec,
};

/** A gem's own source has a gemspec too, in its root: that one is a program, and says nothing of what is installed. */
function isInstalled(path: string): boolean {
  const slash = path.lastIndexOf('/');
  return path.endsWith(FOLDER, slash) || path.endsWith(DEFAULT_FOLDER, slash);
}

function readGemspec(file: AnalysedFile): Found {
  const gemspec = parseGemspec(file.bytes);
  const { unknowns } = gemspec;
  return { packages: [toPackageRecord(gemspec, file.path)], ...(unknowns.length === 0 ? {} : { unknowns }) };
}
