import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderDeb } from './compare.ts';
import { parseDeb } from './parse.ts';

/** Debian and its derivatives: deb-version(7). */
export const deb: VersionScheme = defineScheme({ id: 'deb', parse: parseDeb, order: orderDeb });
