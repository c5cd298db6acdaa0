import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';

/**
 * Base64 (RFC 4648 section 4) of signed or signing material, strictly: `Buffer.from` skips what it does not know, so two
 * readers could see different bytes. Refuses white space, the URL alphabet, missing padding and bits that are not zero.
 * Throws `BASE64_INVALID` naming `object`.
 */
export function decodeBase64(text: string, object: string): Buffer {
  return decode(text, 'base64', object);
}

/** Base64url without padding (RFC 7515 section 2), as strictly. Throws `BASE64_INVALID`. */
export function decodeBase64Url(text: string, object: string): Buffer {
  return decode(text, 'base64url', object);
}

function decode(text: string, alphabet: 'base64' | 'base64url', object: string): Buffer {
  const bytes = Buffer.from(text, alphabet);
  if (bytes.toString(alphabet) !== text) {
    throw new TrustError('BASE64_INVALID', `not ${alphabet}`, {
      object,
      expected: alphabet === 'base64' ? 'base64 with padding and nothing else' : 'base64url without padding',
      found: quote(text, 60),
    });
  }
  return bytes;
}
