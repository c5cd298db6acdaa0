import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { readBounded } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { chunksOf } from '#test/fixtures/layers.ts';
import { missing } from '#test/prerequisites.ts';
import { decompress } from './decompress.ts';

evidence('layers/decompression', 'real tool', 'streams written by gzip, zstd and xz');

const MiB = 1024 * 1024;
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

async function unpack(packed: Uint8Array, chunk = 64 * 1024): Promise<Buffer> {
  const bytes = await readBounded(decompress(chunksOf(packed, chunk), { object: 'test' }), 64 * MiB, 'test');
  return Buffer.from(bytes);
}

async function codeOf(packed: Uint8Array, chunk?: number): Promise<string> {
  try {
    await unpack(packed, chunk);
    return 'no error';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    assert.match(error.message, /^test: /);
    return error.code;
  }
}

/** Half of it random, so that the packed form is long too. */
const content = Buffer.concat([randomBytes(2 * MiB), Buffer.alloc(2 * MiB, 'text ')]);

test('what gzip, zstd and xz packed is unpacked', { skip: missing('gnu-tar') }, async () => {
  const tools: readonly [string, ...string[]][] = [
    ['gzip', '-1'],
    ['zstd', '-3'],
    ['zstd', '-19', '--long=27'],
    ['xz', '-0'],
    ['xz', '-0', '--check=crc32'],
    ['xz', '-T2', '--block-size=1MiB', '-0'],
  ];
  for (const [tool, ...args] of tools) {
    const { stdout } = spawnSync(tool, [...args, '-c'], { input: content, maxBuffer: 64 * MiB });
    assert.ok(content.equals(await unpack(stdout)), `${tool} ${args.join(' ')}`);
  }
});

test('content that is not compressed passes through', async () => {
  for (const plain of [Buffer.alloc(0), Buffer.from('a'), Buffer.from('plain text'), content]) {
    assert.ok(plain.equals(await unpack(plain)));
  }
});

test('several gzip members and zstd frames are one stream, wherever it is cut', async () => {
  const gzip = Buffer.concat([gzipSync('one '), gzipSync(''), gzipSync('two')]);
  const zstd = Buffer.concat([SKIPPABLE, zstdCompressSync('one '), SKIPPABLE, SKIPPABLE, zstdCompressSync('two')]);
  for (const packed of [gzip, zstd]) {
    for (let size = 1; size <= packed.length; size += 1) {
      assert.equal((await unpack(packed, size)).toString(), 'one two', `chunks of ${size}`);
    }
  }
});

test('zeros behind the end are padding, everything else is an error', async () => {
  const zstd = zstdCompressSync('content');
  const gzip = gzipSync('content');
  for (const packed of [gzip, zstd]) {
    assert.equal((await unpack(Buffer.concat([packed, Buffer.alloc(1000)]))).toString(), 'content');
    assert.equal((await unpack(Buffer.concat([packed, Buffer.alloc(MiB)]), 100)).toString(), 'content');
    for (const junk of ['junk behind the end', '\0\0\0\0junk']) {
      const hidden = Buffer.concat([packed, Buffer.from(junk)]);
      assert.equal(await codeOf(hidden), 'LAYER_CORRUPT');
      assert.equal(await codeOf(hidden, packed.length), 'LAYER_CORRUPT');
    }
  }
  for (const packed of [gzipSync(content), zstdCompressSync(content)]) {
    assert.equal(
      await codeOf(Buffer.concat([packed, randomBytes(MiB)]), packed.length),
      'LAYER_CORRUPT',
      'in large chunks',
    );
    assert.equal(
      await codeOf(Buffer.concat([packed, Buffer.alloc(3 * MiB)]), packed.length),
      'no error',
      'in large chunks',
    );
  }
  // Another gzip member behind zeros is what Node and gzip pass over in silence.
  assert.equal(await codeOf(Buffer.concat([gzip, Buffer.alloc(20), gzipSync('hidden')])), 'LAYER_CORRUPT');
});

test('truncated and damaged streams are corrupt', { skip: missing('gnu-tar') }, async () => {
  const small = content.subarray(2 * MiB - 5000, 2 * MiB + 5000);
  const xz = spawnSync('xz', ['-c'], { input: small }).stdout;
  for (const packed of [gzipSync(small), zstdCompressSync(small), xz]) {
    for (const length of [10, 100, packed.length - 1]) {
      assert.equal(await codeOf(packed.subarray(0, length)), 'LAYER_CORRUPT', `${packed.length} cut to ${length}`);
    }
  }
  const damaged = gzipSync(small);
  damaged[damaged.length - 6] = (damaged.at(-6) ?? 0) ^ 1;
  assert.equal(await codeOf(damaged), 'LAYER_CORRUPT', 'checksum');
});

test('random damage ends in content or an error of our own', async () => {
  const small = Buffer.concat([randomBytes(3000), Buffer.alloc(3000)]);
  const packed = fc.constantFrom(gzipSync(small), zstdCompressSync(small));
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(packed, flips, fc.integer({ min: 1, max: 4000 }), async (whole, changes, chunk) => {
      const damaged = Buffer.from(whole);
      for (const [at, value] of changes) {
        damaged[at % damaged.length] = value;
      }
      await codeOf(damaged, chunk);
    }),
    { numRuns: 200 },
  );
});

test('other compressions are named', { skip: missing('gnu-tar') }, async () => {
  assert.equal(await codeOf(Buffer.from('BZh91AY&SY')), 'COMPRESSION_UNSUPPORTED');
  assert.equal(await codeOf(Buffer.from([0x04, 0x22, 0x4d, 0x18, 0, 0])), 'COMPRESSION_UNSUPPORTED');
  for (const option of ['--check=sha256', '--lzma2=dict=512MiB']) {
    const packed = spawnSync('xz', ['-c', option], { input: content.subarray(0, MiB) }).stdout;
    assert.equal(await codeOf(packed), 'COMPRESSION_UNSUPPORTED', option);
  }
});

test('the output is bounded', async () => {
  const source = (): AsyncIterable<Uint8Array> => chunksOf(gzipSync(Buffer.alloc(MiB)));
  const unpacked = readBounded(decompress(source(), { object: 'test', limit: MiB - 1 }), 2 * MiB, 'test');
  await assert.rejects(unpacked, (error) => isAppError(error) && error.code === 'LIMIT_EXCEEDED');
});

test('errors of the source and aborting pass through', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* chunksOf(gzipSync(content).subarray(0, MiB));
    throw new Error('connection lost');
  }
  for (const source of [
    failing(),
    (async function* () {
      await Promise.resolve();
      yield Buffer.from('plain');
      throw new Error('connection lost');
    })(),
  ]) {
    await assert.rejects(
      readBounded(decompress(source, { object: 'test' }), 64 * MiB, 'test'),
      /^Error: connection lost$/,
    );
  }
  const controller = new AbortController();
  const stream = decompress(chunksOf(gzipSync(content)), { object: 'test', signal: controller.signal });
  await stream.next();
  controller.abort(new Error('enough'));
  await assert.rejects(readBounded(stream, 64 * MiB, 'test'), /enough/);
});

test('a reader that stops early leaves nothing behind', async () => {
  const closed = Promise.withResolvers<undefined>();
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunksOf(gzipSync(content));
    } finally {
      closed.resolve(undefined);
    }
  }
  for await (const chunk of decompress(source(), { object: 'test' })) {
    assert.ok(chunk.length > 0);
    break;
  }
  await closed.promise;
});
