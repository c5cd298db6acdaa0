import assert from 'node:assert/strict';
import test from 'node:test';
import { digestOf } from '#base/digest.ts';
import { Hasher } from './hasher.ts';

const MiB = 1024 * 1024;

test('digests of short and long streams, several at once', async () => {
  const hasher = new Hasher();
  try {
    const content = Buffer.alloc(40 * MiB, 'content of a layer ');
    for (const [length, chunk] of [
      [0, 1],
      [1, 1],
      [4 * MiB, MiB],
      [4 * MiB + 1, MiB],
      [9 * MiB + 7, 100_003],
      [40 * MiB, 5 * MiB],
    ] as const) {
      const bytes = content.subarray(0, length);
      const lanes = [hasher.lane('sha256'), hasher.lane('sha512')] as const;
      for (let at = 0; at < length; at += chunk) {
        for (const lane of lanes) {
          await lane.update(bytes.subarray(at, Math.min(at + chunk, length)));
        }
      }
      const expected = [digestOf(bytes), digestOf(bytes, 'sha512')];
      assert.deepEqual(await Promise.all(lanes.map((lane) => lane.digest())), expected, `${length} bytes`);
    }
  } finally {
    await hasher.close();
  }
});

test('a chunk may be reused once it was taken', async () => {
  const hasher = new Hasher();
  try {
    const lane = hasher.lane('sha256');
    const buffer = Buffer.alloc(MiB);
    const whole: Buffer[] = [];
    for (let count = 0; count < 20; count += 1) {
      buffer.fill(count);
      whole.push(Buffer.from(buffer));
      await lane.update(buffer);
    }
    assert.equal(await lane.digest(), digestOf(Buffer.concat(whole)));
  } finally {
    await hasher.close();
  }
});

test('closing rejects what is still asked for, and a closed hasher starts anew', async () => {
  const hasher = new Hasher();
  const lane = hasher.lane('sha256');
  await lane.update(Buffer.alloc(5 * MiB));
  await hasher.close();
  await assert.rejects(lane.digest(), /has ended/);
  const next = hasher.lane('sha256');
  await next.update(Buffer.alloc(5 * MiB));
  assert.equal(await next.digest(), digestOf(Buffer.alloc(5 * MiB)));
  await hasher.close();
});
