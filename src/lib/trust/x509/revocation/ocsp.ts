import { LIMITS, limitExceeded } from '#base/limits.ts';
import { contextTag, type Der, parseDer, TAG } from '../../encoding/der.ts';
import { bitStringOf, integerOf, octetsOf, oidOf, timeOf } from '../../encoding/der-values.ts';
import { type AlgorithmIdentifier, algorithmOf, hasNoParameters } from '../algorithm.ts';
import { type Certificate, parseCertificate } from '../certificate.ts';
import { extensionsOf } from '../extensions.ts';
import { malformed } from './malformed.ts';
import { reasonOf } from './reasons.ts';

/** A successful basic OCSP response (RFC 6960 section 4.2.1), read and not yet verified. */
export interface OcspResponse {
  readonly object: string;
  readonly responder: ResponderId;
  /** Milliseconds since 1970. */
  readonly producedAt: number;
  readonly answers: readonly OcspAnswer[];
  /** Anybody's. */
  readonly certificates: readonly Certificate[];
  readonly signedBytes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export type ResponderId =
  /** DER of its name. */
  | { readonly kind: 'name'; readonly name: Uint8Array }
  /** SHA-1 of its key's bits, in hex. */
  | { readonly kind: 'key'; readonly hash: string };

/** What is said of one certificate. */
export interface OcspAnswer {
  readonly certificate: CertificateId;
  readonly status: OcspStatus;
  readonly thisUpdate: number;
  /** Null where a newer answer may be had at any time: such an answer cannot be shown to be current. */
  readonly nextUpdate: number | null;
}

export type OcspStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly at: number; readonly reason: string }
  | { readonly kind: 'unknown' };

/** CertID: hashes in hex. SHA-1 is as good as any to tell which certificate is meant; nobody signs it. */
export interface CertificateId {
  readonly hash: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly issuerName: string;
  readonly issuerKey: string;
  readonly serialNumber: bigint;
}

const BASIC = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const HASHES: ReadonlyMap<string, CertificateId['hash']> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
const STATUSES = ['successful', 'malformedRequest', 'internalError', 'tryLater', '', 'sigRequired', 'unauthorized'];
const MAX_ANSWERS = 100;
const MAX_CERTIFICATES = 10;

/** Throws `REVOCATION_INVALID` (also for a response that is an error), `DER_INVALID`, `CERTIFICATE_INVALID`, `LIMIT_EXCEEDED`. */
export function parseOcspResponse(der: Uint8Array, object: string): OcspResponse {
  if (der.length > LIMITS.ocspResponseBytes) {
    throw limitExceeded(object, LIMITS.ocspResponseBytes, 'bytes', der.length);
  }
  const root = parseDer(der, object).expect(TAG.sequence, 'an OCSP response');
  const status = root.child(0, 'a status').expect(TAG.enumerated, 'a status').content;
  if (status.length !== 1 || status[0] !== 0) {
    throw malformed(object, 'a successful response', STATUSES[status[0] ?? 0] || 'another status');
  }
  const wrapper = root.child(1, 'a response').expect(contextTag(0), 'a response').child(0, 'a response');
  const type = oidOf(wrapper.expect(TAG.sequence, 'a response').child(0, 'the type of a response'));
  if (type !== BASIC) {
    throw malformed(object, 'a basic response', type);
  }
  const basic = parseDer(octetsOf(wrapper.child(1, 'a response')), object).expect(TAG.sequence, 'a response');
  const data = basic.child(0, 'an answer').expect(TAG.sequence, 'an answer');
  const certificates = basic.children[3]?.expect(contextTag(0), 'certificates');
  return {
    ...readData(data, object),
    object,
    certificates: certificates === undefined ? [] : certificatesOf(certificates, object),
    signedBytes: data.raw,
    signatureAlgorithm: algorithmOf(basic.child(1, 'an algorithm')),
    signature: bitStringOf(basic.child(2, 'a signature')),
  };
}

function certificatesOf(wrapper: Der, object: string): readonly Certificate[] {
  const list = wrapper.child(0, 'certificates').expect(TAG.sequence, 'certificates').children;
  if (list.length > MAX_CERTIFICATES) {
    throw limitExceeded(object, MAX_CERTIFICATES, 'certificates', list.length);
  }
  return list.map((value, index) => parseCertificate(value.raw, `certificate ${index + 1} of ${object}`));
}

