import type { KeyObject } from 'node:crypto';
import { KeyError } from '../../error.ts';
import { curveInput } from '../../remote/curve-input.ts';
import { answerInvalid, shown } from '../../remote/error.ts';
import type { Hash, SigningMethod } from '../../schemes.ts';

/** What a version of a key does, which Google fixes when it is made. */
export interface GoogleAlgorithm {
  /** As Google names it. */
  readonly id: string;
  readonly kind: Exclude<SigningMethod['kind'], 'ed25519'>;
  readonly hash: Hash;
}

const ECDSA: ReadonlyMap<string, { readonly hash: Hash; readonly curve: string }> = new Map([
  ['EC_SIGN_P256_SHA256', { hash: 'sha256', curve: 'prime256v1' }],
  ['EC_SIGN_P384_SHA384', { hash: 'sha384', curve: 'secp384r1' }],
]);
const RSA = /^RSA_SIGN_(PSS|PKCS1)_(2048|3072|4096)_SHA(256|512)$/;
const OCTETS = { sha256: 32, sha384: 48, sha512: 64 } as const;

/** Throws `KEY_UNSUPPORTED`, and `KEY_SERVICE_ANSWER_INVALID` for a key that the algorithm has none of. */
export function googleAlgorithm(id: string, publicKey: KeyObject, name: string): GoogleAlgorithm {
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  const ecdsa = ECDSA.get(id);
  const [, padding, bits, digits] = RSA.exec(id) ?? [];
  if (ecdsa === undefined && padding === undefined) {
    throw new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', {
      object: name,
      expected: 'one to sign with by ECDSA on P-256 or P-384, or by RSA: of what is signed only the digest is sent',
      found: shown(id, /^[A-Z0-9_]{1,80}$/),
    });
  }
  const isOfKind = ecdsa === undefined ? modulusLength === Number(bits) : namedCurve === ecdsa.curve;
  if (!isOfKind) {
    throw answerInvalid(name, `a key for ${id}`, `one of type ${publicKey.asymmetricKeyType ?? 'none'}`);
  }
  return ecdsa === undefined
    ? { id, kind: padding === 'PSS' ? 'rsa-pss' : 'rsa-pkcs1', hash: digits === '512' ? 'sha512' : 'sha256' }
    : { id, kind: 'ecdsa', hash: ecdsa.hash };
}

/** The digest that the version is asked to sign. Throws `KEY_SCHEME_MISMATCH` where it signs in another way. */
export function digestFor(
  algorithm: GoogleAlgorithm,
  method: SigningMethod,
  input: Uint8Array,
  name: string,
): Uint8Array {
  if (method.kind === 'ecdsa' && algorithm.kind === 'ecdsa') {
    return curveInput(input, OCTETS[algorithm.hash]);
  }
  if (method.kind !== algorithm.kind || method.hash !== algorithm.hash) {
    throw new KeyError('KEY_SCHEME_MISMATCH', 'not a signature that this key makes', {
      object: name,
      expected: algorithm.id,
      found: method.kind === 'ed25519' ? method.kind : `${method.kind} with ${method.hash}`,
    });
  }
  return input;
}
