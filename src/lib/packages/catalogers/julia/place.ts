import { endsInPath } from '../../paths.ts';

/** Where a package is: what Pkg put into a depot, or what comes with Julia. */
export type Place = 'depot' | 'standard library';

const PACKAGES = 'packages';
const LIBRARIES = 'share/julia/stdlib';

/** Pkg makes a folder's name of this many letters and digits out of what is in it; before Julia 1.4 of one less. */
const SLUG_LENGTHS: readonly number[] = [4, 5];

/** By the folders that the file lies in: `packages/NAME/SLUG`, or `share/julia/stdlib/vX.Y/NAME`; null for any other. */
export function placeOf(path: string): Place | null {
  const inner = path.lastIndexOf('/');
  const outer = path.lastIndexOf('/', inner - 1);
  const root = path.lastIndexOf('/', outer - 1);
  if (inner < 1 || outer < 1 || root < 1) {
    return null;
  }
  if (SLUG_LENGTHS.includes(inner - outer - 1) && root + 1 < outer && endsInPath(path, PACKAGES, root)) {
    return 'depot';
  }
  return path[root + 1] === 'v' && endsInPath(path, LIBRARIES, root) ? 'standard library' : null;
}
