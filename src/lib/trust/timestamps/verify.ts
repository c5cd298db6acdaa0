import { hash as hashOf } from 'node:crypto';
import { isAppError, quote } from '#base/error.ts';
import { type Der, TAG } from '../encoding/der.ts';
import { octetsOf, oidOf } from '../encoding/der-values.ts';
import { TrustError } from '../error.ts';
import { algorithmOf, hasNoParameters } from '../x509/algorithm.ts';
import { assertBelievedAt } from '../x509/authority.ts';
import type { Certificate } from '../x509/certificate.ts';
import { assertValidAt, buildPath } from '../x509/path.ts';
import { hashNameOf, type SignatureScheme, schemeOf, verifyWithScheme } from '../x509/signature.ts';
import type { TimestampAuthority } from './authority.ts';
import { malformed } from './malformed.ts';
import { parseToken, type SignedData, type SignerInfo } from './signed-data.ts';
import { parseTokenInfo, type TokenInfo } from './token-info.ts';

export interface VerifiedTimestamp {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds by which the authority may be off, either way (RFC 3161 section 2.4.2). */
  readonly accuracy: number;
  /** The name of the authority that vouches. */
  readonly authority: string;
  /** Leaf first, trust anchor last: for who wants to ask about revocation. */
  readonly path: readonly Certificate[];
}

const TOKEN_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const RSA_KEY = '1.2.840.113549.1.1.1';

/**
 * Verifies an RFC 3161 token over `message`: a TimeStampToken, or a whole TimeStampResp as Sigstore keeps it. The token
 * must be signed by one of the authorities at a time at which it may be believed. Throws `TIMESTAMP_INVALID`,
 * `SIGNATURE_INVALID`, `ALGORITHM_REFUSED`, `CHAIN_INVALID`, `CERTIFICATE_OUTSIDE_VALIDITY`, `DER_INVALID`, …
 */
export function verifyTimestamp(
  token: Uint8Array,
  message: Uint8Array,
  authorities: readonly TimestampAuthority[],
  object: string,
): VerifiedTimestamp {
  const { data, info } = readTimestamp(token, message, object);
  let problem: Error | null = null;
  for (const authority of authorities) {
    try {
      return verifyBy(authority, data, info, object);
    } catch (error) {
      if (!isAppError(error)) {
        throw error;
      }
      problem ??= error;
    }
  }
  throw (
    problem ??
    new TrustError('CHAIN_INVALID', 'nobody is trusted about time', {
      object,
      expected: 'a timestamp authority',
      found: 'none',
    })
  );
}

/** A token about a message. Who signed it was not looked at. */
export interface ReadTimestamp {
  readonly data: SignedData;
  readonly info: TokenInfo;
  /** The certificate that the token says it is signed by, where it brings it along. */
  readonly certificate: Certificate | null;
}

/** Reads a token and shows that it is about `message`; nobody vouches for it yet. Throws `TIMESTAMP_INVALID`, `DER_INVALID`, … */
export function readTimestamp(token: Uint8Array, message: Uint8Array, object: string): ReadTimestamp {
  const data = parseToken(token, object);
  if (data.contentType !== TOKEN_INFO) {
    throw malformed(object, `content of type ${TOKEN_INFO}, a timestamp`, data.contentType);
  }
  const info = parseTokenInfo(data.content, object);
  const expected = hashOf(info.hash, message, 'buffer');
  if (Buffer.compare(expected, info.imprint) !== 0) {
    throw malformed(object, `a timestamp of ${info.hash} ${expected.toString('hex')}`, hexOf(info.imprint));
  }
  assertAttributes(data, object);
  const certificate = data.certificates.find((candidate) => isSigner(data.signer, candidate)) ?? null;
  return { data, info, certificate };
}

function verifyBy(authority: TimestampAuthority, data: SignedData, info: TokenInfo, object: string): VerifiedTimestamp {
  const known = authority.leaf === null ? data.certificates : [authority.leaf];
  const signer = known.find((certificate) => isSigner(data.signer, certificate));
  if (signer === undefined) {
    throw new TrustError('CHAIN_INVALID', 'timestamp of an unknown signer', {
      object,
      expected: `a signature by ${authority.name}`,
      found: `one by ${describe(data)}`,
    });
  }
  const path = pathOf(authority, signer, data, info.time);
  assertBelievedAt(authority, info.time);
  assertNamed(data.signer, signer, object);
  const { signedBytes, signature } = data.signer;
  verifyWithScheme(signerScheme(data.signer, object), signedBytes, signature, signer.publicKey, object);
  return { time: info.time, accuracy: info.accuracy, authority: authority.name, path };
}

