import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderApk } from './compare.ts';
import { parseApk } from './parse.ts';

/** Alpine, Wolfi and other systems with apk-tools: apk-package(5). */
export const apk: VersionScheme = defineScheme({ id: 'apk', parse: parseApk, order: orderApk });
