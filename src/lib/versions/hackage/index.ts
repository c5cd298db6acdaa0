import { orderNumbers } from '../cran/compare.ts';
import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { parseHackage } from './parse.ts';

/** Haskell packages: the Package Versioning Policy, as Data.Version orders it. */
export const hackage: VersionScheme = defineScheme({ id: 'hackage', parse: parseHackage, order: orderNumbers });
