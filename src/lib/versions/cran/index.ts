import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderNumbers } from './compare.ts';
import { parseCran } from './parse.ts';

/** R packages: numeric_version. */
export const cran: VersionScheme = defineScheme({ id: 'cran', parse: parseCran, order: orderNumbers });
