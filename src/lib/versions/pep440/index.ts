import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderPep440 } from './compare.ts';
import { parsePep440 } from './parse.ts';

/** Python packages: PEP 440. */
export const pep440: VersionScheme = defineScheme({ id: 'pep440', parse: parsePep440, order: orderPep440 });
