import { TrustError } from '../error.ts';

/** `CERTIFICATE_INVALID`, for the readers of this folder. */
export function malformed(object: string, expected: string, found: string): TrustError {
  return new TrustError('CERTIFICATE_INVALID', 'not a valid certificate', { object, expected, found });
}