function readData(data: Der, object: string): Pick<OcspResponse, 'responder' | 'producedAt' | 'answers'> {
  const [first, ...others] = data.children;
  const versioned = first?.tag === contextTag(0);
  if (versioned && integerOf(first.child(0, 'a version')) !== 0n) {
    throw malformed(object, 'version 1', 'another');
  }
  const [responder, producedAt, answers, list, ...rest] = versioned ? others : data.children;
  if (responder === undefined || producedAt === undefined || answers === undefined || rest.length > 0) {
    throw malformed(object, 'responder, time and answers', `${data.children.length} members`);
  }
  const { children } = answers.expect(TAG.sequence, 'answers');
  if (children.length > MAX_ANSWERS) {
    throw limitExceeded(object, MAX_ANSWERS, 'answers', children.length);
  }
  refuseCritical(list, object);
  return {
    responder: responderOf(responder, object),
    producedAt: timeOf(producedAt.expect(TAG.generalizedTime, 'a time')),
    answers: children.map((answer) => answerOf(answer, object)),
  };
}

function responderOf(value: Der, object: string): ResponderId {
  const inner = value.child(0, 'a responder');
  if (value.tag === contextTag(1)) {
    return { kind: 'name', name: inner.raw };
  }
  if (value.tag === contextTag(2)) {
    return { kind: 'key', hash: hexOf(octetsOf(inner)) };
  }
  throw malformed(object, 'a responder by name or key', `tag 0x${value.tag.toString(16)}`);
}

function answerOf(value: Der, object: string): OcspAnswer {
  const [id, status, thisUpdate, ...rest] = value.expect(TAG.sequence, 'an answer').children;
  if (id === undefined || status === undefined || thisUpdate === undefined) {
    throw malformed(object, 'certificate, status and time of an answer', `${value.children.length} members`);
  }
  const nextUpdate = rest[0]?.tag === contextTag(0) ? rest.shift() : undefined;
  const list = rest.shift();
  if (rest.length > 0) {
    throw malformed(object, 'nothing behind the extensions of an answer', `${rest.length} members`);
  }
  refuseCritical(list, object);
  return {
    certificate: certificateIdOf(id, object),
    status: statusOf(status, object),
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: nextUpdate === undefined ? null : timeOf(nextUpdate.child(0, 'a time')),
  };
}

function certificateIdOf(value: Der, object: string): CertificateId {
  const algorithm = algorithmOf(value.expect(TAG.sequence, 'a certificate id').child(0, 'a hash'));
  const hash = HASHES.get(algorithm.oid);
  if (hash === undefined || !hasNoParameters(algorithm)) {
    throw malformed(object, 'a certificate named by SHA-1 or SHA-2', algorithm.oid);
  }
  return {
    hash,
    issuerName: hexOf(octetsOf(value.child(1, 'the name of an issuer'))),
    issuerKey: hexOf(octetsOf(value.child(2, 'the key of an issuer'))),
    serialNumber: integerOf(value.child(3, 'a serial number')),
  };
}

function statusOf(value: Der, object: string): OcspStatus {
  switch (value.tag) {
    case contextTag(0, 'primitive'):
      return { kind: 'good' };
    case contextTag(2, 'primitive'):
      return { kind: 'unknown' };
    case contextTag(1): {
      const reason = value.find(contextTag(0));
      return {
        kind: 'revoked',
        at: timeOf(value.child(0, 'the time of a revocation')),
        reason: reason === undefined ? 'unspecified' : reasonOf(reason.child(0, 'a reason')),
      };
    }
    default:
      throw malformed(object, 'good, revoked or unknown', `tag 0x${value.tag.toString(16)}`);
  }
}

/** A nonce may be critical: nothing here asks with one, so none is compared (RFC 6960 section 4.4.1). */
function refuseCritical(list: Der | undefined, object: string): void {
  if (list === undefined) {
    return;
  }
  const extensions = extensionsOf(
    list.expect(contextTag(1), 'extensions').child(0, 'extensions').expect(TAG.sequence, 'extensions'),
  );
  for (const { oid, critical } of extensions.values()) {
    if (critical && oid !== NONCE) {
      throw malformed(object, 'only critical extensions that are understood here', oid);
    }
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
