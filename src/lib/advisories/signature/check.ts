import { constants, createHash, publicDecrypt, verify } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { ALGORITHMS, type KeyPacket } from './key-packet.ts';
import { refusal } from './refusal.ts';
import type { SignaturePacket } from './signature-packet.ts';

/** RFC 9580, section 9.5, and the head of a DigestInfo (RFC 8017, section 9.2). SHA-1 and older ones do not count. */
const HASHES: ReadonlyMap<number, { readonly name: string; readonly info: string }> = new Map([
  [8, { name: 'sha256', info: '3031300d060960864801650304020105000420' }],
  [9, { name: 'sha384', info: '3041300d060960864801650304020205000430' }],
  [10, { name: 'sha512', info: '3051300d060960864801650304020305000440' }],
]);

/** What a signature is over: pieces, as they are read. */
export type Signed = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Throws `ADVISORY_SIGNATURE_INVALID` unless this key has signed this. */
export async function checkSignature(
  signature: SignaturePacket,
  { key, algorithm }: KeyPacket,
  signed: Signed,
  object: string,
): Promise<void> {
  const hash = HASHES.get(signature.hash);
  if (hash === undefined) {
    throw refusal(object, 'a signature with SHA-256, SHA-384 or SHA-512', `hash algorithm ${signature.hash}`);
  }
  if (signature.unknownCritical !== null) {
    throw refusal(object, 'critical subpackets that are known', `type ${signature.unknownCritical}`);
  }
  if (key === null || (isRsa(algorithm) ? !isRsa(signature.algorithm) : algorithm !== signature.algorithm)) {
    throw refusal(object, 'a signature of RSA or Ed25519 by a key of the same', `algorithm ${signature.algorithm}`);
  }
  const hasher = createHash(hash.name);
  for await (const piece of signed) {
    hasher.update(piece);
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(signature.signed.length);
  const digest = hasher
    .update(signature.signed)
    .update(Buffer.from([4, 0xff]))
    .update(length)
    .digest();
  if (digest[0] !== signature.left[0] || digest[1] !== signature.left[1]) {
    throw refusal(object, 'a signature of these bytes', 'one of others');
  }
  const value = valueOf(signature, (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8, object);
  const isOf = isRsa(algorithm)
    ? decrypted(key, value).equals(Buffer.concat([Buffer.from(hash.info, 'hex'), digest]))
    : verify(null, digest, key, value);
  if (!isOf) {
    throw refusal(object, 'a signature by this key', 'one that does not verify');
  }
}

function isRsa(algorithm: number): boolean {
  return algorithm === ALGORITHMS.rsa || algorithm === ALGORITHMS.rsaSign;
}

/** The digest is made of a stream, which `verify` of node:crypto does not take; the padding is checked by OpenSSL. */
function decrypted(key: NonNullable<KeyPacket['key']>, value: Uint8Array): Buffer {
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, value);
  } catch {
    return Buffer.alloc(0);
  }
}

/** As node:crypto takes it: numbers of OpenPGP lose the zeros at their head. */
function valueOf({ algorithm, value }: SignaturePacket, modulusBytes: number, object: string): Uint8Array {
  const reader = new ByteReader(value, object);
  const parts: Uint8Array[] = [];
  switch (algorithm) {
    case ALGORITHMS.rsa:
    case ALGORITHMS.rsaSign:
      parts.push(padded(reader.mpi(modulusBytes * 8), Math.ceil(modulusBytes)));
      break;
    case ALGORITHMS.eddsaLegacy:
      parts.push(padded(reader.mpi(256), 32), padded(reader.mpi(256), 32));
      break;
    case ALGORITHMS.ed25519:
      parts.push(reader.take(64));
      break;
    default:
      throw refusal(object, 'a signature of RSA or Ed25519', `algorithm ${algorithm}`);
  }
  reader.end('a signature');
  return Buffer.concat(parts);
}

function padded(number: Uint8Array, length: number): Uint8Array {
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}
