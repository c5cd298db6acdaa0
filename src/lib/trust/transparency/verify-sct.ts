import { hash } from 'node:crypto';
import { isAppError } from '#base/error.ts';
import { parseDer } from '../encoding/der.ts';
import { octetsOf } from '../encoding/der-values.ts';
import { TrustError } from '../error.ts';
import type { SignatureAlgorithm } from '../keys/verify-bytes.ts';
import { verifyByLog } from '../trust-root/log-key.ts';
import { isValidAt, type Log } from '../trust-root/trust-root.ts';
import type { Certificate } from '../x509/certificate.ts';
import { precertificateTbs, SCT_LIST_OID } from './precertificate.ts';
import { parseSctList, type Sct } from './sct-list.ts';

/** A log's promise to list a certificate, verified. */
export interface VerifiedSct {
  readonly log: string;
  readonly operator: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const V1 = 0;
const CERTIFICATE_TIMESTAMP = 0;
const PRECERT_ENTRY = 1;

/** HashAlgorithm and SignatureAlgorithm (RFC 5246 section 7.4.1.4.1, RFC 8422 section 5.1.3) of the logs' keys. */
const TLS_ALGORITHMS: Readonly<Partial<Record<SignatureAlgorithm, readonly [hash: number, signature: number]>>> = {
  'ecdsa-sha256': [4, 3],
  'ecdsa-sha384': [5, 3],
  'ecdsa-sha512': [6, 3],
  'rsa-pkcs1-sha256': [4, 1],
  ed25519: [8, 7],
};

/**
 * Verifies the certificate's embedded SCTs (RFC 6962 sections 3.2 and 3.3): at least one by a log of the trust root that
 * was valid at its time. Gives every one that is right. `issuer` is the certificate that signed the leaf, which has been
 * verified before. Throws `SCT_INVALID` saying what was wrong with each, and `DER_INVALID`.
 */
export function verifySct(leaf: Certificate, issuer: Certificate, ctLogs: readonly Log[]): readonly VerifiedSct[] {
  const { object } = leaf;
  const extension = leaf.extensions.get(SCT_LIST_OID);
  if (extension === undefined) {
    throw new TrustError('SCT_INVALID', 'no certificate transparency log knows of the certificate', {
      object,
      expected: `an embedded list of signed certificate timestamps (${SCT_LIST_OID})`,
      found: 'none',
    });
  }
  const scts = parseSctList(octetsOf(parseDer(extension.value, object)), object);
  const entry = precertificateEntry(leaf, issuer);
  const reasons: string[] = [];
  const verified: VerifiedSct[] = [];
  for (const sct of scts) {
    const log = ctLogs.find(({ logId, validFor }) => same(logId, sct.logId) && isValidAt(validFor, sct.time));
    const reason = log === undefined ? unknownLog(sct, ctLogs) : refusal(sct, log, entry, object);
    if (log !== undefined && reason === null) {
      verified.push({ log: log.baseUrl ?? hex(log.logId), operator: log.operator, time: sct.time });
    } else if (reason !== null) {
      reasons.push(reason);
    }
  }
  if (verified.length === 0) {
    throw new TrustError(
      'SCT_INVALID',
      'no certificate transparency log of the trust root vouches for the certificate',
      {
        object,
        expected: 'a signed certificate timestamp of one of them',
        found: reasons.join('; ') || 'none',
      },
    );
  }
  return verified;
}

/** Null for an SCT that the log signed, else why not. */
function refusal(sct: Sct, log: Log, entry: Uint8Array, object: string): string | null {
  const [hashId, signatureId] = TLS_ALGORITHMS[log.key.algorithm] ?? [];
  if (sct.algorithm[0] !== hashId || sct.algorithm[1] !== signatureId) {
    return `one of ${log.baseUrl ?? 'a log'} with algorithm ${sct.algorithm.join(',')}, which its key does not have`;
  }
  try {
    verifyByLog(log.key, signedData(sct, entry), sct.signature, object);
    return null;
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return `one of ${log.baseUrl ?? 'a log'} whose signature does not verify`;
  }
}

function unknownLog(sct: Sct, ctLogs: readonly Log[]): string {
  return ctLogs.some(({ logId }) => same(logId, sct.logId))
    ? `one of ${hex(sct.logId)} at a time when that log was not trusted`
    : `one of unknown log ${hex(sct.logId)}`;
}

/** `digitally-signed struct` of RFC 6962 section 3.2. */
function signedData(sct: Sct, entry: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.of(V1, CERTIFICATE_TIMESTAMP),
    uint(sct.timestamp, 8),
    entry,
    uint(BigInt(sct.extensions.length), 2),
    sct.extensions,
  ]);
}

/** LogEntryType and PreCert of RFC 6962 section 3.2. */
function precertificateEntry(leaf: Certificate, issuer: Certificate): Uint8Array {
  const tbs = precertificateTbs(leaf.tbs);
  return Buffer.concat([
    uint(BigInt(PRECERT_ENTRY), 2),
    hash('sha256', issuer.spki, 'buffer'),
    uint(BigInt(tbs.length), 3),
    tbs,
  ]);
}

function uint(value: bigint, octets: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * octets, '0'), 'hex');
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
