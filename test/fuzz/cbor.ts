import assert from 'node:assert/strict';
import { CborTag, type CborValue, decodeCbor, describeCbor, encodeCbor } from '#lib/trust/encoding/cbor.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { mutateCbor } from '../../tools/fuzz/structure/cbor.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** CBOR: what is accepted is the only encoding of what it says. */
export const cbor: FuzzTarget = {
  id: 'cbor',
  seeds: () => {
    const envelopes = [...signedBlobs('application/cose'), ...publishedFiles('notation/envelopes/cose', /\.sig$/)];
    // The protected header is CBOR inside a byte string: with members of other types than the rest.
    const headers = envelopes.flatMap((envelope) => {
      const value = decodeCbor(envelope, 'seed');
      const [header] =
        value instanceof CborTag && Array.isArray(value.value) ? (value.value as readonly CborValue[]) : [];
      return header instanceof Uint8Array ? [header] : [];
    });
    return [...headers, ...envelopes];
  },
  maxMillis: 200,
  mutate: (input, random, bytes) => mutateCbor(input, random, bytes) ?? bytes(input),
  run: (input) => {
    const value = decodeCbor(input, 'input');
    invariant('re-encoding gives the input', () => assert.ok(Buffer.compare(encoded(value), input) === 0));
    invariant('every value can be described', () => assert.notEqual(describeCbor(value), ''));
    if (typeof value === 'string' || value instanceof Uint8Array) {
      invariant('our own encoding gives the input', () => assert.ok(Buffer.compare(encodeCbor(value), input) === 0));
    }
  },
};

/** An encoder of its own, so that no fault of ours meets itself. */
function encoded(value: CborValue): Buffer {
  if (value === null || typeof value === 'boolean') {
    return Buffer.of(value === null ? 0xf6 : value ? 0xf5 : 0xf4);
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value < 0 ? head(1, -1n - BigInt(value)) : head(0, BigInt(value));
  }
  if (typeof value === 'string') {
    return Buffer.concat([head(3, BigInt(Buffer.byteLength(value))), Buffer.from(value)]);
  }
  if (value instanceof Uint8Array) {
    return Buffer.concat([head(2, BigInt(value.length)), value]);
  }
  if (value instanceof CborTag) {
    return Buffer.concat([head(6, BigInt(value.number)), encoded(value.value)]);
  }
  if (value instanceof Map) {
    const members = [...(value as ReadonlyMap<CborValue, CborValue>)].flat();
    return Buffer.concat([head(5, BigInt(value.size)), ...members.map(encoded)]);
  }
  const items = value as readonly CborValue[];
  return Buffer.concat([head(4, BigInt(items.length)), ...items.map(encoded)]);
}

function head(major: number, argument: bigint): Buffer {
  const hex = argument.toString(16);
  const digits = argument < 24n ? 0 : [2, 4, 8, 16].find((count) => hex.length <= count);
  assert.ok(digits !== undefined, 'an argument of at most 64 bits');
  const info = argument < 24n ? Number(argument) : 23 + Math.log2(digits);
  return Buffer.concat([
    Buffer.of((major << 5) | info),
    Buffer.from(digits === 0 ? '' : hex.padStart(digits, '0'), 'hex'),
  ]);
}
