import { createPublicKey, type KeyObject } from 'node:crypto';
import { answerInvalid } from './error.ts';

const BEGIN = '-----BEGIN PUBLIC KEY-----';
const END = '-----END PUBLIC KEY-----';

/**
 * A public key as services give it: one PEM block (RFC 7468) with a SubjectPublicKeyInfo. Throws
 * `KEY_SERVICE_ANSWER_INVALID`; OpenSSL alone would also take certificates, private keys and what stands behind the block.
 */
export function publicKeyFromPem(text: string, name: string): KeyObject {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trimEnd());
  if (lines[0] !== BEGIN || lines.at(-1) !== END) {
    throw answerInvalid(name, `one block between ${BEGIN} and ${END}`, 'another text');
  }
  const der = decodeBase64(lines.slice(1, -1).join(''));
  if (der === null) {
    throw answerInvalid(name, 'a public key in base64', 'something else');
  }
  return publicKeyFromDer(der, name);
}

/** A SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), and nothing behind it. Throws `KEY_SERVICE_ANSWER_INVALID`. */
export function publicKeyFromDer(der: Uint8Array, name: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch (error) {
    throw answerInvalid(name, 'a SubjectPublicKeyInfo', 'other bytes', error);
  }
  if (!key.export({ format: 'der', type: 'spki' }).equals(der)) {
    throw answerInvalid(name, 'a SubjectPublicKeyInfo in DER', 'another way to write it');
  }
  return key;
}

/** Strictly the base64 of RFC 4648 section 4, padding included; null for anything else and for nothing. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : null;
}
