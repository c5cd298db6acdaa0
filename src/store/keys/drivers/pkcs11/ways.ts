import { createHash, type KeyObject } from 'node:crypto';
import type { SigningScheme } from '#model/signing.ts';

/** One way to have a token make a signature: what it is asked, and how its answer is written elsewhere. */
export interface Way {
  /** `CKM_…`. */
  readonly mechanism: number;
  readonly parameter: readonly number[] | null;
  data(): Uint8Array;
  /** What the token gives has exactly so many bytes. */
  readonly rawBytes: number;
  /** ECDSA: two numbers, to be written as DER. */
  readonly isPair: boolean;
}

const CKM_RSA_PKCS = 0x01;
const CKM_RSA_PKCS_PSS = 0x0d;
const CKM_SHA256_RSA_PKCS = 0x40;
const CKM_ECDSA = 0x1041;
const CKM_EDDSA = 0x1057;

interface Hash {
  readonly name: string;
  readonly bytes: number;
  /** `CKM_SHA…`, `CKG_MGF1_SHA…`, and the mechanisms that hash by themselves. */
  readonly mechanism: number;
  readonly mgf: number;
  readonly withPss: number;
  readonly withEcdsa: number;
}

const SHA256: Hash = { name: 'sha256', bytes: 32, mechanism: 0x250, mgf: 2, withPss: 0x43, withEcdsa: 0x1044 };
const SHA384: Hash = { name: 'sha384', bytes: 48, mechanism: 0x260, mgf: 3, withPss: 0x44, withEcdsa: 0x1045 };
const SHA512: Hash = { name: 'sha512', bytes: 64, mechanism: 0x270, mgf: 4, withPss: 0x45, withEcdsa: 0x1046 };

/** RFC 8017, section 9.2, note 1. */
const SHA256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const ED25519_SIGNATURE_BYTES = 64;

const BY_CURVE: ReadonlyMap<string | undefined, { readonly hash: Hash; readonly bytes: number }> = new Map([
  ['prime256v1', { hash: SHA256, bytes: 32 }],
  ['secp384r1', { hash: SHA384, bytes: 48 }],
  ['secp521r1', { hash: SHA512, bytes: 66 }],
]);
const BY_MODULUS: ReadonlyMap<number | undefined, Hash> = new Map([
  [2048, SHA256],
  [3072, SHA384],
  [4096, SHA512],
]);

/**
 * The ways to sign bytes by a scheme, the best first; the next is for tokens that lack its mechanism. The hash is made
 * here where it can be: bytes to be signed may be many. None when the key does not sign so.
 */
export function waysToSign(publicKey: KeyObject, scheme: SigningScheme, bytes: Uint8Array): readonly Way[] {
  const { namedCurve, modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {};
  const all = (): Uint8Array => bytes;
  const hashed = (hash: Hash) => (): Buffer => createHash(hash.name).update(bytes).digest();
  switch (`${publicKey.asymmetricKeyType ?? ''} ${scheme}`) {
    case 'ec ecdsa':
    case 'ec ecdsa-sha256': {
      const curve = BY_CURVE.get(namedCurve);
      if (curve === undefined) {
        return [];
      }
      const hash = scheme === 'ecdsa' ? curve.hash : SHA256;
      const pair = { parameter: null, rawBytes: 2 * curve.bytes, isPair: true };
      return [
        { ...pair, mechanism: CKM_ECDSA, data: hashed(hash) },
        { ...pair, mechanism: hash.withEcdsa, data: all },
      ];
    }
    case 'rsa rsa-pkcs1-sha256': {
      const plain = { parameter: null, rawBytes: modulusLength / 8, isPair: false };
      const digestInfo = (): Buffer => Buffer.concat([SHA256_DIGEST_INFO, hashed(SHA256)()]);
      return [
        { ...plain, mechanism: CKM_RSA_PKCS, data: digestInfo },
        { ...plain, mechanism: CKM_SHA256_RSA_PKCS, data: all },
      ];
    }
    case 'rsa rsa-pss': {
      const hash = BY_MODULUS.get(modulusLength);
      if (hash === undefined) {
        return [];
      }
      // The salt is as long as the hash (CK_RSA_PKCS_PSS_PARAMS: hashAlg, mgf, sLen).
      const salted = { parameter: [hash.mechanism, hash.mgf, hash.bytes], rawBytes: modulusLength / 8, isPair: false };
      return [
        { ...salted, mechanism: CKM_RSA_PKCS_PSS, data: hashed(hash) },
        { ...salted, mechanism: hash.withPss, data: all },
      ];
    }
    case 'ed25519 ed25519':
      return [{ mechanism: CKM_EDDSA, parameter: null, data: all, rawBytes: ED25519_SIGNATURE_BYTES, isPair: false }];
    default:
      return [];
  }
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** `r` and `s` side by side, as tokens write them, to DER (RFC 3279 section 2.2.3). */
export function pairToDer(raw: Uint8Array): Buffer {
  const half = raw.length / 2;
  const content = Buffer.concat([derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half))]);
  // At most two integers of 66 octets and a zero: a length of one octet, or of two.
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([SEQUENCE, ...length]), content]);
}

function derInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((octet) => octet !== 0);
  const digits = first === -1 ? bytes.subarray(-1) : bytes.subarray(first);
  const content = (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits]);
  return Buffer.concat([Buffer.from([INTEGER, content.length]), content]);
}
