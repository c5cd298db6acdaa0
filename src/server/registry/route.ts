import { type Digest, isDigest } from '#base/digest.ts';
import type { ManifestPointer } from '#model/platform/records.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import { RequestError } from './request-error.ts';

/** What a path of the distribution API is about (OCI distribution-spec, "Endpoints"). */
export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly pointer: ManifestPointer }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string };

/** A repository of 255 characters, a digest of SHA-512, and what is between. */
const MAX_PATH = 512;

/**
 * The route of a path as it came, without its query. Nothing in it is decoded or resolved: `%2f`, dot segments, doubled slashes and backslashes are in no
 * name, so that what a proxy before us checked is what we do. Throws `RequestError`.
 */
export function parseRoute(path: string): Route {
  if (path === '/v2/' || path === '/v2') {
    return { kind: 'ping' };
  }
  if (!path.startsWith('/v2/') || path.length > MAX_PATH) {
    throw new RequestError(404, 'NAME_UNKNOWN', 'there is no such path');
  }
  if (!/^[A-Za-z0-9._:/-]+$/.test(path)) {
    throw new RequestError(
      400,
      'NAME_INVALID',
      'characters in the path that no name has; nothing in it may be encoded',
    );
  }
  const segments = path.slice('/v2/'.length).split('/');
  const [third = '', second = '', last = ''] = [segments.at(-3), segments.at(-2), segments.at(-1)];
  if (segments.length === 1 && last === '_catalog') {
    return { kind: 'catalog' };
  }
  if (third === 'blobs' && second === 'uploads') {
    const repository = nameOf(segments.slice(0, -3));
    return last === '' ? { kind: 'uploads', repository } : { kind: 'upload', repository, id: uploadId(last) };
  }
  const name = segments.slice(0, -2);
  if (second === 'tags' && last === 'list') {
    return { kind: 'tags', repository: nameOf(name) };
  }
  if (second === 'manifests') {
    return { kind: 'manifest', repository: nameOf(name), pointer: pointerOf(last) };
  }
  if (second === 'blobs' || second === 'referrers') {
    return { kind: second === 'blobs' ? 'blob' : 'referrers', repository: nameOf(name), digest: digestOf(last) };
  }
  throw new RequestError(404, 'NAME_UNKNOWN', 'there is no such path');
}

/** True for a tag (distribution-spec, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return text.length <= 128 && /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(text);
}

function nameOf(segments: readonly string[]): string {
  const name = segments.join('/');
  if (!isRepositoryName(name)) {
    throw new RequestError(400, 'NAME_INVALID', 'not the name of a repository');
  }
  return name;
}

function pointerOf(reference: string): ManifestPointer {
  if (reference.includes(':')) {
    return { digest: digestOf(reference) };
  }
  if (!isTag(reference)) {
    throw new RequestError(400, 'MANIFEST_INVALID', 'neither a tag nor a digest');
  }
  return { tag: reference };
}

function digestOf(text: string): Digest {
  if (!isDigest(text)) {
    throw new RequestError(400, 'DIGEST_INVALID', 'not a digest sha256:<64 hex digits> or sha512:<128 hex digits>');
  }
  return text;
}

/** As `newId` makes them; others were never given out. */
function uploadId(text: string): string {
  if (!/^[0-9a-f-]{36}$/.test(text)) {
    throw new RequestError(404, 'BLOB_UPLOAD_UNKNOWN', 'there is no such upload');
  }
  return text;
}
