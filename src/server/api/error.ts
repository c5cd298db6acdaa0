import { AppError } from '#base/error.ts';

export type ApiCode =
  /** A request without credentials, where nobody in particular may do nothing. */
  | 'API_UNAUTHENTICATED'
  /** The subject may not do this. */
  | 'API_DENIED'
  /** What is asked for is not there, or not for the subject to know of. */
  | 'API_NOT_FOUND'
  /** A part of the request is not what the API describes. */
  | 'API_REQUEST_INVALID'
  /** A page of another site sent the request. */
  | 'API_CROSS_SITE'
  /** More streams of events are open than one process has. */
  | 'API_TOO_MANY_STREAMS'
  /** A key for a request that is not one, or for a request that takes none. */
  | 'API_KEY_INVALID'
  /** Another request of the same account had this key. */
  | 'API_KEY_REUSED'
  /** The same request with this key is being done. */
  | 'API_KEY_UNDER_WAY';

/** Why a request to the API is refused. */
export class ApiError extends AppError<ApiCode> {}

/** As `ApiError`, where it helps to come again. */
export class BusyError extends ApiError {
  /** Seconds. */
  readonly retryAfter: number;

  constructor(code: ApiCode, problem: string, retryAfter: number) {
    super(code, problem);
    this.retryAfter = retryAfter;
  }
}

/** As if there were nothing. */
export function notFound(object: string): ApiError {
  return new ApiError('API_NOT_FOUND', 'there is nothing of this name', { object });
}
