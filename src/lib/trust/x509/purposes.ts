import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { Certificate } from './certificate.ts';
import { EXTENSION, type KeyUsage } from './extensions.ts';

/** What the leaf of a path must be made for. */
export type CertificatePurpose =
  /** Fulcio's leaves (certificate-specification.md): code signing. */
  | 'code-signing'
  /** Notary Project (signature-specification.md, Certificate Requirements). */
  | 'notary'
  /** RFC 3161 section 2.3. */
  | 'timestamping'
  /** RFC 6960 section 4.2.2.2: a responder that the authority entrusts with its OCSP. */
  | 'ocsp-signing';

const ANY_PURPOSE = '2.5.29.37.0';
const PURPOSES: Readonly<Record<CertificatePurpose, string>> = {
  'code-signing': '1.3.6.1.5.5.7.3.3',
  notary: '1.3.6.1.5.5.7.3.3',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp-signing': '1.3.6.1.5.5.7.3.9',
};

/** What a leaf of the Notary Project must not be for: any, server, client, mail, time stamping, OCSP. */
const NOT_NOTARY: ReadonlySet<string> = new Set([
  ANY_PURPOSE,
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.5.5.7.3.4',
  '1.3.6.1.5.5.7.3.8',
  '1.3.6.1.5.5.7.3.9',
]);
const NOTARY_USAGES: ReadonlySet<KeyUsage> = new Set(['digitalSignature', 'contentCommitment']);

/**
 * Extensions that may be critical. Name constraints are not among them, and are refused even where they are not critical:
 * they are not enforced here, and an authority that has them means them. Policies need no more than to be recognised as
 * long as nobody requires one (RFC 5280 section 6.1.1 d).
 */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.subjectKeyId,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.authorityKeyId,
  EXTENSION.extendedKeyUsage,
]);

/**
 * That a certificate is a leaf made for the purpose. One that is `named`, because a trust root has this very certificate,
 * may say so without making it critical: GitHub's timestamp authority does, and nobody can put another in its place.
 * Throws `CHAIN_INVALID`, `KEY_INVALID`.
 */
export function assertLeaf(leaf: Certificate, purpose: CertificatePurpose, named: 'named' | 'met' = 'met'): void {
  assertUnderstood(leaf);
  if (leaf.basicConstraints?.ca === true) {
    throw notAllowed(leaf, 'a leaf certificate', 'one of an authority');
  }
  if (purpose === 'notary') {
    assertNotaryLeaf(leaf);
    return;
  }
  const { keyUsage, extendedKeyUsage } = leaf;
  const signs =
    keyUsage === null ||
    keyUsage.has('digitalSignature') ||
    (purpose === 'timestamping' && keyUsage.has('contentCommitment'));
  if (!signs || keyUsage?.has('keyCertSign')) {
    throw notAllowed(leaf, 'the key usage digitalSignature', [...(keyUsage ?? [])].join(', '));
  }
  if (extendedKeyUsage?.includes(PURPOSES[purpose]) !== true) {
    throw notAllowed(leaf, `the extended key usage ${PURPOSES[purpose]} (${purpose})`, listed(extendedKeyUsage));
  }
  const critical = named === 'named' || leaf.extensions.get(EXTENSION.extendedKeyUsage)?.critical === true;
  const alone = critical && extendedKeyUsage.length === 1;
  if (purpose === 'timestamping' && !alone) {
    throw notAllowed(leaf, 'a critical extended key usage of time stamping only', listed(extendedKeyUsage));
  }
}

function assertNotaryLeaf(leaf: Certificate): void {
  const { keyUsage, extendedKeyUsage } = leaf;
  const critical = leaf.extensions.get(EXTENSION.keyUsage)?.critical === true;
  if (
    !critical ||
    keyUsage?.has('digitalSignature') !== true ||
    [...keyUsage].some((usage) => !NOTARY_USAGES.has(usage))
  ) {
    const found = keyUsage === null ? 'none' : `${critical ? '' : 'not critical: '}${[...keyUsage].join(', ')}`;
    throw notAllowed(leaf, 'a critical key usage of digitalSignature only', found);
  }
  if (extendedKeyUsage?.some((purpose) => NOT_NOTARY.has(purpose))) {
    throw notAllowed(leaf, 'an extended key usage for code signing', listed(extendedKeyUsage));
  }
  if (leaf.publicKey.asymmetricKeyType !== 'rsa' && leaf.publicKey.asymmetricKeyType !== 'ec') {
    throw notAllowed(leaf, 'an RSA or ECDSA key', String(leaf.publicKey.asymmetricKeyType));
  }
}

/**
 * That a certificate may stand in a path with `below` authorities between it and the leaf. Self-issued ones count as any
 * other. Throws `CHAIN_INVALID`.
 */
export function assertIssuer(issuer: Certificate, below: number, purpose: CertificatePurpose): void {
  assertUnderstood(issuer);
  const { basicConstraints, keyUsage, extendedKeyUsage } = issuer;
  if (basicConstraints?.ca !== true) {
    throw notAllowed(issuer, 'the certificate of an authority', 'basic constraints that do not say so');
  }
  if (basicConstraints.pathLength !== null && basicConstraints.pathLength < below) {
    throw notAllowed(issuer, `at most ${basicConstraints.pathLength} authorities below it`, `${below}`);
  }
  if (keyUsage === null ? purpose === 'notary' : !keyUsage.has('keyCertSign')) {
    throw notAllowed(issuer, 'the key usage keyCertSign', [...(keyUsage ?? ['none'])].join(', '));
  }
  if (
    extendedKeyUsage !== null &&
    ![PURPOSES[purpose], ANY_PURPOSE].some((allowed) => extendedKeyUsage.includes(allowed))
  ) {
    throw notAllowed(issuer, `an extended key usage that includes ${purpose}, or none`, listed(extendedKeyUsage));
  }
}

function assertUnderstood(certificate: Certificate): void {
  for (const { oid, critical } of certificate.extensions.values()) {
    if (oid === EXTENSION.nameConstraints || (critical && !UNDERSTOOD.has(oid))) {
      const what =
        oid === EXTENSION.nameConstraints ? 'name constraints, which are not supported' : 'another that is critical';
      throw notAllowed(certificate, 'only extensions that are understood here', `${what} (${oid})`);
    }
  }
}

function listed(purposes: readonly string[] | null): string {
  return purposes === null ? 'none' : quote(purposes.join(', '));
}

function notAllowed(certificate: Certificate, expected: string, found: string): TrustError {
  const object = `${certificate.object} (${quote(certificate.subject.text)})`;
  return new TrustError('CHAIN_INVALID', 'certificate not made for this', { object, expected, found });
}
