import { z } from 'zod';
import { type AppError, isAppError } from '#base/error.ts';
import { AccessError } from '#lib/access/index.ts';
import { BusyError } from './error.ts';

/** What went wrong (RFC 9457). */
export const problem = z.strictObject({
  status: z.int(),
  title: z.string(),
  /** The object at hand, what was expected of it and what was found. */
  detail: z.string().optional(),
  /** What the user can do about it. */
  hint: z.string().optional(),
  /** For programs: `docs/reference/errors.md` lists them. */
  code: z.string(),
  /** Of the request, for whoever looks for it in the log. */
  requestId: z.string(),
});
export type Problem = z.infer<typeof problem>;

/** Codes whose status is not 400. */
const STATUS: Readonly<Record<string, number>> = {
  API_UNAUTHENTICATED: 401,
  CREDENTIALS_REFUSED: 401,
  API_DENIED: 403,
  API_CROSS_SITE: 403,
  ACCOUNT_DENIED: 403,
  STATE_CHANGE_DENIED: 403,
  STATE_OWN_WORK: 403,
  DETAILS_DENIED: 403,
  USES_DENIED: 403,
  RESTORE_DENIED: 403,
  ACQUIRE_DENIED: 403,
  DOCUMENTS_DENIED: 403,
  EXCEPTION_DENIED: 403,
  EXCEPTION_OWN: 403,
  ACQUIRE_OUTSIDE_SOURCES: 403,
  API_NOT_FOUND: 404,
  DETAILS_REPOSITORY_UNKNOWN: 404,
  ACCOUNT_UNKNOWN: 404,
  STATE_IMAGE_UNKNOWN: 404,
  RESTORE_NOT_DELETED: 404,
  DOCUMENT_ABSENT: 404,
  EXCEPTION_ABSENT: 404,
  ACCOUNT_NAME_TAKEN: 409,
  ACCOUNT_LAST_ADMINISTRATOR: 409,
  STATE_CHANGE_REFUSED: 409,
  STATE_CHANGED_MEANWHILE: 409,
  STATE_GOVERNED: 409,
  COLLECTION_REFUSED: 409,
  ACQUIRE_DECIDED_BEFORE: 409,
  DOCUMENT_NEEDED: 409,
  DOCUMENTS_BUSY: 409,
  DOCUMENTS_TOO_MANY: 409,
  DOCUMENTS_UNUSABLE: 409,
  EXCEPTION_NAME_TAKEN: 409,
  EXCEPTION_NOT_PENDING: 409,
  EXCEPTION_CHANGED_MEANWHILE: 409,
  API_KEY_UNDER_WAY: 409,
  LIMIT_EXCEEDED: 413,
  API_KEY_REUSED: 422,
  TOO_MANY_ATTEMPTS: 429,
  API_TOO_MANY_STREAMS: 503,
};

/** Codes that are the request's fault, besides those above. Everything else is an error of the server. */
const BAD_REQUEST: ReadonlySet<string> = new Set([
  'API_REQUEST_INVALID',
  'API_KEY_INVALID',
  'CATALOG_CURSOR_INVALID',
  'EVENT_CURSOR_INVALID',
  'ACQUIRE_REFERENCE_INVALID',
  'EXCEPTION_INVALID',
  'DETAILS_INVALID',
  'USES_INVALID',
  'ACCOUNT_INVALID',
  'ACCOUNT_NAME_INVALID',
  'GRANT_INVALID',
  'PASSWORD_REFUSED',
  'STATE_CHANGE_INVALID',
  'JSON_INVALID',
  'JSON_NOT_CANONICAL',
  'JSON_DUPLICATE_KEY',
  'JSON_TOO_DEEP',
]);

/** What the client may try again later, or has to know of. Where it is, and what it said, is in the log alone. */
const STORES: Readonly<Record<string, readonly [status: number, title: string]>> = {
  METADATA_UNAVAILABLE: [503, 'the database cannot be reached right now'],
  METADATA_FULL: [507, 'there is no room left'],
  BLOB_STORE_UNAVAILABLE: [503, 'blobs cannot be reached right now'],
  BLOB_STORE_FULL: [507, 'there is no room left for blobs'],
};
const RETRY_SECONDS = 5;

/** Whether what the server stands on failed: that belongs into the log. */
export function isOfStores(error: unknown): error is AppError {
  return isAppError(error) && STORES[error.code] !== undefined;
}

/** The problem of an error that is the client's to know about; null for one of the server. */
export function problemOf(error: unknown, requestId: string): Problem | null {
  if (!isAppError(error)) {
    return frameworkProblem(error, requestId);
  }
  const ofStores = STORES[error.code];
  if (ofStores !== undefined) {
    const [status, title] = ofStores;
    return { status, title, code: error.code, requestId };
  }
  const status = STATUS[error.code] ?? (BAD_REQUEST.has(error.code) ? 400 : null);
  return status === null ? null : described(error, status, requestId);
}

/** Seconds for `Retry-After`; null when waiting changes nothing. */
export function retryAfterOf(error: unknown): number | null {
  if (error instanceof AccessError || error instanceof BusyError) {
    return error.retryAfter;
  }
  return isOfStores(error) && STORES[error.code]?.[0] === 503 ? RETRY_SECONDS : null;
}

/** Whether somebody was refused who is known: that is written down. */
export function isDenial(error: unknown): error is AppError {
  return isAppError(error) && STATUS[error.code] === 403;
}

function described(error: AppError, status: number, requestId: string): Problem {
  return {
    status,
    title: error.problem,
    ...(error.message !== error.problem && { detail: error.message }),
    ...(error.hint !== undefined && { hint: error.hint }),
    code: error.code,
    requestId,
  };
}

const FRAMEWORK_TITLES: Readonly<Record<number, string>> = {
  413: 'the body is too large',
  414: 'the path is too long',
  415: 'expected a body of the type application/json',
};

/** What Fastify refuses by itself: nothing of its text, which may hold what the client sent. */
function frameworkProblem(error: unknown, requestId: string): Problem | null {
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  return status >= 400 && status < 500
    ? { status, title: FRAMEWORK_TITLES[status] ?? 'not a request to this API', code: 'API_REQUEST_INVALID', requestId }
    : null;
}
