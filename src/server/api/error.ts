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
  | 'API_TOO_MANY_STREAMS';

/** Why a request to the API is refused. */
export class ApiError extends AppError<ApiCode> {}

/** As if there were nothing. */
export function notFound(object: string): ApiError {
  return new ApiError('API_NOT_FOUND', 'there is nothing of this name', { object });
}
