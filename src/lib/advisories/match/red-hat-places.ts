import type { Build } from '#model/build.ts';
import type { OsRelease } from '#model/package.ts';
import { isExtendedProduct, redHatProducts } from './red-hat.ts';
import { expected, type Places } from './release.ts';

/** The products that packages of Red Hat Enterprise Linux are of, as OSV names them. */
export function redHatPlaces(os: OsRelease, builds: readonly Build[]): Places {
  const products = redHatProducts(os, builds);
  if (products.length === 0) {
    return expected('9.4', os.versionId ?? '');
  }
  return products.map((product) => ({
    shard: 'Red Hat',
    ecosystem: `Red Hat:${product}`,
    names: 'either',
    namesModules: true,
    ...(isExtendedProduct(product) && { extended: true }),
  }));
}
