import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderBuildVersion } from './compare.ts';
import { parsePub } from './parse.ts';

/** Dart packages: semantic versions whose build counts (pub_semver). */
export const pub: VersionScheme = defineScheme({ id: 'pub', parse: parsePub, order: orderBuildVersion });
