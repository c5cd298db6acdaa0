import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { type BlobKey, type BlobStore, EMPTY_UPLOAD } from '#model/platform/blob-store.ts';
import { add, content, itemsOf, LIMIT, MiB, pull, push } from '#test/fixtures/blob-content.ts';
import { chunksOf, openPlace } from '#test/fixtures/blob-process.ts';
import { missing } from '#test/prerequisites.ts';

let folder: string;
let root: string;
let store: BlobStore;

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('blobs in files', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-fs-'));
    root = join(folder, 'data/blobs');
    store = await openPlace({ driver: 'fs', root });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('folders and files are for their owner alone', async () => {
    const key = await push(store, Buffer.from('mine'));
    const upload = await add(store, EMPTY_UPLOAD, Buffer.from('part'));
    assert.equal(modeOf(join(root, key)), 0o600);
    assert.equal(modeOf(join(root, upload.parts[0]?.key ?? '')), 0o600);
    for (const path of [folder, join(folder, 'data'), root, join(root, 'uploads'), join(root, key, '..')]) {
      assert.equal(modeOf(path), 0o700, path);
    }
  });

  test('a blob of an upload that took long is as young as its commit', async () => {
    const upload = await add(store, EMPTY_UPLOAD, Buffer.from('slow'));
    utimesSync(join(root, upload.parts[0]?.key ?? ''), 1, 1);
    const before = Date.now() - 5000;
    await store.commit(upload, digestOf('slow'));
    const [blob] = await itemsOf(store);
    assert.ok(blob !== undefined && blob.modified > before, `modified at ${blob?.modified}`);
  });

  test('links are neither read, listed, followed nor removed', async () => {
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'secret');
    const key = await push(store, Buffer.from('secret'));
    rmSync(join(root, key));
    symlinkSync(join(outside, 'secret'), join(root, key));
    symlinkSync(outside, join(root, 'uploads/folder'));
    assert.equal(await store.read(key), null);
    assert.deepEqual(await itemsOf(store), []);
    await store.remove('uploads/folder/secret');
    assert.ok(existsSync(join(outside, 'secret')));
    const part = { key: 'uploads/linked00', size: 6, digest: digestOf('secret') };
    symlinkSync(join(outside, 'secret'), join(root, part.key));
    await assert.rejects(store.commit({ size: 6, parts: [part] }, digestOf('secret')), { code: 'BLOB_PART_MISSING' });
  });

  test('a folder in the place of a blob is no blob', async () => {
    const key = await push(store, Buffer.from('x'));
    rmSync(join(root, key));
    mkdirSync(join(root, key));
    assert.equal(await store.read(key), null);
  });

  test('files are closed, whichever way a read or an upload ends', { skip: process.platform !== 'linux' }, async () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const bytes = content('closed', 2 * MiB);
    const key = await push(store, bytes);
    const before = open();
    for (let round = 0; round < 20; round += 1) {
      for await (const _ of (await store.read(key))?.bytes ?? []) {
        break;
      }
      await (await store.read(key))?.close();
      await assert.rejects(store.read(key, { range: { start: MiB * 9, end: MiB * 10 } }));
      const aborted = new AbortController();
      await store.read(key, { signal: aborted.signal });
      aborted.abort();
      const options = { algorithm: 'sha256', maxBytes: 10 } as const;
      await assert.rejects(store.append(EMPTY_UPLOAD, chunksOf(bytes), options));
      assert.equal((await pull(store, key))?.length, bytes.length);
    }
    // Those that an abort closes are closed soon after.
    for (let tries = 0; open() > before + 2 && tries < 600; tries += 1) {
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    assert.ok(open() <= before + 2, `${open()} files open, ${before} before`);
  });

  test('a file that becomes shorter while it is read is an error, not a shorter blob', async () => {
    const key = await push(store, content('short', 3 * MiB));
    const found = await store.read(key);
    writeFileSync(join(root, key), 'x');
    const reading = async (): Promise<void> => {
      for await (const chunk of found?.bytes ?? []) {
        assert.ok(chunk.length > 0);
      }
    };
    await assert.rejects(reading(), { code: 'BLOB_TRUNCATED' });
  });

  test('a root that cannot be a folder is said so', async () => {
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(openPlace({ driver: 'fs', root: join(folder, 'file/blobs') }), {
      code: 'BLOB_STORE_UNAVAILABLE',
      message: /ENOTDIR/,
    });
  });

  test('two folders deep in the same place, by many at once', async () => {
    const root2 = join(folder, 'a/b/c');
    const stores = await Promise.all(
      Array.from({ length: 8 }, async () => await openPlace({ driver: 'fs', root: root2 })),
    );
    const keys: BlobKey[] = await Promise.all(stores.map(async (each) => await push(each, Buffer.from('same'))));
    assert.equal(new Set(keys).size, stores.length);
    assert.equal((await itemsOf(store)).length, 0);
  });

  test('a full disk says so, keeps what it has, and serves again', { skip: missing('root') }, async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'plimsoll-test', small]);
    try {
      const full = await openPlace({ driver: 'fs', root: small });
      const kept = await push(full, content('kept', MiB));
      const options = { algorithm: 'sha256', maxBytes: LIMIT } as const;
      await assert.rejects(full.append(EMPTY_UPLOAD, chunksOf(content('large', 5 * MiB)), options), {
        code: 'BLOB_STORE_FULL',
        message: /no room left.*ENOSPC/,
      });
      assert.deepEqual(
        (await itemsOf(full)).map(({ key }) => key),
        [kept],
      );
      assert.deepEqual(await pull(full, kept), content('kept', MiB));
      await full.probe();
      const upload = await add(full, EMPTY_UPLOAD, content('fits', 2 * MiB));
      const blob = await full.commit(upload, digestOf(content('fits', 2 * MiB)));
      assert.equal((await pull(full, blob.key))?.length, 2 * MiB);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
