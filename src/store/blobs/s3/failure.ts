import { quote } from '#base/error.ts';
import { BlobError } from '../error.ts';

/** What is said of a store in errors: where it is, and nothing secret. */
export interface S3Place {
  readonly endpoint: string;
  readonly bucket: string;
}

const NO_BUCKET: readonly string[] = ['NoSuchBucket', 'InvalidBucketName'];
const MISSING: readonly string[] = ['NoSuchKey', 'NoSuchUpload', 'NotFound'];
const REFUSED: readonly string[] = [
  'AccessDenied',
  'AuthorizationHeaderMalformed',
  'CredentialsProviderError',
  'ExpiredToken',
  'Forbidden',
  'InvalidAccessKeyId',
  'InvalidToken',
  'PermanentRedirect',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  // Of Versity's gateway, for keys that nobody has.
  'XAdminUserNotFound',
];
const FULL: readonly string[] = ['InsufficientStorage', 'QuotaExceeded', 'StorageFull', 'XMinioStorageFull'];

/** The code of an error as S3 or the system names it. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'unknown';
  }
  const code: unknown = 'code' in error ? error.code : undefined;
  return error.name === 'Error' && typeof code === 'string' ? code : error.name;
}

/** The HTTP status that the server answered with; null when it answered nothing. */
export function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$metadata' in error)) {
    return null;
  }
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: unknown };
  return typeof httpStatusCode === 'number' ? httpStatusCode : null;
}

/** True when there is no such object. By its name: some servers say 404 of keys that nobody has, and no blob is missing for that. */
export function isMissing(error: unknown): boolean {
  return MISSING.includes(nameOf(error));
}

/**
 * An error of ours for what the server or the network did. Only the code and the status are kept: what servers write into
 * their messages is not ours to show, and the SDK's errors hold requests with their signatures.
 */
export function s3Error({ endpoint, bucket }: S3Place, error: unknown): unknown {
  if (error instanceof BlobError || error instanceof TypeError || error instanceof RangeError) {
    return error;
  }
  const status = statusOf(error);
  const name = nameOf(error);
  const found = status === null ? quote(name, 80) : `${quote(name, 80)} with status ${status}`;
  const detail = { object: `bucket ${bucket} of ${endpoint}`, found };
  if (NO_BUCKET.includes(name)) {
    const hint = 'Make the bucket, or name another one in the configuration.';
    return new BlobError('BLOB_STORE_REFUSED', 'there is no such bucket', { ...detail, hint });
  }
  if (REFUSED.includes(name) || status === 401 || status === 403 || status === 301) {
    const hint =
      'Check keys, region and clock: these keys need to list, read, write and remove objects in this bucket.';
    return new BlobError('BLOB_STORE_REFUSED', 'access was refused', { ...detail, hint });
  }
  if (FULL.includes(name) || status === 507) {
    return new BlobError('BLOB_STORE_FULL', 'no room left', {
      ...detail,
      hint: 'Free space there, or collect garbage.',
    });
  }
  return new BlobError('BLOB_STORE_UNAVAILABLE', 'the store does not answer as it should', detail);
}
