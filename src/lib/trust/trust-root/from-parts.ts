import { hash } from 'node:crypto';
import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { parsePemBlocks } from '../encoding/pem.ts';
import { type TimestampAuthority, timestampAuthority } from '../timestamps/authority.ts';
import { type CertificateAuthority, certificateAuthority, type ValidFor } from '../x509/authority.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { logKeyOf } from './log-key.ts';
import { KEY_HINT_BYTES, type Log, type TrustRoot, UNNAMED_OPERATOR } from './trust-root.ts';

/**
 * PEM texts as cosign takes them: `--ca-roots`, `--timestamp-certificate-chain`, and the keys of SIGSTORE_REKOR_PUBLIC_KEY
 * and SIGSTORE_CT_LOG_PUBLIC_KEY_FILE.
 */
export interface TrustRootParts {
  readonly object: string;
  /** Certificates of authorities: the issuer of leaves first, its root last; several chains where several are self-signed. */
  readonly caPem?: readonly string[];
  /** Keys of Rekor v1 instances. A Rekor v2 instance has a name too, which only `trusted_root.json` can give. */
  readonly rekorKeyPem?: readonly string[];
  readonly ctKeyPem?: readonly string[];
  /** Leaf first where it is known, root last; one text for each authority. */
  readonly tsaPem?: readonly string[];
}

const ALWAYS: ValidFor = { start: null, end: null };

/** A trust root out of files that somebody keeps apart; nothing in it begins or ends. Throws as `parseTrustRoot` does, and `PEM_INVALID`. */
export function trustRootFromParts(parts: TrustRootParts): TrustRoot {
  const { object, caPem = [], rekorKeyPem = [], ctKeyPem = [], tsaPem = [] } = parts;
  return {
    digest: digestOf(canonicalJson({ caPem, rekorKeyPem, ctKeyPem, tsaPem })),
    certificateAuthorities: caPem.flatMap((pem, index) => authorities(pem, `${object}: authorities ${index + 1}`)),
    transparencyLogs: rekorKeyPem.map((pem, index) => logOf(pem, `${object}: transparency log key ${index + 1}`)),
    ctLogs: ctKeyPem.map((pem, index) => logOf(pem, `${object}: certificate log key ${index + 1}`)),
    timestampAuthorities: tsaPem.map((pem, index) => timestamps(pem, `${object}: timestamp authority ${index + 1}`)),
  };
}

function authorities(pem: string, object: string): readonly CertificateAuthority[] {
  const chains: Certificate[][] = [];
  let chain: Certificate[] = [];
  for (const certificate of certificatesOf(pem, object)) {
    if (chain.length === 0) {
      chains.push(chain);
    }
    chain.push(certificate);
    if (Buffer.compare(certificate.issuer.raw, certificate.subject.raw) === 0) {
      chain = [];
    }
  }
  return chains.map((certificates) =>
    certificateAuthority({ name: nameOf(certificates, object), certificates, validFor: ALWAYS }),
  );
}

function timestamps(pem: string, object: string): TimestampAuthority {
  const certificates = certificatesOf(pem, object);
  return timestampAuthority({ name: nameOf(certificates, object), certificates, validFor: ALWAYS });
}

function certificatesOf(pem: string, object: string): readonly Certificate[] {
  return parsePemBlocks(pem, 'CERTIFICATE', object).map((der, index) =>
    parseCertificate(der, `${object}: certificate ${index + 1}`),
  );
}

function nameOf(certificates: readonly Certificate[], object: string): string {
  return certificates.at(-1)?.subject.text || object;
}

function logOf(pem: string, object: string): Log {
  const key = logKeyOf(pem, object);
  const logId = hash('sha256', key.spki, 'buffer');
  return {
    baseUrl: null,
    operator: UNNAMED_OPERATOR,
    key,
    logId,
    checkpointKeyHint: logId.subarray(0, KEY_HINT_BYTES),
    validFor: ALWAYS,
  };
}
