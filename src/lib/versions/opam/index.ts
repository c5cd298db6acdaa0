import { orderDeb } from '../deb/compare.ts';
import type { VersionScheme } from '../scheme.ts';
import { defineScheme } from '../scheme.ts';
import { parseOpam } from './parse.ts';

/** OCaml packages: opam's order, which is Debian's without epochs. */
export const opam: VersionScheme = defineScheme({ id: 'opam', parse: parseOpam, order: orderDeb });
