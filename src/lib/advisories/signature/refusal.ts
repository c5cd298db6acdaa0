import { AdvisoryError } from '../error.ts';

/** `object` is the file of the key or of the signature. */
export function refusal(object: string, expected: string, found: string): AdvisoryError {
  return new AdvisoryError('ADVISORY_SIGNATURE_INVALID', 'not a signature that counts', { object, expected, found });
}
