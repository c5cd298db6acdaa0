import { algorithmOf, type Digest, digestOf, isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded, readBounded } from '#base/limits.ts';
import { isIndexType, isManifestType, isSchema1Type, MANIFEST_TYPES } from '../documents/media-types.ts';
import { OciError } from '../error.ts';
import { RegistryError, statusError } from '../transport/error.ts';
import type { ExchangeAnswer } from '../transport/exchange.ts';
import type { Endpoint, EndpointRequest } from './endpoint.ts';
import { contentLength, mediaTypeOf } from './headers.ts';

/** A manifest or index as a registry sent it. */
export interface FetchedManifest {
  readonly bytes: Uint8Array;
  /** Computed from the bytes. */
  readonly digest: Digest;
  /** Of the answer, where it is one of a manifest; registries behind plain file servers say anything. */
  readonly mediaType: string | null;
}

export interface ManifestRequest {
  readonly repository: string;
  readonly reference: string | Digest;
  /** For messages. */
  readonly object: string;
  readonly signal: AbortSignal;
}

/** Request and body together, for a manifest of a few MiB at most. */
const DOCUMENT_MS = 300_000;

/** Connections that may break while a document comes. */
const ATTEMPTS = 3;
const ACCEPT = MANIFEST_TYPES.join(', ');

/**
 * GET of a manifest by tag or digest (distribution-spec, Pulling Manifests). The digest that the registry names is never
 * believed: it has to be that of the bytes, as has the one that was asked for. Throws `BLOB_DIGEST_MISMATCH`,
 * `LIMIT_EXCEEDED` and `RegistryError`, with status 404 for what is not there.
 */
export async function fetchManifest(endpoint: Endpoint, request: ManifestRequest): Promise<FetchedManifest> {
  const { repository, reference, object, signal } = request;
  const path = `manifests/${reference}`;
  const { answer, bytes } = await fetchDocument(endpoint, { repository, path, accept: ACCEPT, object, signal });
  const type = mediaTypeOf(answer);
  const mediaType = isIndexType(type) || isManifestType(type) || isSchema1Type(type) ? type : null;
  if (isDigest(reference)) {
    assertDigest(bytes, reference, object, 'asked for');
  } else if (!isSchema1Type(mediaType)) {
    // The digest of a signed schema 1 manifest is not that of its bytes; such a manifest is refused anyway.
    assertNamedDigest(answer, bytes, object);
  }
  return { bytes, digest: isDigest(reference) ? reference : digestOf(bytes), mediaType };
}

/** HEAD of a tag: the digest that the registry says it has. Not to be believed, only to be looked up by. Null where there is none. */
export async function headManifest(endpoint: Endpoint, request: ManifestRequest): Promise<Digest | null> {
  const { repository, reference, signal } = request;
  const path = `manifests/${reference}`;
  const headers = { accept: ACCEPT };
  const { url, answer } = await endpoint.send({
    method: 'HEAD',
    repository,
    path,
    headers,
    totalMs: DOCUMENT_MS,
    signal,
  });
  if (answer.status !== 200) {
    throw await statusError({ method: 'HEAD', url }, answer);
  }
  answer.discard();
  const named = answer.headers.get('docker-content-digest') ?? '';
  return isDigest(named) ? named : null;
}

/** A document of the registry's, of `LIMITS.manifestBytes` at most, and the answer that brought it. */
export interface FetchedDocument {
  readonly url: URL;
  readonly answer: ExchangeAnswer;
  readonly bytes: Uint8Array;
}

export interface DocumentRequest extends Pick<EndpointRequest, 'repository' | 'path' | 'reach' | 'signal'> {
  readonly accept: string;
  /** For messages. */
  readonly object: string;
}

/** A small document is fetched again from its start when the connection breaks in the middle. Throws for every status but 200. */
export async function fetchDocument(endpoint: Endpoint, request: DocumentRequest): Promise<FetchedDocument> {
  const { accept, object, ...rest } = request;
  for (let attempt = 1; ; attempt += 1) {
    const { url, answer } = await endpoint.send({ ...rest, method: 'GET', headers: { accept }, totalMs: DOCUMENT_MS });
    if (answer.status !== 200) {
      throw await statusError({ method: 'GET', url }, answer);
    }
    const length = contentLength(answer);
    if (length !== null && length > LIMITS.manifestBytes) {
      answer.discard();
      throw limitExceeded(object, LIMITS.manifestBytes, 'bytes', length);
    }
    try {
      return { url, answer, bytes: await readBounded(answer.body, LIMITS.manifestBytes, object) };
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_UNREACHABLE' || attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}

function assertNamedDigest(answer: ExchangeAnswer, bytes: Uint8Array, object: string): void {
  const named = answer.headers.get('docker-content-digest');
  if (named === undefined) {
    return;
  }
  if (!isDigest(named)) {
    throw new OciError('BLOB_DIGEST_MISMATCH', 'the registry names no digest', {
      object,
      expected: 'a digest as Docker-Content-Digest',
      found: quote(named),
    });
  }
  assertDigest(bytes, named, object, 'named by the registry');
}

function assertDigest(bytes: Uint8Array, expected: Digest, object: string, by: string): void {
  const found = digestOf(bytes, algorithmOf(expected));
  if (found !== expected) {
    throw new OciError('BLOB_DIGEST_MISMATCH', `content has not the digest that was ${by}`, {
      object,
      expected,
      found: `${found} of ${bytes.length} bytes`,
    });
  }
}
