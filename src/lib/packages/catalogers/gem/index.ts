import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseGemspec } from './parse-gemspec.ts';

const SUFFIX = '.gemspec';
/** Where Bundler has gems that it takes from repositories. */
const CHECKOUTS = 'bundler/gems/';
const FOLDER = '/specifications';
/** Gems that come with Ruby itself. */
const DEFAULT_FOLDER = '/specifications/default';

export const gem: Cataloger = {
  id: 'gem',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed Ruby gems',
    reads: [
      '**/specifications/*.gemspec',
      '**/specifications/default/*.gemspec',
      '**/bundler/gems/*/*.gemspec',
      '**/bundler/gems/*/*/*.gemspec',
    ],
    packageTypes: ['gem'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: ['https://guides.rubygems.org/specification-reference/'],
  },
  endings: [SUFFIX],
  wants: ({ path }) => path.endsWith(SUFFIX) && isInstalled(path),
  read: readGemspec,
};

/** A gem's own source has a gemspec too, in its root: that one is a program, and says nothing of what is installed. */
function isInstalled(path: string): boolean {
  const slash = path.lastIndexOf('/');
  return path.endsWith(FOLDER, slash) || path.endsWith(DEFAULT_FOLDER, slash) || isFromGit(path);
}

/** Bundler puts the literal form in place of that program, in the root of what it checked out and of gems that are folders there. */
function isFromGit(path: string): boolean {
  const checkouts = path.lastIndexOf(CHECKOUTS);
  const isFolder = checkouts > 0 ? path[checkouts - 1] === '/' : checkouts === 0;
  const [, folder = '', file, ...more] = isFolder ? path.slice(checkouts + CHECKOUTS.length).split('/') : [];
  return more.length === 0 && (file === undefined ? folder.endsWith(SUFFIX) : file === `${folder}${SUFFIX}`);
}

function readGemspec(file: AnalysedFile): Found {
  const gemspec = parseGemspec(file.bytes);
  const { unknowns } = gemspec;
  return { packages: [toPackageRecord(gemspec, file.path)], ...(unknowns.length === 0 ? {} : { unknowns }) };
}
