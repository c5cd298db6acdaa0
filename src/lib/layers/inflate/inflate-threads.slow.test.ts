import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Digest, digestOf } from '#base/digest.ts';
import { chunksOf } from '#test/fixtures/layers.ts';
import { InflateThreads } from './inflate-threads.ts';
import type { Job } from './protocol.ts';

const MiB = 1024 * 1024;
const content = Buffer.concat([randomBytes(5 * MiB), Buffer.alloc(7 * MiB + 3, 'text ')]);
const packed = { gzip: gzipSync(content, { level: 1 }), zstd: zstdCompressSync(content), none: content };

function job(change: Partial<Job> = {}): Job {
  return { compression: 'gzip', algorithm: 'sha256', object: 'test', limit: 64 * MiB, ...change };
}

async function unpack(threads: InflateThreads, wanted: Job, source: AsyncIterable<Uint8Array>): Promise<Digest> {
  const stream = threads.decompress(wanted, source);
  const found: Uint8Array[] = [];
  for (;;) {
    const next = await stream.next();
    if (next.done === true) {
      assert.ok(content.equals(Buffer.concat(found)));
      return next.value;
    }
    if (found.length === 0) {
      // Time for the thread to fill all other slots: this piece is ours for as long as it takes.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // A piece is valid only until the next one.
    found.push(new Uint8Array(next.value));
  }
}

async function withThreads(work: (threads: InflateThreads) => Promise<void>): Promise<void> {
  const threads = new InflateThreads();
  try {
    await work(threads);
  } finally {
    await threads.close();
  }
}

test('one stream after the other and several at once give content and digest, however they are cut', async () => {
  await withThreads(async (threads) => {
    for (const compression of ['gzip', 'zstd', 'none'] as const) {
      const lengths = [1000, 256 * 1024, MiB, 20 * MiB];
      const digests = await Promise.all(
        lengths.map((length) => unpack(threads, job({ compression }), chunksOf(packed[compression], length))),
      );
      assert.deepEqual(new Set(digests), new Set([digestOf(content)]));
    }
    const longer = await unpack(threads, job({ algorithm: 'sha512' }), chunksOf(packed.gzip));
    assert.equal(longer, digestOf(content, 'sha512'));
  });
});

test('an empty stream and one of a single byte', async () => {
  await withThreads(async (threads) => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('a')]) {
      const stream = threads.decompress(job({ compression: 'none' }), chunksOf(bytes));
      let length = 0;
      let next = await stream.next();
      for (; next.done !== true; next = await stream.next()) {
        length += next.value.length;
      }
      assert.equal(length, bytes.length);
      assert.equal(next.value, digestOf(bytes));
    }
  });
});

test('errors come over as they are, and the next stream is not disturbed', async () => {
  await withThreads(async (threads) => {
    const broken = Buffer.from(packed.gzip);
    broken[broken.length >> 1] = (broken[broken.length >> 1] ?? 0) ^ 0xff;
    const cases: readonly (readonly [Job, Uint8Array, object])[] = [
      [job(), broken, { code: 'LAYER_CORRUPT', object: 'test' }],
      [job(), packed.gzip.subarray(0, -1), { code: 'LAYER_CORRUPT', message: /unexpected end of file/ }],
      [job(), Buffer.concat([packed.gzip, Buffer.from('junk')]), { code: 'LAYER_CORRUPT' }],
      [job({ limit: MiB }), packed.gzip, { code: 'LIMIT_EXCEEDED', name: 'LimitError', object: 'test' }],
    ];
    for (const [wanted, bytes, expected] of cases) {
      await assert.rejects(unpack(threads, wanted, chunksOf(bytes)), expected);
      assert.equal(await unpack(threads, job(), chunksOf(packed.gzip)), digestOf(content));
    }
  });
});

test('a source that fails is told apart from what it gave before', async () => {
  await withThreads(async (threads) => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* chunksOf(packed.gzip.subarray(0, MiB));
      throw new Error('connection lost');
    }
    await assert.rejects(unpack(threads, job(), failing()), /^Error: connection lost$/);
  });
});

test('whoever stops early closes the source, and closing ends what is still under way', async () => {
  const threads = new InflateThreads();
  const closed = Promise.withResolvers<undefined>();
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunksOf(packed.gzip, 1000);
    } finally {
      closed.resolve(undefined);
    }
  }
  for await (const piece of threads.decompress(job(), source())) {
    assert.ok(piece.length > 0);
    break;
  }
  await closed.promise;
  const stream = threads.decompress(job(), chunksOf(packed.gzip));
  await stream.next();
  await threads.close();
  await assert.rejects(async () => {
    while ((await stream.next()).done !== true) {
      // Until it notices.
    }
  }, /thread (was closed|has ended)/);
});
