import { LIMITS, limitExceeded } from '#base/limits.ts';
import { contextTag, type Der, parseDer, TAG } from '../encoding/der.ts';
import { integerOf, octetsOf, oidOf } from '../encoding/der-values.ts';
import { type AlgorithmIdentifier, algorithmOf } from '../x509/algorithm.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { malformed } from './malformed.ts';

/** CMS SignedData with one signer (RFC 5652 section 5), as RFC 3161 section 2.4.2 has it; not yet verified. */
export interface SignedData {
  readonly contentType: string;
  readonly content: Uint8Array;
  /** Anybody's: nobody signed the list. */
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
}

export interface SignerInfo {
  readonly id: SignerId;
  readonly digestAlgorithm: AlgorithmIdentifier;
  /** By OID, the values of each. */
  readonly attributes: ReadonlyMap<string, readonly Der[]>;
  /** What the signature is over: the signed attributes as a SET (RFC 5652 section 5.4). */
  readonly signedBytes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export type SignerId =
  | { readonly kind: 'issuer-and-serial'; readonly issuer: Uint8Array; readonly serialNumber: bigint }
  | { readonly kind: 'subject-key-id'; readonly keyId: string };

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const MAX_CERTIFICATES = 20;

/**
 * A TimeStampToken, or the one inside a TimeStampResp that grants it (RFC 3161 section 2.4.2). Throws
 * `TIMESTAMP_INVALID`, `DER_INVALID`, `CERTIFICATE_INVALID`, `LIMIT_EXCEEDED`.
 */
export function parseToken(bytes: Uint8Array, object: string): SignedData {
  return signedDataOf(tokenOf(bytes, object), object);
}

/** The TimeStampToken alone, as it is or out of a TimeStampResp that grants it. Throws as `parseToken` does. */
export function tokenOf(bytes: Uint8Array, object: string): Der {
  if (bytes.length > LIMITS.timestampBytes) {
    throw limitExceeded(object, LIMITS.timestampBytes, 'bytes', bytes.length);
  }
  const root = parseDer(bytes, object).expect(TAG.sequence, 'a timestamp');
  const first = root.child(0, 'a status or a content type');
  if (first.tag !== TAG.sequence) {
    return root;
  }
  const status = integerOf(first.child(0, 'a status'));
  // 0 is granted, 1 granted with modifications.
  if ((status !== 0n && status !== 1n) || root.children.length !== 2) {
    throw malformed(object, 'a granted timestamp', `status ${status.toString(16).slice(0, 20)}`);
  }
  return root.child(1, 'a token').expect(TAG.sequence, 'a token');
}

function signedDataOf(contentInfo: Der, object: string): SignedData {
  const type = oidOf(contentInfo.child(0, 'a content type'));
  if (type !== SIGNED_DATA || contentInfo.children.length !== 2) {
    throw malformed(object, 'signed data', `content type ${type}`);
  }
  const data = only(contentInfo.child(1, 'signed data').expect(contextTag(0), 'signed data'), object);
  const [version, digests, encapsulated, ...rest] = data.expect(TAG.sequence, 'signed data').children;
  const signers = rest.at(-1);
  if (version?.tag !== TAG.integer || digests?.tag !== TAG.set || encapsulated === undefined || signers === undefined) {
    throw malformed(
      object,
      'signed data with version, digests, content and signers',
      `${data.children.length} members`,
    );
  }
  const lists = rest.slice(0, -1);
  const [certificates] = lists;
  if (
    lists.length > 2 ||
    lists.some((list, index) => list.tag !== contextTag(1) && (index !== 0 || list.tag !== contextTag(0)))
  ) {
    throw malformed(object, 'certificates and revocation lists at most', `${lists.length} lists`);
  }
  const contentType = oidOf(encapsulated.expect(TAG.sequence, 'a content').child(0, 'a content type'));
  const content = octetsOf(only(encapsulated.child(1, 'a content').expect(contextTag(0), 'a content'), object));
  const signer = only(signers.expect(TAG.set, 'signers'), object);
  return {
    contentType,
    content,
    certificates: certificates?.tag === contextTag(0) ? certificatesOf(certificates, object) : [],
    signer: signerOf(signer.expect(TAG.sequence, 'a signer'), object),
  };
}

function certificatesOf(list: Der, object: string): readonly Certificate[] {
  if (list.children.length > MAX_CERTIFICATES) {
    throw limitExceeded(object, MAX_CERTIFICATES, 'certificates', list.children.length);
  }
  return list.children.map((value, index) => parseCertificate(value.raw, `certificate ${index + 1} of ${object}`));
}

function signerOf(value: Der, object: string): SignerInfo {
  const [version, id, digest, signed, algorithm, signature, ...unsigned] = value.children;
  if (version?.tag !== TAG.integer || id === undefined || digest === undefined || signed?.tag !== contextTag(0)) {
    throw malformed(object, 'a signer with signed attributes', `${value.children.length} members`);
  }
  if (algorithm === undefined || signature === undefined || unsigned.some((list) => list.tag !== contextTag(1))) {
    throw malformed(object, 'a signer with algorithm and signature', `${value.children.length} members`);
  }
  const signedBytes = Buffer.from(signed.raw);
  signedBytes[0] = TAG.set;
  return {
    id: signerIdOf(id, object),
    digestAlgorithm: algorithmOf(digest),
    attributes: attributesOf(signed, object),
    signedBytes,
    signatureAlgorithm: algorithmOf(algorithm),
    signature: octetsOf(signature),
  };
}

function signerIdOf(value: Der, object: string): SignerId {
  if (value.tag === contextTag(0, 'primitive')) {
    return { kind: 'subject-key-id', keyId: Buffer.from(value.content).toString('hex') };
  }
  const [issuer, serial] = value.expect(TAG.sequence, 'the issuer and serial number of a signer').children;
  if (issuer === undefined || serial === undefined || value.children.length !== 2) {
    throw malformed(object, 'the issuer and serial number of a signer', `${value.children.length} members`);
  }
  return { kind: 'issuer-and-serial', issuer: issuer.raw, serialNumber: integerOf(serial) };
}

function attributesOf(list: Der, object: string): ReadonlyMap<string, readonly Der[]> {
  const attributes = new Map<string, readonly Der[]>();
  for (const attribute of list.children) {
    const type = oidOf(attribute.expect(TAG.sequence, 'an attribute').child(0, 'the type of an attribute'));
    const values = attribute.child(1, 'the values of an attribute').expect(TAG.set, 'the values of an attribute');
    if (attributes.has(type) || attribute.children.length !== 2) {
      throw malformed(object, 'each signed attribute once', `${type} twice`);
    }
    attributes.set(type, values.children);
  }
  return attributes;
}

function only(list: Der, object: string): Der {
  const [value] = list.children;
  if (value === undefined || list.children.length !== 1) {
    throw malformed(object, 'exactly one content and one signer', `${list.children.length}`);
  }
  return value;
}
