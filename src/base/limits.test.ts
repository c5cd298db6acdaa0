import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { createExpansionGuard, LIMITS, readBounded, readFileBounded } from './limits.ts';

function chunks(...sizes: readonly number[]): AsyncIterable<Uint8Array> {
  return Readable.from(sizes.map((size) => new Uint8Array(size)));
}

test('readBounded takes exactly the limit and not a byte more', async () => {
  assert.equal((await readBounded(chunks(3, 4, 3), 10, 'body')).length, 10);
  assert.equal((await readBounded(chunks(), 0, 'body')).length, 0);
  await assert.rejects(readBounded(chunks(3, 4, 4), 10, 'body'), { code: 'LIMIT_EXCEEDED', object: 'body' });
});

test('readBounded stops reading an endless source', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1;
      yield await Promise.resolve(new Uint8Array(1000));
    }
  }
  await assert.rejects(readBounded(endless(), 10_000, 'body'), { code: 'LIMIT_EXCEEDED' });
  assert.equal(given, 11);
});

test('readFileBounded refuses a large file and a device that never ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-limits-'));
  try {
    const path = join(folder, 'file');
    writeFileSync(path, 'hello');
    assert.equal(Buffer.from(await readFileBounded(path, 5)).toString(), 'hello');
    await assert.rejects(readFileBounded(path, 4), { code: 'LIMIT_EXCEEDED', object: path });
    await assert.rejects(readFileBounded('/dev/zero', 1_000_000), { code: 'LIMIT_EXCEEDED' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the expansion guard refuses a ratio only past its floor, and the cap always', () => {
  const small = createExpansionGuard('layer');
  small.consumed(1);
  small.produced(LIMITS.bombFloorBytes);
  assert.throws(() => small.produced(1), { code: 'LIMIT_EXCEEDED', message: /decompression bomb/ });
  const honest = createExpansionGuard('layer', 2 * LIMITS.bombFloorBytes);
  honest.consumed(LIMITS.bombFloorBytes);
  honest.produced(2 * LIMITS.bombFloorBytes);
  assert.throws(() => honest.produced(1), { code: 'LIMIT_EXCEEDED', message: /too large/ });
});
