import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderSemver } from '../semver/compare.ts';
import { parseGithub } from './parse.ts';

/** GitHub Actions: tags that are semantic versions, some of them short. */
export const github: VersionScheme = defineScheme({ id: 'github', parse: parseGithub, order: orderSemver });
