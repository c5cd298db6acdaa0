import type { Digest } from '#base/digest.ts';
import { isAppError, quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import { type TimestampAuthority, timestampAuthority } from '../timestamps/authority.ts';
import type { Certificate } from '../x509/certificate.ts';
import { parseCertificateFile } from '../x509/certificate-file.ts';
import { verifyIssuedBy } from '../x509/signature.ts';

export type NotaryStoreType = 'ca' | 'signingAuthority' | 'tsa';

/** A named trust store (Notary Project, trust-store-trust-policy.md, Trust Store). */
export interface NotaryStore {
  readonly type: NotaryStoreType;
  readonly name: string;
  /** Never empty. */
  readonly certificates: readonly Certificate[];
}

/** The trust stores that one policy statement names, made ready once for many signatures. */
export interface NotaryStores {
  /** For scheme `notary.x509`, by fingerprint. */
  readonly ca: ReadonlyMap<Digest, Certificate>;
  /** For scheme `notary.x509.signingAuthority`, by fingerprint. */
  readonly signingAuthority: ReadonlyMap<Digest, Certificate>;
  readonly tsa: readonly TimestampAuthority[];
}

const FOREVER = { start: null, end: null } as const;

/**
 * A trust store from its files, each of them PEM or DER with one certificate or several. Throws `TRUST_STORE_INVALID` for
 * an empty store, for a certificate that is neither a CA nor self-signed, and in a store of type `tsa` for one that is not
 * a self-signed root; throws what reading PEM and certificates throws.
 */
export function notaryStore(
  type: NotaryStoreType,
  name: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): NotaryStore {
  const object = `trust store ${type}:${name}`;
  const certificates = files.flatMap((file) => parseCertificateFile(file.bytes, `${file.name} in ${object}`));
  if (certificates.length === 0) {
    throw new TrustError('TRUST_STORE_INVALID', 'an empty trust store', {
      object,
      expected: 'certificates',
      found: 'none',
    });
  }
  for (const certificate of certificates) {
    assertBelongs(type, certificate);
  }
  return { type, name, certificates };
}

/** The stores of a policy statement together. Throws what `timestampAuthority` throws. */
export function notaryStores(stores: readonly NotaryStore[]): NotaryStores {
  return {
    ca: byFingerprint(stores, 'ca'),
    signingAuthority: byFingerprint(stores, 'signingAuthority'),
    tsa: stores
      .filter((store) => store.type === 'tsa')
      .flatMap(({ name, certificates }) =>
        certificates.map((root) => timestampAuthority({ name, certificates: [root], validFor: FOREVER })),
      ),
  };
}

function byFingerprint(stores: readonly NotaryStore[], type: NotaryStoreType): ReadonlyMap<Digest, Certificate> {
  const certificates = stores.filter((store) => store.type === type).flatMap((store) => store.certificates);
  return new Map(certificates.map((certificate) => [certificate.fingerprint, certificate]));
}

function assertBelongs(type: NotaryStoreType, certificate: Certificate): void {
  const isCa = certificate.basicConstraints?.ca === true;
  const expected =
    type === 'tsa'
      ? isCa && isSelfSigned(certificate)
        ? null
        : 'a self-signed root of a timestamp authority'
      : isCa || isSelfSigned(certificate)
        ? null
        : 'a CA, or a self-signed certificate';
  if (expected !== null) {
    throw new TrustError('TRUST_STORE_INVALID', 'not a certificate for this trust store', {
      object: certificate.object,
      expected,
      found: `${quote(certificate.subject.text)} by ${quote(certificate.issuer.text)}`,
    });
  }
}

function isSelfSigned(certificate: Certificate): boolean {
  if (Buffer.compare(certificate.subject.raw, certificate.issuer.raw) !== 0) {
    return false;
  }
  try {
    verifyIssuedBy(certificate, certificate);
    return true;
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return false;
  }
}
