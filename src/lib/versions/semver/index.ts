import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderSemver } from './compare.ts';
import { parseSemver } from './parse.ts';

/** npm, crates.io and every feed with SEMVER ranges: Semantic Versioning 2.0.0. */
export const semver: VersionScheme = defineScheme({ id: 'semver', parse: parseSemver, order: orderSemver });
