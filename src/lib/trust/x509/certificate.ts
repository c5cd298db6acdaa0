import type { KeyObject } from 'node:crypto';
import type { Digest } from '#base/digest.ts';
import type { Der } from '../encoding/der.ts';
import type { AlgorithmIdentifier } from './algorithm.ts';
import type { BasicConstraints, Extension, GeneralName, KeyUsage } from './extensions.ts';
import type { Name } from './name.ts';

/** An X.509 certificate (RFC 5280 section 4), read strictly and not yet believed. Bytes are views of the input. */
export interface Certificate {
  /** What it is called in messages: `certificate 2 of signature manifest sha256:…`. */
  readonly object: string;
  readonly raw: Uint8Array;
  /** SHA-256 of the DER. */
  readonly fingerprint: Digest;
  /** The TBSCertificate: `tbs.raw` is what the issuer signed, `tbs.children` lets a precertificate be rebuilt from it. */
  readonly tbs: Der;
  /** Positive, at most 20 octets. */
  readonly serialNumber: bigint;
  /** The same in lower-case hex of whole octets, without a sign octet: as node and openssl print it. */
  readonly serialHex: string;
  readonly issuer: Name;
  readonly subject: Name;
  /** Milliseconds since 1970; both bounds are inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** Made on first use and kept. Throws `KEY_INVALID` for a kind, size or curve that is not accepted. */
  readonly publicKey: KeyObject;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** By OID, in the order of the certificate. */
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly basicConstraints: BasicConstraints | null;
  /** Null where the certificate has no such extension: then nothing restricts it. */
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  /** OIDs; null where the certificate has no such extension. */
  readonly extendedKeyUsage: readonly string[] | null;
  readonly subjectAltNames: readonly GeneralName[];
  /** Lower-case hex. */
  readonly subjectKeyId: string | null;
  readonly authorityKeyId: string | null;
}

/** Reads one DER certificate. Throws `CERTIFICATE_INVALID` and `DER_INVALID`, naming `object`. */
export declare function parseCertificate(der: Uint8Array, object: string): Certificate;
