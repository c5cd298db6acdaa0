import { type AppError, isAppError } from '#base/error.ts';

/** What becomes of an attempt that failed. */
export interface Failure {
  /** Another attempt would come to the same: what is upstream is wrong, or may not be asked for. */
  readonly isPermanent: boolean;
  /** A sentence part for people, without anything of this machine. */
  readonly reason: string;
}

/** What upstream sends is wrong however often it is sent, or may not be stored here. */
const WRONG_FOR_GOOD: readonly string[] = [
  'ACQUIRE_NOT_WHOLE',
  'BLOB_DIGEST_MISMATCH',
  'BLOB_MISSING',
  'BLOB_SIZE_MISMATCH',
  'CLOSURE_INCOMPLETE',
  'INDEX_CYCLE',
  'LAYER_UNSUPPORTED',
  'LIMIT_EXCEEDED',
  'MANIFEST_INVALID',
  'MANIFEST_UNSUPPORTED',
  'NOT_AN_IMAGE',
  'PUSH_DIGEST_DIFFERS',
  'PUSH_SIZE_DIFFERS',
  'REFERRERS_TOO_MANY',
  'TAG_IMMUTABLE',
  'UPLOAD_DIGEST_MISMATCH',
];
const MAX_REASON = 1000;
/** How the reason begins for what is not there upstream. */
const NOT_THERE = 'there is no such image upstream: ';

/** Where secrets are, and what addresses names have here, is for those who run the server: the log has it. */
const TOLD: Readonly<Record<string, string>> = {
  ACQUIRE_SECRET_MISSING: 'a secret that the source names is not there',
  REGISTRY_UNREACHABLE: 'the registry cannot be reached',
  REGISTRY_ADDRESS_REFUSED: 'an address that the registry leads to may not be asked by this source',
};

/** What people are told in the place of an error's own words; null where these may be told. */
export function told(code: string): string | null {
  return Object.hasOwn(TOLD, code) ? (TOLD[code] ?? null) : null;
}

/** Errors of upstream are told; what goes wrong on this machine is nobody's business but its own, and may be better at the next attempt. */
export function failureOf(error: unknown): Failure {
  if (!isAppError(error)) {
    return { isPermanent: false, reason: 'something went wrong on this server' };
  }
  // A token service that is not where it should be says nothing of images.
  if (
    error.code === 'IMAGE_NOT_FOUND' ||
    (error.code === 'REGISTRY_STATUS' && 'status' in error && error.status === 404)
  ) {
    return { isPermanent: true, reason: `${NOT_THERE}${error.message}`.slice(0, MAX_REASON) };
  }
  const temporary = temporaryOf(error);
  if (temporary !== null || WRONG_FOR_GOOD.includes(error.code)) {
    return { isPermanent: temporary !== true, reason: told(error.code) ?? error.message.slice(0, MAX_REASON) };
  }
  return { isPermanent: false, reason: `something went wrong on this server (${error.code})` };
}

/** Whether an acquisition failed since there is nothing upstream. */
export function isNotThere(reason: string): boolean {
  return reason.startsWith(NOT_THERE);
}

/** What errors of registries and of their token services say of themselves; null for others. */
function temporaryOf(error: AppError): boolean | null {
  return 'temporary' in error && typeof error.temporary === 'boolean' ? error.temporary : null;
}
