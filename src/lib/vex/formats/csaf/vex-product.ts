import { parsePurlOrNull } from '#model/purl.ts';
import type { VexComponent, VexProduct, VexVersions } from '../../document.ts';
import type { CsafProduct } from './document.ts';
import { partsOf } from './products.ts';

/**
 * A product as statements name it. Of what is in something else, that is the product and this a part of it: a package in the
 * nearest image, or in what holds everything. An image is meant wherever it is shipped. A product whose names say less than
 * the document does, so that they would fit others too, is named by nothing.
 */
export function vexProductOf(products: ReadonlyMap<string, CsafProduct>, id: string, object: string): VexProduct {
  const whole = products.get(id);
  const parts = partsOf(products, id, object);
  const [inner, ...outer] = parts;
  if (whole === undefined || inner === undefined) {
    return { ...componentOf(undefined), subcomponents: [] };
  }
  const own = componentOf(whole);
  if (outer.length === 0 || isNamed(own) || isImage(inner)) {
    return { ...(isNamed(own) ? own : componentOf(inner)), subcomponents: [] };
  }
  const holder = outer.find(isImage) ?? outer.at(-1);
  const part = componentOf(inner);
  // What lies between, a module or a subsystem, would be left out: only an exact part needs no more.
  const complete = outer.length === 1 || isExact(inner);
  return complete && isNamed(part)
    ? { ...componentOf(holder), subcomponents: [part] }
    : { ...componentOf(undefined), ids: [whole.name], subcomponents: [] };
}

function isNamed({ ids, hashes }: VexComponent): boolean {
  return ids.length > 0 || hashes.size > 0;
}

function componentOf(product: CsafProduct | undefined): VexComponent {
  if (product === undefined) {
    return { ids: [], hashes: new Map(), versions: null };
  }
  const { purls, cpe, hashes } = product;
  return {
    ids: cpe === null ? purls : [...purls, cpe],
    hashes: new Map(hashes.map(({ algorithm, value }) => [hashName(algorithm), value.toLowerCase()])),
    versions: versionsOf(product),
  };
}

/** `sha256` of CSAF is `sha-256` of OpenVEX. */
function hashName(algorithm: string): string {
  const name = algorithm.toLowerCase();
  return /^sha\d{3}$/.test(name) ? `sha-${name.slice(3)}` : name;
}

/**
 * The version that the branches say, where the package URLs do not: without it a statement about one version would be about
 * all. Red Hat has the name of the package in such a branch.
 */
function versionsOf({ purls, name, branches }: CsafProduct): VexVersions | null {
  const branch = branches.findLast(
    ({ category }) => category === 'product_version' || category === 'product_version_range',
  );
  const parsed = purls.flatMap((purl) => parsePurlOrNull(purl) ?? []);
  if (branch === undefined || parsed.some(({ version = '' }) => version !== '')) {
    return null;
  }
  if (branch.category === 'product_version_range') {
    return { kind: 'range', range: branch.name };
  }
  const isName = branch.name === name && parsed.some((purl) => branch.name.endsWith(purl.name));
  return isName ? null : { kind: 'version', version: branch.name };
}

function isExact({ purls, hashes }: CsafProduct): boolean {
  return hashes.length > 0 || purls.some((purl) => (parsePurlOrNull(purl)?.version ?? '') !== '');
}

function isImage({ purls }: CsafProduct): boolean {
  return purls.some((purl) => purl.startsWith('pkg:oci/'));
}
