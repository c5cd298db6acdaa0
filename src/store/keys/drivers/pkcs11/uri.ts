import { quote } from '#base/error.ts';
import { KeyError } from '../../error.ts';

/** A PKCS #11 URI (RFC 7512), its attributes decoded. */
export interface Pkcs11Uri {
  /** What is before the `?`, as it was written. It says which key, and holds no secret. */
  readonly path: string;
  readonly pathAttributes: ReadonlyMap<string, Buffer>;
  /** Those that are defined; others have no meaning here and are left out (section 2.5). */
  readonly queryAttributes: ReadonlyMap<string, Buffer>;
}

const SCHEME = /^pkcs11:/i;
const MAX_CHARS = 8192;
const NAME = /^[A-Za-z0-9_-]+$/;
/** `pk11-pchar` and `pk11-qchar` of section 2.3, without what is percent-encoded. */
const PATH_VALUE = /^[A-Za-z0-9\-._~:[\]@!$'()*+,=&%]*$/;
const QUERY_VALUE = /^[A-Za-z0-9\-._~:[\]@!$'()*+,=/?|%]*$/;
const PATH_NAMES: readonly string[] = [
  'token',
  'manufacturer',
  'serial',
  'model',
  'object',
  'type',
  'id',
  'slot-id',
  'library-manufacturer',
  'library-version',
  'library-description',
  'slot-manufacturer',
  'slot-description',
];
const QUERY_NAMES: readonly string[] = ['pin-source', 'pin-value', 'module-name', 'module-path'];
const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;
const PERCENT = 0x25;

export function isPkcs11Uri(reference: string): boolean {
  return SCHEME.test(reference);
}

/**
 * Reads a PKCS #11 URI. Of the query no error says a word: there may be a PIN in it. Throws `KEY_REFERENCE_INVALID`,
 * also for attributes of the path that RFC 7512 does not define: they would match no key (section 2.5).
 */
export function parsePkcs11Uri(reference: string): Pkcs11Uri {
  if (!isPkcs11Uri(reference) || reference.length > MAX_CHARS) {
    throw invalidUri(`pkcs11: and at most ${MAX_CHARS} characters`, `${reference.length} characters`);
  }
  const body = reference.slice(reference.indexOf(':') + 1);
  const mark = body.indexOf('?');
  const path = mark === -1 ? body : body.slice(0, mark);
  const query = mark === -1 ? '' : body.slice(mark + 1);
  const queryAttributes = attributesOf(query, '&', QUERY_VALUE, 'in the query');
  return {
    path: `pkcs11:${path}`,
    pathAttributes: attributesOf(path, ';', PATH_VALUE, 'before the ?', (name) => {
      if (!PATH_NAMES.includes(name)) {
        throw invalidUri(`one of ${PATH_NAMES.join(', ')} before the ?`, quote(name));
      }
    }),
    queryAttributes: new Map([...queryAttributes].filter(([name]) => QUERY_NAMES.includes(name))),
  };
}

function attributesOf(
  text: string,
  separator: string,
  values: RegExp,
  where: string,
  check?: (name: string) => void,
): Map<string, Buffer> {
  const attributes = new Map<string, Buffer>();
  for (const attribute of text === '' ? [] : text.split(separator)) {
    const equals = attribute.indexOf('=');
    const name = attribute.slice(0, Math.max(equals, 0));
    const value = attribute.slice(equals + 1);
    if (!NAME.test(name) || !values.test(value)) {
      throw invalidUri(`NAME=VALUE, divided by ${separator}, ${where}`, 'something else');
    }
    check?.(name);
    const isVendors = !PATH_NAMES.includes(name) && !QUERY_NAMES.includes(name);
    if (attributes.has(name) && !isVendors) {
      throw invalidUri(`each attribute once ${where}`, `${name} twice`);
    }
    attributes.set(name, decodePercent(value, where));
  }
  return attributes;
}

/** To bytes: an `id` is not text. */
function decodePercent(value: string, where: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== PERCENT) {
      bytes[length++] = bytes[at] ?? 0;
      continue;
    }
    const digits = value.slice(at + 1, at + 3);
    if (!HEX_PAIR.test(digits)) {
      throw invalidUri(`two hex digits after each % ${where}`, 'something else');
    }
    bytes[length++] = Number.parseInt(digits, 16);
    at += 2;
  }
  return bytes.subarray(0, length);
}

export function invalidUri(expected: string, found: string, hint?: string): KeyError {
  return new KeyError('KEY_REFERENCE_INVALID', 'not a PKCS #11 URI that names a key', {
    object: 'PKCS #11 URI',
    expected,
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}
