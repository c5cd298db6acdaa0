import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Members, textOf } from '#base/json/members.ts';
import { KeyError } from '../../error.ts';
import { answerInvalid, shown } from '../../remote/error.ts';

/** How types and curves are called. */
const NAME = /^[A-Za-z0-9-]{1,16}$/;

/** Members of a public key. */
type Jwk = Readonly<Record<string, string>>;

/** Octets of a coordinate (RFC 7518 section 6.2.1.2). */
const CURVE_OCTETS: ReadonlyMap<string, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
]);

/**
 * The public key of a JSON Web Key as Azure writes it (RFC 7517; keys in hardware have types of their own). Throws
 * `KEY_UNSUPPORTED`, `KEY_SERVICE_ANSWER_INVALID`.
 */
export function publicKeyFromJwk(jwk: Members, name: string): KeyObject {
  const type = textOf(jwk, 'kty') ?? 'none';
  switch (type) {
    case 'EC':
    case 'EC-HSM':
      return keyOf(ellipticKey(jwk, name), name);
    case 'RSA':
    case 'RSA-HSM':
      return keyOf({ kty: 'RSA', n: numberIn(jwk, 'n', name), e: numberIn(jwk, 'e', name) }, name);
    default:
      throw unsupported(name, `a key of type ${shown(type, NAME)}`);
  }
}

/** The bytes of base64url without padding (RFC 7515 section 2), and of nothing else; null for anything else and for nothing. */
export function decodeBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : null;
}

export function unsupported(name: string, found: string): KeyError {
  return new KeyError('KEY_UNSUPPORTED', 'not a key that is signed with here', {
    object: name,
    expected: 'one to sign with, on P-256, P-384 or P-521, or RSA',
    found,
  });
}

function ellipticKey(jwk: Members, name: string): Jwk {
  const crv = textOf(jwk, 'crv') ?? 'none';
  const octets = CURVE_OCTETS.get(crv);
  if (octets === undefined) {
    throw unsupported(name, `a key on ${shown(crv, NAME)}`);
  }
  const [x, y] = ['x', 'y'].map((member) => textOf(jwk, member) ?? '');
  if (x === undefined || y === undefined || ![x, y].every((text) => decodeBase64Url(text)?.length === octets)) {
    throw answerInvalid(name, `coordinates x and y of ${octets} octets in base64url`, 'others');
  }
  return { kty: 'EC', crv, x, y };
}

/** Without zeros in front (RFC 7518 section 2, Base64urlUInt). */
function numberIn(jwk: Members, member: string, name: string): string {
  const text = textOf(jwk, member) ?? '';
  const bytes = decodeBase64Url(text);
  if (bytes === null || bytes[0] === 0) {
    throw answerInvalid(name, `a number ${member} in base64url`, 'something else');
  }
  return text;
}

function keyOf(jwk: Jwk, name: string): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch (error) {
    throw answerInvalid(name, 'a public key', 'numbers that are none', error);
  }
}
