import { createPublicKey } from 'node:crypto';
import { digestOf } from '#base/digest.ts';
import { messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { Fields } from '../attestations/fields.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { TrustError } from '../error.ts';
import { type TimestampAuthority, timestampAuthority } from '../timestamps/authority.ts';
import { type CertificateAuthority, certificateAuthority, type ValidFor } from '../x509/authority.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { type LogKey, parseLogKey } from './log-key.ts';
import { KEY_HINT_BYTES, type Log, type TrustRoot, UNNAMED_OPERATOR } from './trust-root.ts';

const MEDIA_TYPES = [
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot.v0.1+json',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
] as const;

/** Of each kind; the public good instance has two or three after five years. */
const MAX_INSTANCES = 128;
const MAX_CHAIN = 16;

/**
 * Reads Sigstore's `trusted_root.json`, of media types v0.1 (either spelling) and v0.2. Keys and chains are made once, so
 * keep the result. A log or authority without a beginning is refused: it would be believed for times before it existed.
 * Throws `TRUST_ROOT_INVALID`, `KEY_INVALID`, `CERTIFICATE_INVALID`, `CHAIN_INVALID`, `BASE64_INVALID`, `JSON_INVALID`, …
 */
export function parseTrustRoot(bytes: Uint8Array, object: string): TrustRoot {
  if (bytes.length > LIMITS.trustRootBytes) {
    throw limitExceeded(object, LIMITS.trustRootBytes, 'bytes', bytes.length);
  }
  const root = Fields.of(parseStrictJson(bytes, object), object, 'TRUST_ROOT_INVALID');
  root.word('mediaType', MEDIA_TYPES);
  return {
    digest: digestOf(bytes),
    certificateAuthorities: members(root, 'certificateAuthorities', object, readCertificateAuthority),
    transparencyLogs: members(root, 'tlogs', object, readLog),
    ctLogs: members(root, 'ctlogs', object, readLog),
    timestampAuthorities: members(root, 'timestampAuthorities', object, readTimestampAuthority),
  };
}

function members<T>(
  root: Fields,
  name: string,
  object: string,
  read: (member: Fields, object: string) => T,
): readonly T[] {
  const items = root.optionalItems(name);
  if (items.length > MAX_INSTANCES) {
    throw limitExceeded(`${name} of ${object}`, MAX_INSTANCES, 'members', items.length);
  }
  return items.map((item, index) => read(item, `${name}[${index}] of ${object}`));
}

function readLog(log: Fields, object: string): Log {
  log.word('hashAlgorithm', ['SHA2_256']);
  const publicKey = log.fields('publicKey');
  const logId = keyId(log, 'logId', object);
  const checkpointKeyId = log.has('checkpointKeyId') ? keyId(log, 'checkpointKeyId', object) : logId;
  return {
    baseUrl: log.optionalText('baseUrl'),
    operator: log.optionalText('operator') ?? UNNAMED_OPERATOR,
    key: readKey(publicKey, object),
    logId,
    checkpointKeyHint: checkpointKeyId.subarray(0, KEY_HINT_BYTES),
    validFor: readValidity(publicKey),
  };
}

function keyId(log: Fields, name: string, object: string): Buffer {
  const id = decodeBase64(log.fields(name).text('keyId'), `${name} of ${object}`);
  if (id.length < KEY_HINT_BYTES) {
    throw log.invalid(name, `a key id of at least ${KEY_HINT_BYTES} octets`, `${id.length}`);
  }
  return id;
}

function readKey(publicKey: Fields, object: string): LogKey {
  const details = publicKey.text('keyDetails');
  const bytes = decodeBase64(publicKey.text('rawBytes'), `key of ${object}`);
  return parseLogKey(details.startsWith('PKCS1_') ? fromPkcs1(bytes, object) : bytes, details, `key of ${object}`);
}

/** The oldest RSA logs have the bare RSAPublicKey. */
function fromPkcs1(der: Buffer, object: string): Buffer {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'pkcs1' }).export({ format: 'der', type: 'spki' });
  } catch (error) {
    throw new TrustError('KEY_INVALID', 'not a public key', {
      object: `key of ${object}`,
      expected: 'an RSAPublicKey (PKCS #1)',
      found: quote(messageOf(error)),
      cause: error,
    });
  }
}

interface Authority {
  readonly name: string;
  readonly certificates: readonly Certificate[];
  readonly validFor: ValidFor;
}

function readCertificateAuthority(authority: Fields, object: string): CertificateAuthority {
  return certificateAuthority(readAuthority(authority, object));
}

function readTimestampAuthority(authority: Fields, object: string): TimestampAuthority {
  return timestampAuthority(readAuthority(authority, object));
}

function readAuthority(authority: Fields, object: string): Authority {
  const items = authority.fields('certChain').optionalItems('certificates');
  if (items.length > MAX_CHAIN) {
    throw limitExceeded(`chain of ${object}`, MAX_CHAIN, 'certificates', items.length);
  }
  const certificates = items.map((item, index) => {
    const name = `certificate ${index + 1} of ${object}`;
    return parseCertificate(decodeBase64(item.text('rawBytes'), name), name);
  });
  const anchor = certificates.at(-1);
  if (anchor === undefined) {
    throw authority.invalid('certChain', 'at least one certificate', 'none');
  }
  // An operator counts once however many authorities it runs.
  const name = authority.optionalText('operator') ?? authority.optionalText('uri') ?? anchor.subject.text;
  return { name, certificates, validFor: readValidity(authority) };
}

function readValidity(holder: Fields): ValidFor {
  const range = holder.fields('validFor');
  return { start: range.time('start'), end: range.optionalTime('end') };
}
