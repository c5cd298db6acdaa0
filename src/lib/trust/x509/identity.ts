import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { Name } from './name.ts';

/** Attributes that an identity may name; `S` is another spelling of `ST`. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['CN', '2.5.4.3'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['POSTALCODE', '2.5.4.17'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
]);
const REQUIRED = ['C', 'ST', 'O'] as const;
const MAX_CHARS = 4096;

/**
 * Attribute values by their short names (`C`, `ST`, `O`, …; `S` is `ST`) of an identity that a Notary trust policy names
 * (trust-store-trust-policy.md, Trusted Identities Constraints): the text behind `x509.subject:`. Throws `IDENTITY_INVALID`
 * for an attribute twice, a multi-valued part, an unknown attribute, a bad escape, and where `C`, `ST` or `O` is missing.
 */
export function parseIdentity(text: string, object: string): ReadonlyMap<string, string> {
  if (text.length > MAX_CHARS) {
    throw invalid(object, `at most ${MAX_CHARS} characters`, `${text.length}`);
  }
  const identity = new Map<string, string>();
  for (let at = 0; at <= text.length; ) {
    const { name, value, end } = readAttribute(text, at, object);
    if (identity.has(name)) {
      throw invalid(object, 'each attribute once', `${name} twice`);
    }
    identity.set(name, value);
    at = end + 1;
  }
  for (const name of REQUIRED) {
    if (!identity.has(name)) {
      throw invalid(object, 'the attributes C, ST and O', `${quote(text)} without ${name}`);
    }
  }
  return identity;
}

/**
 * True when the name has each attribute of the identity, once and with exactly that value. An empty identity matches
 * nothing, and an attribute that the name has twice never matches.
 */
export function identityMatches(identity: ReadonlyMap<string, string>, name: Name): boolean {
  const attributes = name.parts.flat();
  const matches = [...identity].every(([key, value]) => {
    const oid = ATTRIBUTES.get(key);
    const found = attributes.filter((attribute) => attribute.oid === oid);
    return oid !== undefined && found.length === 1 && found[0]?.value === value;
  });
  return matches && identity.size > 0;
}

interface Attribute {
  readonly name: string;
  readonly value: string;
  /** Where the comma is, or the end of the text. */
  readonly end: number;
}

function readAttribute(text: string, start: number, object: string): Attribute {
  const equals = text.indexOf('=', start);
  const typed = equals === -1 ? text.slice(start) : text.slice(start, equals);
  const key = typed.trim();
  const name = key === 'S' ? 'ST' : key;
  if (equals === -1 || !ATTRIBUTES.has(name)) {
    throw invalid(object, `one of ${[...ATTRIBUTES.keys()].join(', ')} with = and a value`, quote(typed));
  }
  const { value, end } = readValue(text, equals + 1, object);
  if (value === '') {
    throw invalid(object, `a value for ${name}`, 'an empty one');
  }
  return { name, value, end };
}

/** RFC 4514 section 3, without the hex form of whole values. Spaces around a value do not belong to it unless escaped. */
function readValue(text: string, start: number, object: string): { readonly value: string; readonly end: number } {
  const bytes: Buffer[] = [];
  let at = start;
  while (text[at] === ' ') {
    at += 1;
  }
  if (text[at] === '#') {
    throw invalid(object, 'a value in plain text', quote(text.slice(at)));
  }
  let kept = 0;
  for (; at < text.length && text[at] !== ','; ) {
    const { piece, length } = text[at] === '\\' ? readEscape(text, at, object) : readPlain(text, at, object);
    bytes.push(piece);
    at += length;
    if (length > 1 || piece[0] !== SPACE) {
      kept = bytes.length;
    }
  }
  try {
    return {
      value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes.slice(0, kept))),
      end: at,
    };
  } catch {
    throw invalid(object, 'escapes that are UTF-8', quote(text.slice(start, at)));
  }
}

const SPACE = 0x20;

function readEscape(text: string, at: number, object: string): { readonly piece: Buffer; readonly length: number } {
  const next = text.slice(at + 1, at + 3);
  if (/^[0-9a-fA-F]{2}$/.test(next)) {
    return { piece: Buffer.from(next, 'hex'), length: 3 };
  }
  const char = next.slice(0, 1);
  if (!/^[ "#+,;<=>\\]$/.test(char)) {
    throw invalid(object, 'a special character or two hex digits behind a backslash', quote(`\\${next}`));
  }
  return { piece: Buffer.from(char), length: 2 };
}

function readPlain(text: string, at: number, object: string): { readonly piece: Buffer; readonly length: number } {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (/^["+;<>]$/.test(char)) {
    const what = char === '+' ? 'parts of one attribute each' : 'special characters behind a backslash';
    throw invalid(object, what, quote(text.slice(at)));
  }
  return { piece: Buffer.from(char), length: char.length };
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('IDENTITY_INVALID', 'not an X.509 identity', { object, expected, found });
}
