import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { stored } from '#test/fixtures/xz-stream.ts';
import { missing } from '#test/prerequisites.ts';
import { unxz } from './unxz.ts';

const MiB = 1024 * 1024;

/** Text, numbers, what repeats itself, and what cannot be made smaller: two megabytes, so that there is more than one chunk. */
function sample(): Buffer {
  const program = readFileSync(process.execPath).subarray(0, MiB);
  const noise = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * index * 7919) >> 7));
  return Buffer.concat([
    noise,
    program,
    Buffer.alloc(300_000, 'abcab'),
    Buffer.alloc(400_000),
    program.subarray(5, 9999),
  ]);
}

test('what xz packs is unpacked, whatever it is asked for', { skip: missing('gnu-tar') }, () => {
  const data = sample();
  const options: readonly (readonly string[])[] = [
    ['--check=crc32', '--lzma2=dict=1MiB'],
    ['-9e', '--check=sha256'],
    ['-0', '--check=none'],
    ['--lzma2=preset=1,lc=0,lp=4,pb=4', '--check=crc64'],
    ['--lzma2=preset=1,lc=2,lp=2,pb=0'],
    ['--block-size=300000', '--check=crc32', '-1'],
    ['-T2', '--block-size=500000', '-1'],
  ];
  for (const option of options) {
    const packed = execFileSync('xz', [...option, '-c'], { input: data, maxBuffer: 16 * MiB });
    assert.ok(data.equals(unxz(packed, data.length)), option.join(' '));
    assert.throws(() => unxz(packed, data.length - 1), RangeError);
  }
  const short = execFileSync('xz', ['-c'], { input: '' });
  assert.equal(unxz(short, 10).length, 0);
});

test('other filters, and what is damaged or cut off, are refused', { skip: missing('gnu-tar') }, () => {
  const data = sample().subarray(90_000, 140_000);
  const filtered = execFileSync('xz', ['--x86', '--lzma2=preset=1', '-c'], { input: data, maxBuffer: MiB });
  assert.throws(() => unxz(filtered, MiB), { name: 'RangeError', message: 'a filter other than LZMA2' });
  const packed = execFileSync('xz', ['--check=crc32', '-1', '-c'], { input: data, maxBuffer: MiB });
  // The size of the first block as 0 begins an index.
  const withoutBlocks = Uint8Array.from(packed);
  withoutBlocks[12] = 0;
  assert.throws(() => unxz(withoutBlocks, MiB), { name: 'RangeError', message: 'an index that is damaged' });
  // Behind the data come an index and a footer.
  for (let length = 0; length < packed.length - 40; length += length < 100 ? 1 : 997) {
    assert.throws(() => unxz(packed.subarray(0, length), MiB), RangeError, `${length}`);
  }
  const damage = fc.array(fc.tuple(fc.nat({ max: packed.length - 40 }), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(damage, (changes) => {
      const bytes = Uint8Array.from(packed);
      for (const [index, value] of changes) {
        bytes[index] = (bytes[index] ?? 0) ^ value;
      }
      try {
        assert.ok(data.equals(unxz(bytes, MiB)));
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
    { numRuns: 60 },
  );
});

test('any bytes behind a header are refused, or read', () => {
  const plain = stored(Buffer.from('hello'));
  assert.equal(Buffer.from(unxz(plain, 5)).toString(), 'hello');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 40 }), (noise, kept) => {
      try {
        unxz(Buffer.concat([plain.subarray(0, kept), noise]), 100_000);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
  );
});
