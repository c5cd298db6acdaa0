import { TrustError } from '../../error.ts';

/** `REVOCATION_INVALID`, for the readers and checks of this folder. */
export function malformed(object: string, expected: string, found: string): TrustError {
  return new TrustError('REVOCATION_INVALID', 'revocation cannot be told from this', { object, expected, found });
}
