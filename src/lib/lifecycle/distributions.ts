import type { OsRelease } from '#model/package.ts';

/** A release of a product, as much of its version as is known. */
export interface ProductVersion {
  /** Names that sources give it; the first that one knows counts. */
  readonly products: readonly string[];
  readonly version: string;
}

/**
 * By `ID` of os-release, as endoflife.date names products. Those that are not here have no releases (Wolfi, Arch), or nobody says how long they are
 * supported. A derivative is not supported for as long as what it is like.
 */
const PRODUCTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['almalinux', ['almalinux']],
  ['alpine', ['alpine-linux', 'alpine']],
  ['amzn', ['amazon-linux']],
  ['azurelinux', ['azure-linux']],
  ['centos', ['centos']],
  ['debian', ['debian']],
  ['fedora', ['fedora']],
  ['mageia', ['mageia']],
  ['mariner', ['azure-linux', 'cbl-mariner']],
  ['ol', ['oracle-linux']],
  ['opensuse', ['opensuse']],
  ['opensuse-leap', ['opensuse']],
  ['photon', ['photon']],
  ['rhel', ['rhel']],
  ['rocky', ['rocky-linux']],
  ['sled', ['sles']],
  ['sles', ['sles']],
  ['ubuntu', ['ubuntu']],
]);

/** CentOS Stream has the ID and the numbers of what it came after. */
const STREAM = /^CentOS Stream\b/;

/** Null for a distribution without releases, and for what is not released yet. */
export function productOfDistribution(os: OsRelease): ProductVersion | null {
  const products = PRODUCTS.get(os.id);
  const version = os.versionId ?? '';
  if (products === undefined || version === '' || os.rolling !== undefined) {
    return null;
  }
  const isStream = os.id === 'centos' && STREAM.test(os.name ?? os.prettyName ?? '');
  return { products: isStream ? ['centos-stream'] : products, version };
}
