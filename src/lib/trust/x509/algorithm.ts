import { type Der, invalid, TAG } from '../encoding/der.ts';
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
  const { children } = value.expect(TAG.sequence, 'an algorithm');
  const [oid, parameters = null] = children;
  if (oid === undefined || children.length > 2) {
    throw invalid(value.object, 'an algorithm with at most one value of parameters', `${children.length} values`);
  }
  return { oid: oidOf(oid), parameters, raw: value.raw };
}

/** True where parameters are absent or NULL, as RSA signatures and digests may have them (RFC 4055, RFC 5754). */
export function hasNoParameters({ parameters }: AlgorithmIdentifier): boolean {
  return parameters === null || (parameters.tag === TAG.null && parameters.content.length === 0);
}
