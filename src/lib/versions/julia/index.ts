import { orderBuildVersion } from '../pub/compare.ts';
import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { parseJulia } from './parse.ts';

/** Julia packages: VersionNumber, where the build of a binary package counts. */
export const julia: VersionScheme = defineScheme({ id: 'julia', parse: parseJulia, order: orderBuildVersion });
