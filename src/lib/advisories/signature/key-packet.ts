import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { ByteReader } from './byte-reader.ts';
import { refusal } from './refusal.ts';

/** RFC 9580, section 9.1: the algorithms that count here; 3 is RSA that only signs. */
export const ALGORITHMS = { rsa: 1, rsaSign: 3, eddsaLegacy: 22, ed25519: 27 } as const;

/** A public key of version 4, by itself: whom it belongs to and what it may do is said by signatures. */
export interface KeyPacket {
  /** 40 digits, the last 16 of which are the key id. */
  readonly fingerprint: string;
  /** Milliseconds UTC. */
  readonly created: number;
  readonly algorithm: number;
  /** Null where it is of an algorithm that does not count. */
  readonly key: KeyObject | null;
  /** As signatures hash it: a head with the length, and the packet. */
  readonly signed: Uint8Array;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
const MAX_EXPONENT_BITS = 32;
const ED25519_OID = '092b06010401da470f01';

/** RFC 9580, section 5.5.2.2. */
export function readKeyPacket(body: Uint8Array, object: string): KeyPacket {
  const reader = new ByteReader(body, object);
  const version = reader.number(1);
  if (version !== 4 || body.length > 0xffff) {
    throw refusal(object, 'a key of version 4', `version ${version}`);
  }
  const created = reader.number(4) * 1000;
  const algorithm = reader.number(1);
  const signed = Buffer.concat([Buffer.from([0x99, body.length >> 8, body.length & 0xff]), body]);
  const fingerprint = createHash('sha1').update(signed).digest('hex');
  return { fingerprint, created, algorithm, key: readKey(algorithm, reader, object), signed };
}

function readKey(algorithm: number, reader: ByteReader, object: string): KeyObject | null {
  switch (algorithm) {
    case ALGORITHMS.rsa:
    case ALGORITHMS.rsaSign: {
      const [n, e] = [reader.mpi(MAX_RSA_BITS), reader.mpi(MAX_EXPONENT_BITS)];
      reader.end('a key');
      const bits = n.length === 0 ? 0 : n.length * 8 - (Math.clz32(n[0] ?? 0) - 24);
      if (bits < MIN_RSA_BITS || !isOdd(n) || !isOdd(e) || (e.length === 1 && e[0] === 1)) {
        throw refusal(object, `a key of RSA of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`, `one of ${bits}`);
      }
      return imported({ kty: 'RSA', n: base64url(n), e: base64url(e) }, object);
    }
    case ALGORITHMS.eddsaLegacy: {
      const oid = Buffer.from(reader.take(ED25519_OID.length / 2)).toString('hex');
      const point = reader.mpi(263);
      reader.end('a key');
      if (oid !== ED25519_OID || point.length !== 33 || point[0] !== 0x40) {
        throw refusal(object, 'a key of Ed25519', 'one of another curve');
      }
      return imported({ kty: 'OKP', crv: 'Ed25519', x: base64url(point.subarray(1)) }, object);
    }
    case ALGORITHMS.ed25519: {
      const point = reader.take(32);
      reader.end('a key');
      return imported({ kty: 'OKP', crv: 'Ed25519', x: base64url(point) }, object);
    }
    default:
      return null;
  }
}

function isOdd(number: Uint8Array): boolean {
  return ((number.at(-1) ?? 0) & 1) === 1;
}

function imported(jwk: Record<string, string>, object: string): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw refusal(object, 'a public key', 'numbers that are none');
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
