import type { Digest } from '#base/digest.ts';
import { algorithmOf, hexOf, isDigest } from '#base/digest.ts';
import { buildPurl, type PurlParts } from '#model/purl.ts';
import type { VexComponent } from '../document.ts';

/** The image of one platform, as statements about products may mean it. */
export interface NamedImage {
  /** `registry/path`; null for files of this machine. */
  readonly repository: string | null;
  /** Of its manifest, of the index that lists it, of its configuration. */
  readonly digests: readonly Digest[];
  /** `os/architecture[/variant]`. */
  readonly platform: string | null;
}

/**
 * An image is meant by a digest, or by a package URL of type `oci` with its repository; a name alone, or a tag, may be
 * anybody's.
 */
export function isImage(
  { ids, hashes, versions }: VexComponent,
  purls: readonly PurlParts[],
  image: NamedImage,
): boolean {
  const hashed =
    hashes.size > 0 ? image.digests.some((digest) => hashes.get(hashName(digest)) === hexOf(digest)) : null;
  // Images have digests where packages have versions.
  if (hashed === false || versions !== null) {
    return false;
  }
  const named =
    ids.some((id) => image.digests.some((digest) => id === digest || id.endsWith(`@${digest}`))) ||
    purls.some((purl) => isImagePurl(purl, image));
  // A hash without any other name that fits is enough: nothing else has it.
  return named || hashed === true;
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
    hubByOneName(qualifiers?.get('repository_url') ?? '') === repository &&
    name === repository.slice(repository.lastIndexOf('/') + 1) &&
    qualifiers?.has('tag') !== true
  );
}

/** Docker Hub answers to several. */
function hubByOneName(repository: string): string {
  return repository.replace(/^(?:index|registry-1)\.docker\.io\//, 'docker.io/');
}

/** As OpenVEX writes it. */
function hashName(digest: Digest): string {
  return algorithmOf(digest) === 'sha256' ? 'sha-256' : 'sha-512';
}
