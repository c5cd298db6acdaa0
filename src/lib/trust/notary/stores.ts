import type { Digest } from '#base/digest.ts';
import type { TimestampAuthority } from '../timestamps/authority.ts';
import type { Certificate } from '../x509/certificate.ts';

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

/**
 * A trust store from its files, each of them PEM or DER with one certificate or several. Throws `TRUST_STORE_INVALID` for
 * an empty store, for a certificate that is neither a CA nor self-signed, and in a store of type `tsa` for one that is not
 * a self-signed root; throws what reading PEM and certificates throws.
 */
export declare function notaryStore(
  type: NotaryStoreType,
  name: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): NotaryStore;

/** The stores of a policy statement together. Throws what `timestampAuthority` throws. */
export declare function notaryStores(stores: readonly NotaryStore[]): NotaryStores;
