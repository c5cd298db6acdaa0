import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { decodeChunk, decodeImage, decodeNamespaces, decodeSize, encodeKey } from './messages.ts';

const DIGEST = digestOf('');

/** One field as protobuf writes it (protobuf.dev, Encoding), by hand. */
function field(number: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === 'number') {
    return Buffer.concat([varint(number << 3), varint(value)]);
  }
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | 128);
  }
  return Buffer.from([...bytes, Number(rest)]);
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

const descriptor = (size: number, digest: string = DIGEST): Buffer =>
  message(field(1, 'application/vnd.oci.image.index.v1+json'), field(2, digest), field(3, size));
const image = (target: Buffer): Buffer => field(1, message(field(1, 'a:1'), field(2, 'label'), field(3, target)));

test('messages of containerd are read, and fields that nobody asked for passed over', () => {
  const later = Buffer.concat([varint((90 << 3) | 5), Buffer.alloc(4), varint((91 << 3) | 1), Buffer.alloc(8)]);
  assert.deepEqual(decodeImage(message(later, image(message(later, descriptor(2 ** 40)))), 'x'), {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: DIGEST,
    size: 2 ** 40,
  });
  assert.equal(decodeSize(field(1, message(field(1, DIGEST), field(2, 300))), 'x'), 300);
  const chunk = decodeChunk(message(field(1, 7), field(2, 'abc')), 'x');
  assert.deepEqual([chunk.offset, Buffer.from(chunk.data).toString()], [7, 'abc']);
  assert.deepEqual(decodeChunk(Buffer.alloc(0), 'x'), { offset: 0, data: new Uint8Array() });
  const namespaces = message(...['default', 'k8s.io', 'moby'].map((name) => field(1, field(1, name))));
  assert.deepEqual(decodeNamespaces(namespaces, 'x', 2), ['default', 'k8s.io']);
  assert.deepEqual(Buffer.from(encodeKey('añb')), field(1, 'añb'));
});

test('messages that are none, lack what matters, or hold impossible numbers', () => {
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [() => decodeImage(Buffer.alloc(0), 'x'), /no field 1/],
    [() => decodeImage(image(Buffer.alloc(0)), 'x'), /digest ""/],
    [() => decodeImage(image(descriptor(1, 'sha256:..')), 'x'), /digest "sha256:\.\."/],
    [() => decodeImage(image(descriptor(-1)), 'x'), /number -1/],
    [() => decodeImage(image(descriptor(2 ** 60)), 'x'), /number 115292150460684\d+/],
    [() => decodeSize(field(1, field(2, 'text')), 'x'), /wire type 2/],
    [() => decodeSize(field(1, 5), 'x'), /wire type 0/],
    [() => decodeChunk(Buffer.from([0x12, 0x7f, 0x01]), 'x'), /out of range/],
    [() => decodeChunk(Buffer.alloc(20, 0xff), 'x'), /./],
    [() => decodeChunk(Buffer.alloc(200_000, 0x1b), 'x'), /nesting/],
  ];
  for (const [read, message] of cases) {
    assert.throws(read, { code: 'DAEMON_ANSWER_INVALID', message });
  }
});

test('no bytes make a decoder throw anything but an error of ours', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.oneof(fc.integer(), fc.string(), fc.constant(DIGEST)))
      .map(([number, value]) => field(number, value)),
  );
  const { nested } = fc.letrec<{ nested: Buffer }>((tie) => ({
    nested: fc
      .array(
        fc.oneof(
          part,
          fc.tuple(fc.integer({ min: 1, max: 3 }), tie('nested')).map(([number, value]) => field(number, value)),
        ),
        { maxLength: 4 },
      )
      .map((parts) => Buffer.concat(parts)),
  }));
  const decoders = [decodeImage, decodeSize, decodeChunk, (bytes: Uint8Array) => decodeNamespaces(bytes, 'x', 5)];
  fc.assert(
    fc.property(nested, (bytes) => {
      for (const read of decoders) {
        try {
          read(bytes, 'x');
        } catch (error) {
          assert.ok(isAppError(error) && error.code === 'DAEMON_ANSWER_INVALID', String(error));
        }
      }
    }),
    { numRuns: 2000 },
  );
});
