import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { Fields } from '../attestations/fields.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import { parsePem } from '../encoding/pem.ts';
import type { LogEntry } from '../signed.ts';

/** What an entry of a log says: this key or certificate signed that content with this signature. */
export interface LogBody {
  readonly kind: 'hashedrekord' | 'dsse' | 'intoto';
  /** `0.0.1`, `0.0.2`. */
  readonly version: string;
  /** Of the signed bytes for `hashedrekord`, else of the payload inside the envelope. */
  readonly contentHash: LogHash;
  readonly signature: Uint8Array;
  readonly verifier: LogVerifier;
}

export interface LogHash {
  readonly algorithm: HashName;
  readonly value: Uint8Array;
}

/** DER of a leaf certificate, or of a SubjectPublicKeyInfo. */
export type LogVerifier =
  | { readonly kind: 'certificate'; readonly der: Uint8Array }
  | { readonly kind: 'key'; readonly spki: Uint8Array };

type HashName = 'sha256' | 'sha384' | 'sha512';

const HASH_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** As Rekor v2 writes them (protobuf-specs, sigstore_common.proto, HashAlgorithm). */
const V2_HASHES = { SHA2_256: 'sha256', SHA2_384: 'sha384', SHA2_512: 'sha512' } as const;

/**
 * Reads the canonicalised body of an entry (rekor, pkg/types/…/schema.json; rekor-tiles, api/proto/rekor/v2): hashedrekord
 * 0.0.1 and 0.0.2, dsse 0.0.1 and 0.0.2, intoto 0.0.2. An intoto 0.0.1 entry does not hold the signature, so that any
 * other signature by the key would pass for it: refused. Throws `LOG_BODY_INVALID`, `JSON_INVALID`, `BASE64_INVALID`, `PEM_INVALID`.
 */
export function parseLogBody(entry: LogEntry, object: string): LogBody {
  const place = `body of ${object}`;
  const body = Fields.of(parseStrictJson(entry.canonicalizedBody, place), place, 'LOG_BODY_INVALID');
  const kind = body.text('kind');
  const version = body.text('apiVersion');
  const said = entry.kindVersion;
  if (said !== null && (said.kind !== kind || said.version !== version)) {
    throw body.invalid('kind', quote(`${said.kind} ${said.version}`, 80), quote(`${kind} ${version}`, 80));
  }
  const spec = body.fields('spec');
  switch (`${kind} ${version}`) {
    case 'hashedrekord 0.0.1':
      return { kind: 'hashedrekord', version, ...hashedRekordV1(spec, place) };
    case 'hashedrekord 0.0.2':
      return { kind: 'hashedrekord', version, ...hashedRekordV2(spec.fields('hashedRekordV002'), place) };
    case 'dsse 0.0.1':
      return { kind: 'dsse', version, ...dsseV1(spec, place) };
    case 'dsse 0.0.2':
      return { kind: 'dsse', version, ...dsseV2(spec.fields('dsseV002'), place) };
    case 'intoto 0.0.2':
      return { kind: 'intoto', version, ...intoto(spec.fields('content'), place) };
    default:
      throw body.invalid(
        'kind',
        'hashedrekord or dsse of version 0.0.1 or 0.0.2, or intoto of version 0.0.2',
        quote(`${kind} ${version}`, 80),
      );
  }
}

type Content = Pick<LogBody, 'contentHash' | 'signature' | 'verifier'>;

function hashedRekordV1(spec: Fields, object: string): Content {
  const signature = spec.fields('signature');
  return {
    contentHash: hashV1(spec.fields('data').fields('hash')),
    signature: bytes(signature, 'content', object),
    verifier: verifierV1(signature.fields('publicKey'), 'content', object),
  };
}

function hashedRekordV2(spec: Fields, object: string): Content {
  const signature = spec.fields('signature');
  return {
    contentHash: hashV2(spec.fields('data'), object),
    signature: bytes(signature, 'content', object),
    verifier: verifierV2(signature.fields('verifier'), object),
  };
}

