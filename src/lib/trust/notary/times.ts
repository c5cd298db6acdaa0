import { TrustError } from '../error.ts';
import type { NotarySignature, VerifiedTime } from '../signed.ts';
import { verifyTimestamp } from '../timestamps/verify.ts';
import type { Certificate } from '../x509/certificate.ts';
import { assertValidAt } from '../x509/path.ts';
import type { NotaryStores } from './stores.ts';

/** When a signature was made, as far as somebody who is trusted vouches for it. */
export interface AuthenticTime {
  readonly times: readonly VerifiedTime[];
  /** The certificates of the timestamp authority, leaf first; empty where no timestamp was needed. */
  readonly timestampPath: readonly Certificate[];
  /** The first instant at which the certificates no longer are valid by themselves; null where now does not matter. */
  readonly validUntil: number | null;
}

/**
 * Shows that every certificate of the chain was valid when the signature was made: by the time that a signing authority
 * put into it, by a timestamp, or because all of them are valid now (trust-store-trust-policy.md, authentic timestamp).
 * Throws `CERTIFICATE_OUTSIDE_VALIDITY`, `TIME_UNVERIFIED` and what `verifyTimestamp` throws.
 */
export function authenticTime(
  signature: NotarySignature,
  chain: readonly Certificate[],
  stores: NotaryStores,
  options: { readonly now: number; readonly verifyTimestamp: 'always' | 'afterCertExpiry' },
): AuthenticTime {
  if (signature.signingScheme === 'notary.x509.signingAuthority') {
    assertValidAt(chain, signature.signingTime);
    const authority = chain[0]?.subject.text ?? '';
    const time = { source: 'signing-authority', time: signature.signingTime, authority } as const;
    return { times: [time], timestampPath: [], validUntil: null };
  }
  const expired = chain.some((certificate) => options.now > certificate.notAfter);
  if (stores.tsa.length === 0 || (options.verifyTimestamp === 'afterCertExpiry' && !expired)) {
    assertValidAt(chain, options.now);
    const validUntil = Math.min(...chain.map((certificate) => certificate.notAfter)) + 1;
    return { times: [], timestampPath: [], validUntil };
  }
  if (signature.timestamp === null) {
    throw new TrustError('TIME_UNVERIFIED', 'a signature without a timestamp', {
      object: signature.object,
      expected: expired
        ? 'a timestamp from before its certificates expired'
        : 'a timestamp, since the configuration asks for one always',
      found: 'none',
    });
  }
  const { time, accuracy, authority, path } = verifyTimestamp(
    signature.timestamp,
    signature.signature,
    stores.tsa,
    `timestamp of ${signature.object}`,
  );
  // The authority may be off either way: the certificates have to be valid all the while.
  assertValidAt(chain, time - accuracy);
  assertValidAt(chain, time + accuracy);
  return { times: [{ source: 'timestamp-authority', time, authority }], timestampPath: path, validUntil: null };
}
