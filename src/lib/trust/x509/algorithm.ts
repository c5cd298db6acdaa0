import type { Der } from '../encoding/der.ts';
import { oidOf } from '../encoding/der-values.ts';

/** An AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string;
  /** Null where they are absent; an explicit NULL is a value with tag 5. */
  readonly parameters: Der | null;
  readonly raw: Uint8Array;
}

/** Throws `DER_INVALID`. */
export function algorithmOf(value: Der): AlgorithmIdentifier {
  const { children } = value.expect(0x30, 'an algorithm');
  const [oid, parameters = null] = children;
  if (oid === undefined || children.length > 2) {
    value.child(0, 'the identifier of an algorithm');
    value.child(2, 'at most an identifier and parameters');
  }
  return { oid: oidOf(value.child(0, 'the identifier of an algorithm')), parameters, raw: value.raw };
}
