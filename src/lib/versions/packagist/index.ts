import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderPackagist } from './compare.ts';
import { parsePackagist } from './parse.ts';

/** Composer packages: version_compare of PHP. */
export const packagist: VersionScheme = defineScheme({ id: 'packagist', parse: parsePackagist, order: orderPackagist });
