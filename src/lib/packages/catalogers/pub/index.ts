import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { readPackage } from './package.ts';
import { parsePubspec } from './parse-pubspec.ts';
import { isPlace, placeOf } from './place.ts';

export const pub: Cataloger = {
  id: 'pub',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.packageMetadataBytes,
  digests: true,
  capabilities: {
    title: 'Dart and Flutter packages in the cache of pub',
    reads: ['**/hosted/*/*/pubspec.yaml', '**/git/*/pubspec.yaml'],
    packageTypes: ['pub'],
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://dart.dev/tools/pub/pubspec', 'https://dart.dev/tools/pub/environment-variables'],
  },
  endings: ['/pubspec.yaml'],
  wants: ({ path }) => isPlace(path),
  read: ({ path, bytes }) => readPackage(parsePubspec(bytes), placeOf(path), path),
};
