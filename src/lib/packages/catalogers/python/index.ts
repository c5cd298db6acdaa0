import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { DIRECT_URL, readDirectUrl } from './direct-url.ts';
import { environmentOf } from './environment.ts';
import { toPackageRecord } from './package.ts';
import { parseMetadata } from './parse-metadata.ts';
import { readEgg } from './read-egg.ts';

/** An egg: a folder, or an archive. */
const ARCHIVE = '.egg';
const SUFFIXES: readonly string[] = [
  '.dist-info/METADATA',
  '.egg-info/PKG-INFO',
  '.egg-info',
  '/EGG-INFO/PKG-INFO',
  ARCHIVE,
  DIRECT_URL,
];

export const python: Cataloger = {
  id: 'python',
  version: 5,
  knownPaths: [],
  maxFileBytes: LIMITS.packageDatabaseBytes,
  digests: true,
  capabilities: {
    title: 'Installed Python distributions',
    reads: [
      '**/*.dist-info/METADATA',
      '**/*.dist-info/direct_url.json',
      '**/*.egg-info',
      '**/*.egg-info/PKG-INFO',
      '**/EGG-INFO/PKG-INFO',
      '**/*.egg',
    ],
    packageTypes: ['pypi'],
    database: false,
    licenses: true,
    files: false,
    dependencies: true,
    specifications: [
      'https://packaging.python.org/en/latest/specifications/core-metadata/',
      'https://packaging.python.org/en/latest/specifications/recording-installed-packages/',
      'https://packaging.python.org/en/latest/specifications/direct-url/',
      'https://packaging.python.org/en/latest/specifications/dependency-specifiers/',
      'https://packaging.python.org/en/latest/specifications/version-specifiers/',
      'https://peps.python.org/pep-0503/',
      'https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html',
    ],
  },
  endings: SUFFIXES,
  wants: (file) => SUFFIXES.some((suffix) => file.path.endsWith(suffix)),
  environment: environmentOf,
  read: (file) => {
    if (file.path.endsWith(DIRECT_URL)) {
      const origin = readDirectUrl(file);
      return origin === null ? {} : { origins: [origin] };
    }
    return file.path.endsWith(ARCHIVE) ? readEgg(file) : readMetadata(file);
  },
};

function readMetadata({ bytes, path }: AnalysedFile): Found {
  return { packages: [toPackageRecord(parseMetadata(bytes), path)] };
}
