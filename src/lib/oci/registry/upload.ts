import type { Digest } from '#base/digest.ts';
import { isAppError, quote } from '#base/error.ts';
import { describeRequest, RegistryError, statusError } from '../transport/error.ts';
import type { Endpoint } from './endpoint.ts';

export interface Upload {
  readonly repository: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal;
}

/** Uploads that are begun. */
const ATTEMPTS = 3;
/** Request and answer together, for at most `LIMITS.attachmentBlobBytes`. */
const UPLOAD_MS = 900_000;

/**
 * Puts a small blob into a repository as a whole (distribution-spec, POST then PUT), unless it is there. What breaks on
 * the way is begun anew, since nobody can say how far an upload has come whose answer is missing.
 */
export async function uploadBlob(endpoint: Endpoint, upload: Upload): Promise<void> {
  for (let attempt = 1; !(await hasBlob(endpoint, upload)); attempt += 1) {
    try {
      await put(endpoint, upload, await begin(endpoint, upload));
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isWorthAnother(error)) {
        throw error;
      }
    }
  }
}

/** Whether the registry has a blob, as far as it says. A redirect to where the blob lies says as well that it is there; it is not followed. */
export async function hasBlob(
  endpoint: Endpoint,
  { repository, digest, signal }: Pick<Upload, 'repository' | 'digest' | 'signal'>,
): Promise<boolean> {
  const path = `blobs/${digest}`;
  const { answer } = await endpoint.send({ method: 'HEAD', repository, path, headers: {}, reach: 'origin', signal });
  answer.discard();
  return answer.status >= 200 && answer.status < 400;
}

/** Where the registry wants the bytes. */
async function begin(endpoint: Endpoint, { repository, signal }: Upload): Promise<URL> {
  const path = 'blobs/uploads/';
  const { url, answer } = await endpoint.send({ method: 'POST', repository, path, headers: {}, signal });
  if (answer.status !== 202) {
    throw await statusError({ method: 'POST', url }, answer, { expected: '202' });
  }
  answer.discard();
  const location = answer.headers.get('location') ?? '';
  const target = location === '' ? null : URL.parse(location, url);
  if (target === null) {
    throw new RegistryError('REGISTRY_ANSWER_INVALID', 'no place for the upload', {
      object: describeRequest({ method: 'POST', url }),
      expected: 'a Location',
      found: location === '' ? 'none' : quote(location),
      status: answer.status,
    });
  }
  target.hash = '';
  return target;
}

async function put(endpoint: Endpoint, { repository, digest, bytes, signal }: Upload, target: URL): Promise<void> {
  // The query that the registry chose is not written anew: it may be signed as it stands.
  target.search = `${target.search === '' ? '?' : `${target.search}&`}digest=${digest}`;
  const headers = { 'content-type': 'application/octet-stream' };
  const totalMs = UPLOAD_MS;
  const { url, answer } = await endpoint.send({
    method: 'PUT',
    repository,
    path: target,
    headers,
    body: bytes,
    totalMs,
    signal,
  });
  if (answer.status !== 201) {
    throw await statusError({ method: 'PUT', url }, answer, { expected: '201' });
  }
  answer.discard();
}

/** 404: an upload that was begun is not known any more, perhaps because it was answered to nobody. */
function isWorthAnother(error: unknown): boolean {
  return (
    isAppError(error) &&
    error instanceof RegistryError &&
    (error.status === 404 || (error.temporary && error.code !== 'REGISTRY_TIMEOUT' && error.status !== 429))
  );
}
