import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { orderNuget } from './compare.ts';
import { parseNuget } from './parse.ts';

/** NuGet: semantic versions with up to four numbers, whatever the case. */
export const nuget: VersionScheme = defineScheme({ id: 'nuget', parse: parseNuget, order: orderNuget });
