import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';

/**
 * Throws `ENVELOPE_UNSUPPORTED` unless the payload of an envelope is an in-toto statement (in-toto/attestation
 * spec/v1/envelope.md): `application/vnd.in-toto+json`, or with the name of a predicate, `application/vnd.in-toto.…+json`.
 */
export function assertStatementType(payloadType: string, object: string): void {
  if (!/^application\/vnd\.in-toto(\.[a-zA-Z0-9.-]{1,100})?\+json$/.test(payloadType)) {
    throw new TrustError('ENVELOPE_UNSUPPORTED', 'an envelope with something else than a statement', {
      object,
      expected: 'payloadType application/vnd.in-toto+json',
      found: quote(payloadType),
    });
  }
}
