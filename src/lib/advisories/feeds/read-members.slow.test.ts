import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { FEED_LIMITS, readMembers } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-members-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function names(
  bytes: Uint8Array,
  limits = FEED_LIMITS,
  signal = new AbortController().signal,
): Promise<string[]> {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, bytes);
  const found: string[] = [];
  for await (const { name } of readMembers(path, { object: 'feed', place: [], signal, limits })) {
    found.push(name);
  }
  return found;
}

/** Larger than a chunk of the file. */
const document = Buffer.from(
  `{${Array.from({ length: 30_000 }, (_, at) => `"m${at}": {"text": "${'x'.repeat(60)}"}`).join(',')}}`,
);

it('members: a file is read plain or compressed, as its first bytes say', async () => {
  for (const bytes of [document, gzipSync(document), zstdCompressSync(document)]) {
    const found = await names(bytes);
    assert.equal(found.length, 30_000);
    assert.equal(found.at(-1), 'm29999');
  }
});

it('members: a compressed file that is cut off, or of another format, is refused', async () => {
  const whole = gzipSync(document);
  await assert.rejects(names(whole.subarray(0, whole.length - 20)), { code: 'ADVISORY_FEED_INVALID', object: 'feed' });
  await assert.rejects(names(Buffer.from('BZh91AY&SY')), { code: 'ADVISORY_FEED_INVALID', object: 'feed' });
});

it('members: a document is read up to a limit, and a bomb is none', async () => {
  await assert.rejects(names(document, { ...FEED_LIMITS, totalBytes: 100_000 }), { code: 'LIMIT_EXCEEDED' });
  await assert.rejects(names(gzipSync(Buffer.alloc(20_000_000, ' ')), { ...FEED_LIMITS, totalBytes: 1_000_000 }), {
    code: 'LIMIT_EXCEEDED',
  });
});

it('members: an abort ends the reading', async () => {
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await assert.rejects(names(document, FEED_LIMITS, controller.signal), /enough/);
});
