import { type Der, TAG } from '../../encoding/der.ts';
import { malformed } from './malformed.ts';

/** CRLReason (RFC 5280 section 5.3.1) by number; 7 is not used. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [0, 'unspecified'],
  [1, 'keyCompromise'],
  [2, 'cACompromise'],
  [3, 'affiliationChanged'],
  [4, 'superseded'],
  [5, 'cessationOfOperation'],
  [6, 'certificateHold'],
  [8, 'removeFromCRL'],
  [9, 'privilegeWithdrawn'],
  [10, 'aACompromise'],
]);

/** Throws `REVOCATION_INVALID`, `DER_INVALID`. */
export function reasonOf(value: Der): string {
  const { content } = value.expect(TAG.enumerated, 'a reason');
  const reason = content.length === 1 ? REASONS.get(content[0] ?? -1) : undefined;
  if (reason === undefined) {
    throw malformed(value.object, 'a reason of RFC 5280', `${content.length} octets`);
  }
  return reason;
}
