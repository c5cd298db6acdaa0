import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { encodeFrame, FrameError, FrameParser, frameHead } from './frames.ts';

const LIMITS = new Map([
  [1, 0],
  [2, 100],
  [3, 70_000],
]);

function parseAll(parser: FrameParser, chunks: Iterable<Uint8Array>): readonly (readonly [number, string])[] {
  return [...chunks].flatMap((chunk) =>
    [...parser.push(chunk)].map(({ type, payload }) => [type, payload.toString('latin1')] as const),
  );
}

/** The same bytes, cut at will. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

test('frames come out as they went in, wherever the stream is cut', () => {
  const frame = fc.oneof(
    fc.constant([1, ''] as const),
    fc.tuple(fc.constant(2), fc.string({ maxLength: 100, unit: 'binary-ascii' })),
    fc.tuple(fc.constant(3), fc.string({ maxLength: 3000, unit: 'binary-ascii' })),
  );
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat({ max: 50 })), (frames, sizes) => {
      const bytes = Buffer.concat(frames.map(([type, text]) => encodeFrame(type, text)));
      assert.deepEqual(
        parseAll(new FrameParser(LIMITS), cut(bytes, sizes)),
        frames.map((item) => [...item]),
      );
    }),
  );
});

test('a head may be sent apart from its payload', () => {
  assert.deepEqual(parseAll(new FrameParser(LIMITS), [frameHead(2, 3), Buffer.from('abc')]), [[2, 'abc']]);
});

test('unknown types and lengths past the limit are refused before their payload has come', () => {
  for (const head of [frameHead(9, 1), frameHead(2, 101), frameHead(1, 1), frameHead(3, 2 ** 32 - 1)]) {
    assert.throws(() => parseAll(new FrameParser(LIMITS), [head]), FrameError);
  }
});

test('garbage never gives anything but frames within their limits or a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        for (const [type, payload] of parseAll(new FrameParser(LIMITS), [bytes])) {
          assert.ok(payload.length <= (LIMITS.get(type) ?? -1));
        }
      } catch (error) {
        assert.ok(error instanceof FrameError);
      }
    }),
  );
});
