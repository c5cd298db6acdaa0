import { isAppError } from '#base/error.ts';
import { AccessError } from '#lib/access/index.ts';
import { RegistryError, type RegistryErrorCode } from '#stages/catalog/index.ts';
import { reportUrl } from '../api/links.ts';
import { RequestError, type WireCode } from './request-error.ts';

/** What of a use case's errors is told: status, code, and whether its own words are. */
const REGISTRY: Readonly<
  Record<Exclude<RegistryErrorCode, 'TOKEN_TOO_NARROW' | 'IMAGE_WITHHELD'>, readonly [status: number, code: WireCode]>
> = {
  REPOSITORY_HIDDEN: [404, 'NAME_UNKNOWN'],
  REPOSITORY_ABSENT: [404, 'NAME_UNKNOWN'],
  ACTION_DENIED: [403, 'DENIED'],
  MANIFEST_ABSENT: [404, 'MANIFEST_UNKNOWN'],
  BLOB_ABSENT: [404, 'BLOB_UNKNOWN'],
  UPLOAD_ABSENT: [404, 'BLOB_UPLOAD_UNKNOWN'],
  UPLOAD_OUT_OF_ORDER: [416, 'BLOB_UPLOAD_INVALID'],
  UPLOAD_LENGTH_DIFFERS: [400, 'SIZE_INVALID'],
  PUSH_DIGEST_DIFFERS: [400, 'DIGEST_INVALID'],
  PUSH_BLOBS_ABSENT: [400, 'MANIFEST_BLOB_UNKNOWN'],
  PUSH_SIZE_DIFFERS: [400, 'MANIFEST_INVALID'],
  BLOB_NEEDED: [405, 'UNSUPPORTED'],
  TAG_IMMUTABLE: [409, 'DENIED'],
};

/** Errors of other libraries that a client can cause or has to know of. Without words of ours, the error's own are told. */
const OTHERS: Readonly<Record<string, readonly [status: number, code: WireCode, message?: string]>> = {
  UPLOAD_DIGEST_MISMATCH: [400, 'DIGEST_INVALID'],
  BLOB_PART_MISSING: [404, 'BLOB_UPLOAD_UNKNOWN', 'a part of the upload is gone: start it again'],
  BLOB_NOT_IN_REPOSITORY: [400, 'MANIFEST_BLOB_UNKNOWN', 'a blob of the manifest is not in the repository'],
  DIGEST_INVALID: [400, 'DIGEST_INVALID'],
  JSON_DUPLICATE_KEY: [400, 'MANIFEST_INVALID'],
  JSON_INVALID: [400, 'MANIFEST_INVALID'],
  JSON_TOO_DEEP: [400, 'MANIFEST_INVALID'],
  LIMIT_EXCEEDED: [413, 'SIZE_INVALID'],
  MANIFEST_INVALID: [400, 'MANIFEST_INVALID'],
  MANIFEST_UNSUPPORTED: [400, 'MANIFEST_INVALID'],
  BLOB_STORE_FULL: [507, 'UNAVAILABLE', 'there is no room left for blobs'],
  METADATA_FULL: [507, 'UNAVAILABLE', 'there is no room left'],
  BLOB_STORE_UNAVAILABLE: [503, 'UNAVAILABLE', 'blobs cannot be reached right now'],
  METADATA_UNAVAILABLE: [503, 'UNAVAILABLE', 'the database cannot be reached right now'],
};

const RETRY_SECONDS = '5';

/** The answer that an error is; null for one that is none of the client's business. `publicUrl` is for where the report is. */
export function translate(error: unknown, publicUrl: string): RequestError | null {
  if (error instanceof RequestError) {
    return error;
  }
  if (error instanceof RegistryError) {
    return ofUseCase(error, publicUrl);
  }
  if (error instanceof AccessError && error.code === 'TOO_MANY_ATTEMPTS') {
    const headers = { 'retry-after': String(error.retryAfter ?? RETRY_SECONDS) };
    return new RequestError(429, 'TOOMANYREQUESTS', 'too many wrong credentials', { headers });
  }
  const [status, code, message] = (isAppError(error) && OTHERS[error.code]) || [];
  if (!isAppError(error) || status === undefined || code === undefined) {
    return null;
  }
  const headers: Record<string, string> = status === 503 ? { 'retry-after': RETRY_SECONDS } : {};
  return new RequestError(status, code, message ?? error.message, { headers });
}

function ofUseCase(error: RegistryError, publicUrl: string): RequestError {
  if (error.code === 'TOKEN_TOO_NARROW') {
    return new RequestError(401, 'UNAUTHORIZED', error.message);
  }
  if (error.code === 'IMAGE_WITHHELD') {
    const report = error.image === null ? publicUrl : reportUrl(publicUrl, error.image.repository, error.image.digest);
    const [status, code] = error.mayReplace ? ([404, 'MANIFEST_UNKNOWN'] as const) : ([403, 'DENIED'] as const);
    return new RequestError(status, code, `${error.problem}; report: ${report}`, {
      detail: { reason: error.problem, report },
    });
  }
  const [status, code] = REGISTRY[error.code];
  // One text for what is there and what is not.
  return new RequestError(status, code, status === 404 ? error.problem : error.message);
}