/** `envelopeHash` is over the JSON as it was uploaded, which nobody else has; payload and signature decide. */
function dsseV1(spec: Fields, object: string): Content {
  const signature = onlySignature(spec);
  return {
    contentHash: hashV1(spec.fields('payloadHash')),
    signature: bytes(signature, 'signature', object),
    verifier: verifierV1(signature, 'verifier', object),
  };
}

function dsseV2(spec: Fields, object: string): Content {
  const signature = onlySignature(spec);
  return {
    contentHash: hashV2(spec.fields('payloadHash'), object),
    signature: bytes(signature, 'content', object),
    verifier: verifierV2(signature.fields('verifier'), object),
  };
}

/** The signature is base64 inside base64: the log took the text of the envelope for bytes. */
function intoto(content: Fields, object: string): Content {
  const signature = onlySignature(content.fields('envelope'));
  return {
    contentHash: hashV1(content.fields('payloadHash')),
    signature: decodeBase64(bytes(signature, 'sig', object).toString('latin1'), `signature of ${object}`),
    verifier: verifierV1(signature, 'publicKey', object),
  };
}

function onlySignature(holder: Fields): Fields {
  const signatures = holder.items('signatures');
  const [signature] = signatures;
  if (signature === undefined || signatures.length !== 1) {
    throw holder.invalid('signatures', 'one signature', `${signatures.length}`);
  }
  return signature;
}

function hashV1(digest: Fields): LogHash {
  const algorithm = digest.word('algorithm', ['sha256', 'sha384', 'sha512']);
  const text = digest.text('value');
  if (text.length !== 2 * HASH_BYTES[algorithm] || !/^[0-9a-f]+$/.test(text)) {
    throw digest.invalid('value', `${2 * HASH_BYTES[algorithm]} hex digits`, quote(text, 80));
  }
  return { algorithm, value: Buffer.from(text, 'hex') };
}

function hashV2(digest: Fields, object: string): LogHash {
  const algorithm = V2_HASHES[digest.word('algorithm', ['SHA2_256', 'SHA2_384', 'SHA2_512'])];
  const value = bytes(digest, 'digest', object);
  if (value.length !== HASH_BYTES[algorithm]) {
    throw digest.invalid('digest', `${HASH_BYTES[algorithm]} octets`, `${value.length}`);
  }
  return { algorithm, value };
}

/** PEM inside base64: a key, or a certificate, which its issuers may follow. */
function verifierV1(holder: Fields, name: string, object: string): LogVerifier {
  const blocks = parsePem(bytes(holder, name, object).toString('latin1'), `${name} of ${object}`);
  const [first] = blocks;
  if (first?.label === 'PUBLIC KEY' && blocks.length === 1) {
    return { kind: 'key', spki: first.der };
  }
  if (first !== undefined && blocks.every((block) => block.label === 'CERTIFICATE')) {
    return { kind: 'certificate', der: first.der };
  }
  throw holder.invalid(
    name,
    'PEM of one PUBLIC KEY, or of a CERTIFICATE and its issuers',
    blocks
      .slice(0, 4)
      .map((block) => quote(block.label, 40))
      .join(', '),
  );
}

function verifierV2(verifier: Fields, object: string): LogVerifier {
  if (verifier.has('publicKey') === verifier.has('x509Certificate')) {
    throw verifier.invalid('publicKey', 'there or an x509Certificate', verifier.has('publicKey') ? 'both' : 'neither');
  }
  return verifier.has('publicKey')
    ? { kind: 'key', spki: bytes(verifier.fields('publicKey'), 'rawBytes', object) }
    : { kind: 'certificate', der: bytes(verifier.fields('x509Certificate'), 'rawBytes', object) };
}

function bytes(fields: Fields, name: string, object: string): Buffer {
  return decodeBase64(fields.text(name), `${name} of ${object}`);
}
