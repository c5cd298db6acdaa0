import type { Digest } from '#base/digest.ts';
import type { TimestampAuthority } from '../timestamps/authority.ts';
import type { CertificateAuthority, ValidFor } from '../x509/authority.ts';
import type { LogKey } from './log-key.ts';

/** Whom to believe about certificates, logs and times: Sigstore's `TrustedRoot` (protobuf-specs, sigstore_trustroot.proto). */
export interface TrustRoot {
  /** SHA-256 of what it was read from: what caches are keyed by. */
  readonly digest: Digest;
  readonly certificateAuthorities: readonly CertificateAuthority[];
  readonly transparencyLogs: readonly Log[];
  readonly ctLogs: readonly Log[];
  readonly timestampAuthorities: readonly TimestampAuthority[];
}

/** A transparency log (Rekor) or a certificate transparency log. */
export interface Log {
  readonly baseUrl: string | null;
  /** Who runs it. All logs whose operator nobody names are of one operator (`UNNAMED_OPERATOR`), so that they never add up to two witnesses. */
  readonly operator: string;
  readonly key: LogKey;
  /** How entries name the log: SHA-256 of its key (RFC 6962 section 3.2), or the id of its checkpoint key (Rekor v2). */
  readonly logId: Uint8Array;
  /** The first four octets of the id of the key that signs checkpoints (C2SP signed-note). */
  readonly checkpointKeyHint: Uint8Array;
  readonly validFor: ValidFor;
}

/** The operator of everything that a trust root does not name one for. */
export const UNNAMED_OPERATOR = 'unnamed operator';

/** Octets of a checkpoint key's id that stand before a signature (C2SP signed-note, Signatures). */
export const KEY_HINT_BYTES = 4;

/** Whether something was to be believed at `time`, in milliseconds since 1970. */
export function isValidAt(validFor: ValidFor, time: number): boolean {
  return (validFor.start === null || time >= validFor.start) && (validFor.end === null || time <= validFor.end);
}
