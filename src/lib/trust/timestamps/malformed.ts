import { TrustError } from '../error.ts';

/** `TIMESTAMP_INVALID`, for the readers of this folder. */
export function malformed(object: string, expected: string, found: string): TrustError {
  return new TrustError('TIMESTAMP_INVALID', 'not a valid timestamp', { object, expected, found });
}
