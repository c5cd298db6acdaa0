import { LIMITS } from '#base/limits.ts';
import type { AnalysedFile, Found } from '#model/analyser.ts';
import type { Cataloger } from '../../cataloger.ts';
import { toPackageRecord } from './package.ts';
import { parseMetadata } from './parse-metadata.ts';

const SUFFIXES: readonly string[] = ['.dist-info/METADATA', '.egg-info/PKG-INFO', '.egg-info', '/EGG-INFO/PKG-INFO'];

export const python: Cataloger = {
  id: 'python',
  version: 2,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Installed Python distributions',
    reads: ['**/*.dist-info/METADATA', '**/*.egg-info', '**/*.egg-info/PKG-INFO', '**/EGG-INFO/PKG-INFO'],
    packageTypes: ['pypi'],
    database: false,
    licenses: true,
    files: false,
    dependencies: false,
    specifications: [
      'https://packaging.python.org/en/latest/specifications/core-metadata/',
      'https://packaging.python.org/en/latest/specifications/recording-installed-packages/',
      'https://peps.python.org/pep-0503/',
    ],
  },
  endings: SUFFIXES,
  wants: (file) => SUFFIXES.some((suffix) => file.path.endsWith(suffix)),
  read: (file: AnalysedFile): Found => ({ packages: [toPackageRecord(parseMetadata(file.bytes), file.path)] }),
};
