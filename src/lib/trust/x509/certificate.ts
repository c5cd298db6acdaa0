import type { KeyObject } from 'node:crypto';
import { type Digest, digestOf } from '#base/digest.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { contextTag, type Der, parseDer, TAG } from '../encoding/der.ts';
import { bitStringOf, integerOf, timeOf } from '../encoding/der-values.ts';
import { type AlgorithmIdentifier, algorithmOf } from './algorithm.ts';
import {
  authorityKeyIdOf,
  type BasicConstraints,
  basicConstraintsOf,
  EXTENSION,
  type Extension,
  extendedKeyUsageOf,
  extensionsOf,
  type GeneralName,
  type KeyUsage,
  keyUsageOf,
  subjectAltNamesOf,
  subjectKeyIdOf,
} from './extensions.ts';
import { malformed } from './malformed.ts';
import { type Name, nameOf } from './name.ts';
import { publicKeyOf } from './public-key.ts';

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

const VERSION_3 = 2n;

/** Reads one DER certificate. Throws `CERTIFICATE_INVALID`, `DER_INVALID` and `LIMIT_EXCEEDED`, naming `object`. */
export function parseCertificate(der: Uint8Array, object: string): Certificate {
  if (der.length > LIMITS.x509Bytes) {
    throw limitExceeded(object, LIMITS.x509Bytes, 'bytes', der.length);
  }
  const root = parseDer(der, object).expect(TAG.sequence, 'a certificate');
  if (root.children.length !== 3) {
    throw malformed(object, 'what is certified, an algorithm and a signature', `${root.children.length} members`);
  }
  const tbs = root.child(0, 'what is certified').expect(TAG.sequence, 'what is certified');
  const signatureAlgorithm = algorithmOf(root.child(1, 'an algorithm'));
  const fields = readFields(tbs, object);
  // RFC 5280 section 4.1.1.2: else the outer one, which nobody signed, would choose the algorithm.
  if (Buffer.compare(fields.algorithm.raw, signatureAlgorithm.raw) !== 0) {
    throw malformed(
      object,
      `the algorithm that is signed, ${fields.algorithm.oid}, outside too`,
      signatureAlgorithm.oid,
    );
  }
  const { extensions } = fields;
  const read = <T>(oid: string, reader: (extension: Extension, object: string) => T): T | null => {
    const extension = extensions.get(oid);
    return extension === undefined ? null : reader(extension, object);
  };
  let key: KeyObject | null = null;
  return {
    object,
    raw: der,
    fingerprint: digestOf(der),
    tbs,
    ...serialOf(fields.serial, object),
    issuer: fields.issuer,
    subject: fields.subject,
    ...validityOf(fields.validity, object),
    spki: fields.spki.raw,
    get publicKey() {
      key ??= publicKeyOf(fields.spki);
      return key;
    },
    signatureAlgorithm,
    signature: bitStringOf(root.child(2, 'a signature')),
    extensions,
    basicConstraints: read(EXTENSION.basicConstraints, basicConstraintsOf),
    keyUsage: read(EXTENSION.keyUsage, keyUsageOf),
    extendedKeyUsage: read(EXTENSION.extendedKeyUsage, extendedKeyUsageOf),
    subjectAltNames: read(EXTENSION.subjectAltName, subjectAltNamesOf) ?? [],
    subjectKeyId: read(EXTENSION.subjectKeyId, subjectKeyIdOf),
    authorityKeyId: read(EXTENSION.authorityKeyId, authorityKeyIdOf),
  };
}

interface Fields {
  readonly serial: Der;
  readonly algorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly validity: Der;
  readonly subject: Name;
  readonly spki: Der;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** TBSCertificate, version 1 or 3: unique identifiers (version 2) are refused, as RFC 5280 forbids them to authorities. */
function readFields(tbs: Der, object: string): Fields {
  const versioned = tbs.children[0]?.tag === contextTag(0);
  const version = versioned ? integerOf(only(tbs.child(0, 'a version'), object)) : 0n;
  if (versioned && version !== VERSION_3) {
    throw malformed(object, 'version 3, or none for version 1', `0x${(version + 1n).toString(16).slice(0, 20)}`);
  }
  const at = versioned ? 1 : 0;
  const rest = tbs.children.slice(at + 6);
  const [list] = rest;
  if (rest.length > 1 || (list !== undefined && (version !== VERSION_3 || list.tag !== contextTag(3)))) {
    throw malformed(object, 'extensions in version 3 at most behind the key', `${rest.length} further members`);
  }
  const issuer = nameOf(tbs.child(at + 2, 'an issuer'));
  if (issuer.parts.length === 0) {
    throw malformed(object, 'the name of an issuer', 'an empty name');
  }
  return {
    serial: tbs.child(at, 'a serial number'),
    algorithm: algorithmOf(tbs.child(at + 1, 'an algorithm')),
    issuer,
    validity: tbs.child(at + 3, 'a validity').expect(TAG.sequence, 'a validity'),
    subject: nameOf(tbs.child(at + 4, 'a subject')),
    spki: tbs.child(at + 5, 'a public key').expect(TAG.sequence, 'a public key'),
    extensions:
      list === undefined
        ? new Map<string, Extension>()
        : extensionsOf(only(list, object).expect(TAG.sequence, 'extensions')),
  };
}

function only(wrapper: Der, object: string): Der {
  const [value] = wrapper.children;
  if (value === undefined || wrapper.children.length !== 1) {
    throw malformed(object, 'one value behind a tag', `${wrapper.children.length}`);
  }
  return value;
}

function serialOf(value: Der, object: string): { readonly serialNumber: bigint; readonly serialHex: string } {
  const serialNumber = integerOf(value);
  if (serialNumber <= 0n || value.content.length > 20) {
    throw malformed(object, 'a positive serial number of at most 20 octets', `${value.content.length} octets`);
  }
  const hex = serialNumber.toString(16);
  return { serialNumber, serialHex: hex.length % 2 === 0 ? hex : `0${hex}` };
}

function validityOf(value: Der, object: string): { readonly notBefore: number; readonly notAfter: number } {
  if (value.children.length !== 2) {
    throw malformed(object, 'a first and a last instant of validity', `${value.children.length} members`);
  }
  const notBefore = timeOf(value.child(0, 'a first instant'));
  const notAfter = timeOf(value.child(1, 'a last instant'));
  if (notAfter < notBefore) {
    throw malformed(object, 'a validity that ends after it begins', new Date(notAfter).toISOString());
  }
  return { notBefore, notAfter };
}
