import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderMaven } from './compare.ts';
import { parseMaven } from './parse.ts';

/** Maven: the "Version Order Specification" of its POM reference. */
export const maven: VersionScheme = defineScheme({ id: 'maven', parse: parseMaven, order: orderMaven });