function pathOf(
  authority: TimestampAuthority,
  signer: Certificate,
  data: SignedData,
  time: number,
): readonly Certificate[] {
  const anchor = authority.issuers.at(-1);
  if (authority.leaf !== null || anchor === undefined) {
    const path = [signer, ...authority.issuers];
    assertValidAt(path, time);
    return path;
  }
  const intermediates = data.certificates.filter((certificate) => certificate !== signer);
  const candidates = [...authority.issuers.slice(0, -1), ...intermediates];
  return buildPath(signer, candidates, [anchor], { time, purpose: 'timestamping' });
}

function isSigner({ id }: SignerInfo, certificate: Certificate): boolean {
  return id.kind === 'subject-key-id'
    ? id.keyId !== '' && id.keyId === certificate.subjectKeyId
    : id.serialNumber === certificate.serialNumber && Buffer.compare(id.issuer, certificate.issuer.raw) === 0;
}

/** RFC 5652 section 11.1 and 11.2: the signature is over these attributes, and they over the content. */
function assertAttributes({ signer, contentType, content }: SignedData, object: string): void {
  const type = oidOf(attribute(signer, CONTENT_TYPE, object));
  if (type !== contentType) {
    throw malformed(object, `signed content of type ${contentType}`, type);
  }
  const hash = hashNameOf(signer.digestAlgorithm, object);
  const digest = octetsOf(attribute(signer, MESSAGE_DIGEST, object));
  const expected = hashOf(hash, content, 'buffer');
  if (Buffer.compare(expected, digest) !== 0) {
    throw malformed(object, `the signed digest ${expected.toString('hex')}`, hexOf(digest));
  }
}

/**
 * That the signed attributes name the certificate (RFC 5035; RFC 3161 has it by SHA-1): else another certificate for the
 * same key, with other rights, could take its place.
 */
function assertNamed(signer: SignerInfo, certificate: Certificate, object: string): void {
  const [v1, v2] = [SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].map((type) => signer.attributes.has(type));
  if (v1 !== true && v2 !== true) {
    throw malformed(object, 'a signed attribute that names the certificate', 'none');
  }
  if (v1 === true) {
    assertHash('sha1', firstId(signer, SIGNING_CERTIFICATE, object).child(0, 'a hash'), certificate, object);
  }
  if (v2 === true) {
    const id = firstId(signer, SIGNING_CERTIFICATE_V2, object);
    const first = id.child(0, 'a hash');
    // The algorithm is SHA-256 where there is none.
    const hash = first.tag === TAG.sequence ? hashNameOf(algorithmOf(first), object) : 'sha256';
    assertHash(hash, first.tag === TAG.sequence ? id.child(1, 'a hash') : first, certificate, object);
  }
}

/** The first of the certificates that the attribute names is the signer's. */
function firstId(signer: SignerInfo, type: string, object: string): Der {
  const names = attribute(signer, type, object).expect(TAG.sequence, 'the certificate of a signer');
  const list = names.child(0, 'the certificate of a signer').expect(TAG.sequence, 'the certificate of a signer');
  return list.child(0, 'the certificate of a signer').expect(TAG.sequence, 'the certificate of a signer');
}

function assertHash(hash: string, value: Der, certificate: Certificate, object: string): void {
  const found = octetsOf(value);
  const expected = hashOf(hash, certificate.raw, 'buffer');
  if (Buffer.compare(expected, found) !== 0) {
    throw malformed(object, `a signature for the certificate with ${hash} ${expected.toString('hex')}`, hexOf(found));
  }
}

function attribute(signer: SignerInfo, type: string, object: string): Der {
  const values = signer.attributes.get(type) ?? [];
  const [value] = values;
  if (value === undefined || values.length !== 1) {
    throw malformed(object, `one value of the signed attribute ${type}`, `${values.length}`);
  }
  return value;
}

/** CMS names RSA signatures by the key's OID, their hash apart (RFC 3370 section 3.2). */
function signerScheme(signer: SignerInfo, object: string): SignatureScheme {
  const { signatureAlgorithm, digestAlgorithm } = signer;
  return signatureAlgorithm.oid === RSA_KEY && hasNoParameters(signatureAlgorithm)
    ? { kind: 'rsa', hash: hashNameOf(digestAlgorithm, object) }
    : schemeOf(signatureAlgorithm, object);
}

function describe({ signer, certificates }: SignedData): string {
  const certificate = certificates.find((candidate) => isSigner(signer, candidate));
  if (certificate !== undefined) {
    return quote(certificate.subject.text);
  }
  const id =
    signer.id.kind === 'subject-key-id'
      ? `key ${signer.id.keyId}`
      : `serial number ${signer.id.serialNumber.toString(16)}`;
  return quote(id, 60);
}

function hexOf(bytes: Uint8Array): string {
  return quote(Buffer.from(bytes).toString('hex'), 128);
}
