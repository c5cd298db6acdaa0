import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderSemver } from '../semver/compare.ts';
import { parseGolang } from './parse.ts';

/** Go modules, the standard library and toolchains. */
export const golang: VersionScheme = defineScheme({ id: 'golang', parse: parseGolang, order: orderSemver });
