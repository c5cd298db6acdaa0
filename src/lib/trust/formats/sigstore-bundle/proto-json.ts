import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { describe, type Fields } from '../../attestations/fields.ts';
import { decodeBase64 } from '../../encoding/base64.ts';

/**
 * The part of the JSON form of Protocol Buffers that bundles use, as narrow as their writers are: names in lowerCamelCase,
 * 64-bit integers as decimal text, bytes in standard base64. `null` and a missing member are the same, and stand for zero
 * or nothing. Names that are not in the schema are refused, as sigstore-go does: what they say could matter.
 */

const MAX_INT64 = 2n ** 63n - 1n;

/** Bytes; null where there are none. Throws `BASE64_INVALID`. */
export function optionalBytes(fields: Fields, name: string, object: string): Uint8Array | null {
  const text = fields.optionalText(name);
  return text === null ? null : decodeBase64(text, `${name} of ${object}`);
}

/** Bytes, at least one. Throws `BASE64_INVALID`, `ENVELOPE_INVALID`. */
export function bytes(fields: Fields, name: string, object: string): Uint8Array {
  return decodeBase64(fields.text(name), `${name} of ${object}`);
}

/** An int64 that may not be negative; 0 where it is missing. */
export function unsigned(fields: Fields, name: string): bigint {
  const value = fields.value(name);
  if (value === undefined || value === null) {
    return 0n;
  }
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,18})$/.test(value)) {
    throw fields.invalid(
      name,
      'a decimal number as text, not negative',
      typeof value === 'string' ? quote(value, 40) : describe(value),
    );
  }
  const number = BigInt(value);
  if (number > MAX_INT64) {
    throw fields.invalid(name, 'a number of 63 bits', value);
  }
  return number;
}

/** A list of messages; none where it is missing. Throws `LIMIT_EXCEEDED`. */
export function messages(fields: Fields, name: string, object: string): readonly Fields[] {
  const items = fields.optionalItems(name);
  if (items.length > LIMITS.verificationMaterial) {
    throw limitExceeded(`${name} of ${object}`, LIMITS.verificationMaterial, 'entries', items.length);
  }
  return items;
}
