import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderGem } from './compare.ts';
import { parseGem } from './parse.ts';

/** RubyGems: Gem::Version. */
export const gem: VersionScheme = defineScheme({ id: 'gem', parse: parseGem, order: orderGem });
