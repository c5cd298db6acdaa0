import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderGeneric } from './compare.ts';
import { parseGeneric } from './parse.ts';

/** Programs that are in no package, and the products of NVD: the shapes that most of them share. */
export const generic: VersionScheme = defineScheme({ id: 'generic', parse: parseGeneric, order: orderGeneric });
