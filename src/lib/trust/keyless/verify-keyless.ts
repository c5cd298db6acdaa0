import { TrustError } from '../error.ts';
import { verifyBytes } from '../keys/verify-bytes.ts';
import type { SigstoreSignature, VerifiedSignature } from '../signed.ts';
import { verifySct } from '../transparency/verify-sct.ts';
import type { TrustRoot } from '../trust-root/trust-root.ts';
import { verifyByAuthority } from '../x509/authority.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { signerOf } from './certificate-identity.ts';
import type { KeylessSigner } from './identity.ts';
import { verifyWitnesses } from './witnesses.ts';

export interface KeylessOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** False for a root without transparency logs, as of one's own authority. A root that has logs always needs an entry. */
  readonly requireLog?: boolean;
  /** False for a root without certificate transparency logs. A root that has some always needs a promise of one. */
  readonly requireSct?: boolean;
}

/** A verified signature whose signer a certificate of the trust root names. Whether that one may sign is another question. */
export interface VerifiedKeylessSignature extends VerifiedSignature {
  readonly signer: KeylessSigner;
}

/**
 * Verifies a signature by a short-lived certificate (sigstore/architecture-docs client-spec.md section 4): the times at
 * which it was seen, the certificate at every one of them, its promise of certificate transparency, its entries in the
 * log with what they are about, then the signature itself. Throws `TIME_UNVERIFIED`, `CERTIFICATE_OUTSIDE_VALIDITY`,
 * `CHAIN_INVALID`, `SCT_INVALID`, `LOG_…`, `TIMESTAMP_INVALID`, `IDENTITY_UNCLEAR`, `SIGNATURE_INVALID`.
 */
export function verifyKeyless(
  signature: SigstoreSignature,
  root: TrustRoot,
  options: KeylessOptions,
): VerifiedKeylessSignature {
  const [leaf, ...intermediates] = certificatesOf(signature);
  const witnesses = verifyWitnesses(signature, { kind: 'certificate', der: leaf.raw }, root, {
    now: options.now,
    unknownLogs: 'refuse',
  });
  verifyCertificate(leaf, intermediates, root, { ...options, times: witnesses.times.map(({ time }) => time) });
  if (witnesses.logs.length === 0 && (options.requireLog !== false || root.transparencyLogs.length > 0)) {
    throw new TrustError('LOG_ENTRY_MISSING', 'a signature that no transparency log lists', {
      object: signature.object,
      expected: 'an entry in a log of the trust root',
      found: 'none',
    });
  }
  const signer = signerOf(leaf);
  verifyBytes({
    key: leaf.publicKey,
    bytes: signature.signedBytes,
    signature: signature.signature,
    object: signature.object,
  });
  return { signer, ...witnesses };
}

function certificatesOf(signature: SigstoreSignature): readonly [Certificate, ...Certificate[]] {
  const [leaf, ...intermediates] = signature.certificates.map((der, index) =>
    parseCertificate(der, `certificate ${index + 1} of ${signature.object}`),
  );
  if (leaf === undefined) {
    throw new TrustError('CERTIFICATE_MISSING', 'a signature by a key', {
      object: signature.object,
      expected: 'a certificate that names the signer',
      found: 'none',
      hint: 'Such a signature is verified with the key that made it.',
    });
  }
  return [leaf, ...intermediates];
}

function verifyCertificate(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  root: TrustRoot,
  options: KeylessOptions & { readonly times: readonly number[] },
): void {
  let issuer: Certificate | undefined;
  for (const time of new Set(options.times)) {
    const { path } = verifyByAuthority(leaf, intermediates, root.certificateAuthorities, {
      time,
      purpose: 'code-signing',
    });
    issuer = path[1];
  }
  if (issuer === undefined) {
    throw new TrustError('TIME_UNVERIFIED', 'a certificate that counts for minutes, and nobody to say when', {
      object: leaf.object,
      expected: 'a timestamp, or a log entry whose time the log signed, by an authority of the trust root',
      found: options.times.length === 0 ? 'none' : 'a certificate that is its own issuer',
    });
  }
  if (options.requireSct !== false || root.ctLogs.length > 0) {
    verifySct(leaf, issuer, root.ctLogs);
  }
}
