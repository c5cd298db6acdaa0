import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_SETTINGS } from '../settings/settings.ts';
import { coalesce } from './coalesce.ts';
import { locate } from './endpoint.ts';
import { parseContentRange } from './headers.ts';

test('a registry is where its name says, but for Docker Hub', () => {
  const urls = ['docker.io', 'registry.example:5000', 'localhost', '[::1]:5000'].map(
    (name) => locate(name, DEFAULT_SETTINGS).url.href,
  );
  assert.deepEqual(urls, [
    'https://registry-1.docker.io/',
    'https://registry.example:5000/',
    'https://localhost/',
    'https://[::1]:5000/',
  ]);
  assert.equal(locate('registry.example', { ...DEFAULT_SETTINGS, tls: 'none' }).url.href, 'http://registry.example/');
});

test('Content-Range is read as RFC 9110 has it, and as nothing else', () => {
  assert.deepEqual(parseContentRange('bytes 5-9/10'), { start: 5, end: 9, total: 10 });
  assert.deepEqual(parseContentRange('bytes 0-0/*'), { start: 0, end: 0, total: null });
  for (const text of [
    '',
    'bytes */10',
    'bytes 5-4/10',
    'bytes 5-10/10',
    'bytes 5-9',
    'byte 5-9/10',
    'bytes -5-9/10',
    'bytes 5-9/10, 3',
    `bytes 0-${'9'.repeat(20)}/*`,
  ]) {
    assert.equal(parseContentRange(text), null, text);
  }
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (start, more, rest) => {
      const [end, total] = [start + more, start + more + rest + 1];
      assert.deepEqual(parseContentRange(`bytes ${start}-${end}/${total}`), { start, end, total });
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => parseContentRange(text) === null));
});

test('chunks are put together, and the bytes stay as they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(200_000), { maxLength: 12 }), async (sizes) => {
      const chunks = sizes.map((size, index) => Buffer.alloc(size, index));
      const joined = await coalesced(chunks);
      assert.ok(Buffer.concat(joined).equals(Buffer.concat(chunks)));
      assert.ok(joined.slice(0, -1).every(({ length }) => length >= 256 * 1024));
    }),
    { numRuns: 30 },
  );
  const large = Buffer.alloc(1 << 20);
  assert.equal((await coalesced([large]))[0], large);
});

async function coalesced(chunks: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const joined: Uint8Array[] = [];
  for await (const chunk of coalesce(chunksOf(chunks))) {
    joined.push(chunk);
  }
  return joined;
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield chunk;
  }
}
