import type { Digest } from '#base/digest.ts';
import { algorithmOf, hexOf, isDigest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { VexProduct } from '#lib/trust/index.ts';
import { buildPurl, type PurlParts, parsePurl } from '#model/purl.ts';

/** The image of one platform, as statements about products may mean it. */
export interface NamedImage {
  /** `registry/path`; null for files of this machine. */
  readonly repository: string | null;
  /** Of its manifest, and of the index that lists it. */
  readonly digests: readonly Digest[];
  /** `os/architecture[/variant]`. */
  readonly platform: string | null;
}

/**
 * What a statement about a product of an OpenVEX document covers here: packages whose purl one of `covered` covers, or with
 * `every` all packages of the image. Null when it is about something else.
 */
export interface CoveredPackages {
  readonly every: boolean;
  readonly covered: readonly PurlParts[];
}

/**
 * An image is meant by a digest, or by a package URL of type `oci` with its repository; a name alone, or a tag, may be
 * anybody's. Any other package URL means the packages in the image that it covers.
 */
export function coverOf(product: VexProduct, image: NamedImage): CoveredPackages | null {
  const purls = product.ids.flatMap((id) => purlOf(id) ?? []);
  if (isImage(product, purls, image)) {
    const parts = product.subcomponents.flatMap((id) => purlOf(id) ?? []);
    return { every: product.subcomponents.length === 0, covered: parts };
  }
  const packages = purls.filter(({ type }) => type !== 'oci');
  // Which part of a package has what was found in it is not known here; hashes of packages are not either.
  return packages.length === 0 || product.subcomponents.length > 0 || product.hashes.size > 0
    ? null
    : { every: false, covered: packages };
}

/** The same package, of any version and with any qualifiers that are not named (OpenVEX, "Software Identifiers"). */
export function covers(pattern: PurlParts, found: PurlParts): boolean {
  return (
    pattern.type === found.type &&
    (pattern.namespace ?? '') === (found.namespace ?? '') &&
    pattern.name === found.name &&
    ((pattern.version ?? '') === '' || pattern.version === found.version) &&
    (pattern.subpath ?? '') === (found.subpath ?? '') &&
    [...(pattern.qualifiers ?? [])].every(([key, value]) => found.qualifiers?.get(key) === value)
  );
}

/** The parts of a package URL; null for any other text. */
export function purlOf(text: string): PurlParts | null {
  if (!text.startsWith('pkg:')) {
    return null;
  }
  try {
    return parsePurl(text);
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return null;
  }
}

/** The package URL of what is in a repository (purl type `oci`), of a manifest or index there when a digest is given. */
export function repositoryPurl(repository: string, digest: Digest | null): string {
  return buildPurl({
    type: 'oci',
    name: repository.slice(repository.lastIndexOf('/') + 1),
    version: digest ?? '',
    qualifiers: new Map([['repository_url', repository]]),
  });
}

function isImage({ ids, hashes }: VexProduct, purls: readonly PurlParts[], image: NamedImage): boolean {
  const hashed =
    hashes.size > 0 ? image.digests.some((digest) => hashes.get(hashName(digest)) === hexOf(digest)) : null;
  if (hashed === false) {
    return false;
  }
  const named =
    ids.some((id) => image.digests.some((digest) => id === digest || id.endsWith(`@${digest}`))) ||
    purls.some((purl) => isImagePurl(purl, image));
  // A hash without any other name that fits is enough: nothing else has it.
  return named || hashed === true;
}

function isImagePurl({ type, name, version = '', qualifiers }: PurlParts, image: NamedImage): boolean {
  const architecture = qualifiers?.get('arch');
  if (type !== 'oci' || (architecture !== undefined && architecture !== image.platform?.split('/')[1])) {
    return false;
  }
  if (version !== '') {
    return isDigest(version) && image.digests.includes(version);
  }
  const { repository } = image;
  return (
    repository !== null &&
    qualifiers?.get('repository_url') === repository &&
    name === repository.slice(repository.lastIndexOf('/') + 1) &&
    !qualifiers.has('tag')
  );
}

/** As OpenVEX writes it. */
function hashName(digest: Digest): string {
  return algorithmOf(digest) === 'sha256' ? 'sha-256' : 'sha-512';
}
