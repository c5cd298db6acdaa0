import { quote } from '#base/error.ts';
import { type Der, invalid, TAG } from './der.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An OBJECT IDENTIFIER in dotted form (X.690 section 8.19). Throws `DER_INVALID`. */
export function oidOf(value: Der): string {
  const bytes = value.expect(TAG.oid, 'an object identifier').content;
  const last = bytes.at(-1);
  if (last === undefined || last >= 0x80) {
    throw invalid(value.object, 'a whole object identifier', `${bytes.length} octets`);
  }
  const arcs: number[] = [];
  let arc = 0;
  let started = false;
  for (const byte of bytes) {
    if (!started && byte === 0x80) {
      throw invalid(value.object, 'arcs in their shortest form', 'a leading zero');
    }
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) {
      throw invalid(value.object, 'arcs of at most 53 bits', 'a longer one');
    }
    started = byte >= 0x80;
    if (!started) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [root = 0, ...rest] = arcs;
  const first = root < 40 ? 0 : root < 80 ? 1 : 2;
  return [first, root - first * 40, ...rest].join('.');
}

/** An INTEGER of any size. Throws `DER_INVALID` for a form that is not the shortest (X.690 section 8.3.2). */
export function integerOf(value: Der): bigint {
  const bytes = value.expect(TAG.integer, 'an integer').content;
  const [first, second = 0] = bytes;
  if (
    first === undefined ||
    (bytes.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
  ) {
    throw invalid(value.object, 'the shortest form of an integer', `${bytes.length} octets`);
  }
  const unsigned = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return first < 0x80 ? unsigned : unsigned - (1n << BigInt(8 * bytes.length));
}

/** A BOOLEAN, which in DER is 0x00 or 0xff. Throws `DER_INVALID`. */
export function booleanOf(value: Der): boolean {
  const bytes = value.expect(TAG.boolean, 'a boolean').content;
  if (bytes.length !== 1 || (bytes[0] !== 0 && bytes[0] !== 0xff)) {
    throw invalid(value.object, '0x00 or 0xff for a boolean', quote(Buffer.from(bytes).toString('hex')));
  }
  return bytes[0] === 0xff;
}

/** The octets of an OCTET STRING. */
export function octetsOf(value: Der): Uint8Array {
  return value.expect(TAG.octetString, 'an octet string').content;
}

/** The octets of a BIT STRING with no unused bits: a key, a signature. Throws `DER_INVALID`. */
export function bitStringOf(value: Der): Uint8Array {
  const bytes = value.expect(TAG.bitString, 'a bit string').content;
  if (bytes[0] !== 0) {
    throw invalid(value.object, 'a bit string of whole octets', `${bytes[0] ?? 'no'} unused bits`);
  }
  return bytes.subarray(1);
}

/** The text of a UTF8String, PrintableString, IA5String, TeletexString (as Latin-1) or BMPString. Throws `DER_INVALID`. */
export function textOf(value: Der): string {
  switch (value.tag) {
    case TAG.utf8String:
      try {
        return utf8.decode(value.content);
      } catch {
        throw invalid(value.object, 'UTF-8 in a UTF8String', 'other bytes');
      }
    case TAG.printableString:
    case TAG.ia5String:
      if (value.content.some((byte) => byte >= 0x80)) {
        throw invalid(value.object, 'ASCII text', 'other bytes');
      }
      return Buffer.from(value.content).toString('latin1');
    case TAG.teletexString:
      return Buffer.from(value.content).toString('latin1');
    case TAG.bmpString:
      if (value.content.length % 2 !== 0) {
        throw invalid(value.object, 'two octets for each character of a BMPString', `${value.content.length} octets`);
      }
      return Buffer.from(value.content).swap16().toString('utf16le');
    default:
      throw invalid(value.object, 'a text', `tag 0x${value.tag.toString(16)}`);
  }
}

/**
 * A UTCTime or GeneralizedTime in UTC, in milliseconds since 1970 (RFC 5280 section 4.1.2.5). Fractions of a second are
 * read where a GeneralizedTime has them (RFC 3161). Throws `DER_INVALID` for anything but `YYMMDDhhmmssZ` and
 * `YYYYMMDDhhmmss[.f]Z`, and for a day that the calendar does not have.
 */
export function timeOf(value: Der): number {
  const text = Buffer.from(value.content).toString('latin1');
  const form = value.tag === TAG.utcTime ? /^[0-9]{12}Z$/ : /^[0-9]{14}(\.[0-9]{1,9})?Z$/;
  if ((value.tag !== TAG.utcTime && value.tag !== TAG.generalizedTime) || !form.test(text)) {
    throw invalid(value.object, 'a time in UTC', quote(text, 40));
  }
  // RFC 5280: 50 and above are 19xx.
  const digits = value.tag === TAG.generalizedTime ? text : `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}`;
  const part = (from: number, to: number): string => digits.slice(from, to);
  const fraction = digits.slice(14, -1);
  const date = `${part(0, 4)}-${part(4, 6)}-${part(6, 8)}`;
  const iso = `${date}T${part(8, 10)}:${part(10, 12)}:${part(12, 14)}`;
  const time = Date.parse(`${iso}Z`);
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(iso)) {
    throw invalid(value.object, 'a time of the calendar', quote(text, 40));
  }
  return time + Math.floor(Number(`0${fraction}`) * 1000);
}
