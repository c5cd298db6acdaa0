import { KeyError } from './error.ts';

/**
 * An ECDSA signature as DER (RFC 3279 section 2.2.3) from its two numbers one behind the other, as IEEE P1363 writes them:
 * `octets` each, the length of the curve's order. Throws `KEY_SERVICE_ANSWER_INVALID` for another length and for zero.
 */
export function derFromRaw(raw: Uint8Array, octets: number, name: string): Buffer {
  const numbers = [raw.subarray(0, octets), raw.subarray(octets)];
  if (raw.length !== 2 * octets || numbers.some((number) => number.every((octet) => octet === 0))) {
    throw new KeyError('KEY_SERVICE_ANSWER_INVALID', 'not a signature of this key', {
      object: name,
      expected: `two numbers of ${octets} octets each, neither of them zero`,
      found: raw.length === 2 * octets ? 'a zero' : `${raw.length} octets`,
    });
  }
  return derValue(0x30, Buffer.concat(numbers.map((number) => derValue(0x02, unsigned(number)))));
}

/** Without zeros in front but for the one that keeps the number positive. */
function unsigned(number: Uint8Array): Uint8Array {
  const significant = number.subarray(number.findIndex((octet) => octet !== 0));
  return (significant[0] ?? 0) < 0x80 ? significant : Buffer.concat([Buffer.of(0), significant]);
}

/** At most 255 octets, as two numbers of 66 octets are. */
function derValue(tag: number, content: Uint8Array): Buffer {
  const head = content.length < 0x80 ? [tag, content.length] : [tag, 0x81, content.length];
  return Buffer.concat([Buffer.from(head), content]);
}
