import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderRpm } from './compare.ts';
import { parseRpm } from './parse.ts';

/** Fedora, Red Hat, SUSE and other systems with rpm: `[epoch:]version[-release]`, rpm-version(7). */
export const rpm: VersionScheme = defineScheme({ id: 'rpm', parse: parseRpm, order: orderRpm });
