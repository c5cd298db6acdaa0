import { compareText } from '#base/compare.ts';
import type { Cataloger } from '../cataloger.ts';
import { declared } from './declared.ts';
import { installed } from './installed.ts';

/** Every cataloger, sorted by id. */
export const catalogers: readonly Cataloger[] = [...installed, ...declared].toSorted((a, b) => compareText(a.id, b.id));
