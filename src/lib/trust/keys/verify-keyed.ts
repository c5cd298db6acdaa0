import { TrustError } from '../error.ts';
import { verifyWitnesses } from '../keyless/witnesses.ts';
import type { SigstoreSignature, TrustedKey, VerifiedSignature, VerifiedTime } from '../signed.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import { verifyBytes } from './verify-bytes.ts';

export interface KeyedOptions {
  /** Verifies log entries and timestamps; without it none of them says anything. */
  readonly root: TrustRoot | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the signature has to be in a log of the root. Otherwise an entry of another log is not looked at. */
  readonly requireLog: boolean;
  /** When the key counted, in milliseconds since 1970, the end exclusive; null for no bound. With one a verified time is needed. */
  readonly validFrom: number | null;
  readonly validUntil: number | null;
}

/**
 * Verifies a signature by a key that the user trusts; hints as to which key are not looked at. Throws `SIGNATURE_INVALID`,
 * `LOG_ENTRY_MISSING`, `TIME_UNVERIFIED`, `KEY_OUTSIDE_VALIDITY`, and with a root what `verifyWitnesses` throws.
 */
export function verifyKeyed(signature: SigstoreSignature, key: TrustedKey, options: KeyedOptions): VerifiedSignature {
  const { object } = signature;
  verifyBytes({ key: key.key, bytes: signature.signedBytes, signature: signature.signature, object });
  const { times, logs } =
    options.root === null
      ? { times: [], logs: [] }
      : verifyWitnesses(signature, { kind: 'key', spki: key.spki }, options.root, {
          now: options.now,
          unknownLogs: options.requireLog ? 'refuse' : 'ignore',
        });
  if (options.requireLog && logs.length === 0) {
    throw new TrustError('LOG_ENTRY_MISSING', 'a signature that no transparency log lists', {
      object,
      expected: 'an entry in a log of the trust root',
      found: options.root === null ? 'no trust root' : 'none',
    });
  }
  assertKeyCounted(times, options, object);
  return { signer: { kind: 'key', fingerprint: key.fingerprint }, times, logs };
}

/** Every verified time has to be inside, as with the validity of a certificate. */
function assertKeyCounted(times: readonly VerifiedTime[], options: KeyedOptions, object: string): void {
  const { validFrom, validUntil } = options;
  if (validFrom === null && validUntil === null) {
    return;
  }
  if (times.length === 0) {
    throw new TrustError('TIME_UNVERIFIED', 'a key that counts for a while, and nobody to say when it signed', {
      object,
      expected: 'a timestamp, or a log entry whose time the log signed, by an authority of the trust root',
      found: 'none',
    });
  }
  for (const { time, authority } of times) {
    if ((validFrom !== null && time < validFrom) || (validUntil !== null && time >= validUntil)) {
      throw new TrustError('KEY_OUTSIDE_VALIDITY', 'signed when the key did not count', {
        object,
        expected: [
          ...(validFrom === null ? [] : [`${iso(validFrom)} or later`]),
          ...(validUntil === null ? [] : [`a time before ${iso(validUntil)}`]),
        ].join(', '),
        found: `${iso(time)}, says ${authority}`,
      });
    }
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
