import assert from 'node:assert/strict';
import { readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { readBounded } from '#base/limits.ts';
import { addedTo, type BlobKey, type BlobStore, EMPTY_UPLOAD } from '#model/platform/blob-store.ts';
import {
  add,
  assertHolds,
  content,
  digestOfRepeated,
  itemsOf,
  KiB,
  LIMIT,
  MiB,
  pull,
  push,
  repeated,
} from '#test/fixtures/blob-content.ts';
import { chunksOf, openPlace } from '#test/fixtures/blob-process.ts';
import { type BlobPlace, startBlobProcess } from '#test/fixtures/blob-processes.ts';
import { JOINED_PARTS } from './uploads.ts';
import { verifyBlob } from './verify.ts';

/** What a driver supplies to the suite that every one of them passes, on a real disk or server. */
export interface BlobStoreMember {
  readonly name: string;
  readonly skip: string | false;
  /** Begins with nothing stored. */
  readonly start: () => Promise<BlobGround>;
}

export interface BlobGround {
  readonly place: BlobPlace;
  /** The file in which the content of a key ends up, whoever keeps it there. */
  fileOf(key: string): string;
  stop(): Promise<void>;
}

/** The suite. Every test leaves an empty store behind. */
export function blobStoreContract({ name, skip, start }: BlobStoreMember): void {
  describe(`${name}: contract of blob stores`, { skip }, () => {
    let ground: BlobGround;
    let store: BlobStore;
    before(async () => {
      ground = await start();
      store = await openPlace(ground.place);
    });
    after(async () => {
      await ground.stop();
    });
    const clear = async (): Promise<void> => {
      for (const { key } of await itemsOf(store)) {
        await store.remove(key);
      }
      await assertHolds(store, []);
    };

    it(`${name}: chunks of 1 KiB from three processes in turn become one blob`, async () => {
      const bytes = content('chunks', 130 * KiB + 17);
      const others = [startBlobProcess(ground.place), startBlobProcess(ground.place)];
      try {
        let upload = EMPTY_UPLOAD;
        for (let at = 0; at < bytes.length; at += KiB) {
          const chunk = bytes.subarray(at, at + KiB);
          const other = others[(at / KiB) % 3];
          upload = await (other === undefined ? add(store, upload, chunk) : other.append(upload, chunk));
          assert.equal(upload.size, at + chunk.length);
          assert.ok(upload.parts.length <= JOINED_PARTS + 4, `${upload.parts.length} parts`);
        }
        const blob = await others[0]?.commit(upload, digestOf(bytes));
        assert.ok(blob !== undefined);
        assert.deepEqual(await pull(store, blob.key), bytes);
        await store.discard(upload);
        await assertHolds(store, [blob.key]);
      } finally {
        await Promise.all(others.map(async (other) => await other.stop()));
      }
      await clear();
    });

    it(`${name}: parts that were joined stay until the new state is in use`, async () => {
      const chunk = content('join', KiB);
      let upload = EMPTY_UPLOAD;
      let earlier = EMPTY_UPLOAD;
      while (upload.replaced === undefined) {
        earlier = upload;
        upload = await add(store, upload, chunk);
      }
      assert.equal(earlier.parts.length, JOINED_PARTS - 1);
      assert.equal(upload.parts.length, 1);
      // The new state could not be kept: the one before can still be committed.
      const bytes = Buffer.concat(Array.from({ length: JOINED_PARTS - 1 }, () => chunk));
      const blob = await store.commit(earlier, digestOf(bytes));
      assert.deepEqual(await pull(store, blob.key), bytes);
      await store.remove(blob.key);
      // It was kept: what it replaces is removed.
      const next = await add(store, upload, chunk);
      await assertHolds(
        store,
        next.parts.map(({ key }) => key),
      );
      await store.discard(next);
      await clear();
    });

    it(`${name}: ranges, from and to the byte`, async () => {
      const bytes = content('ranges', 3 * MiB + 5);
      const key = await push(store, bytes);
      const last = bytes.length - 1;
      const ranges: readonly (readonly [number, number])[] = [
        [0, 0],
        [0, last],
        [1, last],
        [last, last],
        [0, last - 1],
        [512 * KiB - 1, 512 * KiB],
        [MiB, 2 * MiB],
        [2 * MiB - 1, 2 * MiB - 1],
        [last - 10, last + 1000],
      ];
      for (const [from, to] of ranges) {
        const found = await store.read(key, { range: { start: from, end: to } });
        assert.equal(found?.size, bytes.length);
        const read = await readBounded(found.bytes, LIMIT, 'range');
        assert.deepEqual(read, bytes.subarray(from, to + 1), `${from}-${to}`);
      }
      for (const [from, to] of [
        [last + 1, last + 1],
        [5, 4],
        [-1, 5],
        [0.5, 2],
      ] as const) {
        await assert.rejects(pull(store, key, { start: from, end: to }), { code: 'BLOB_RANGE_INVALID' });
      }
      await clear();
    });

    it(`${name}: lent chunks are the same bytes`, async () => {
      const bytes = content('lent', 5 * MiB + 3);
      const found = await store.read(await push(store, bytes), { lend: true });
      const read: Buffer[] = [];
      for await (const chunk of found?.bytes ?? []) {
        read.push(Buffer.from(chunk));
      }
      assert.ok(bytes.equals(Buffer.concat(read)));
      await clear();
    });

    it(`${name}: a wrong digest leaves the upload as it was, in one part and in many`, async () => {
      for (const pieces of [['one part'], ['many', ' parts', '!']]) {
        let upload = EMPTY_UPLOAD;
        for (const piece of pieces) {
          upload = await add(store, upload, Buffer.from(piece));
        }
        await assert.rejects(store.commit(upload, digestOf('something else')), { code: 'UPLOAD_DIGEST_MISMATCH' });
        await assertHolds(
          store,
          upload.parts.map(({ key }) => key),
        );
        const blob = await store.commit(upload, digestOf(pieces.join('')));
        assert.equal(String(await pull(store, blob.key)), pieces.join(''));
        await clear();
      }
    });

    it(`${name}: SHA-512, also of what was hashed with SHA-256 so far`, async () => {
      const bytes = content('sha512', 100 * KiB);
      const key = await push(store, bytes, 'sha512');
      assert.match(key, /sha512/);
      assert.deepEqual(await pull(store, key), bytes);
      const upload = await add(store, EMPTY_UPLOAD, bytes, 'sha256');
      await assert.rejects(store.commit(upload, digestOf('other', 'sha512')), { code: 'UPLOAD_DIGEST_MISMATCH' });
      const blob = await store.commit(upload, digestOf(bytes, 'sha512'));
      assert.deepEqual(await pull(store, blob.key), bytes);
      await clear();
    });

    it(`${name}: a blob without bytes`, async () => {
      const nothing = new Uint8Array();
      assert.deepEqual(await add(store, EMPTY_UPLOAD, nothing), EMPTY_UPLOAD);
      await assertHolds(store, []);
      const { key, size } = await store.commit(EMPTY_UPLOAD, digestOf(nothing));
      assert.equal(size, 0);
      assert.equal((await pull(store, key))?.length, 0);
      await assert.rejects(store.commit(EMPTY_UPLOAD, digestOf('a')), { code: 'UPLOAD_DIGEST_MISMATCH' });
      await clear();
    });

    it(`${name}: whose row could not be kept is committed again under another key`, async () => {
      for (const pieces of [['in one'], ['in', ' many']]) {
        let upload = EMPTY_UPLOAD;
        for (const piece of pieces) {
          upload = await add(store, upload, Buffer.from(piece));
        }
        const digest = digestOf(pieces.join(''));
        const first = await store.commit(upload, digest);
        const second = await store.commit(upload, digest);
        assert.notEqual(first.key, second.key);
        await store.remove(first.key);
        assert.equal(String(await pull(store, second.key)), pieces.join(''));
        await store.discard(upload);
        assert.equal(String(await pull(store, second.key)), pieces.join(''));
        await clear();
      }
    });

    it(`${name}: nothing stays of what was aborted, failed or was too long`, async () => {
      const kept = await add(store, EMPTY_UPLOAD, Buffer.from('before'));
      const keys = kept.parts.map(({ key }) => key);
      const options = { algorithm: 'sha256', maxBytes: LIMIT } as const;
      const aborted = new AbortController();
      const stalled = (async function* () {
        yield content('stalled', 9 * MiB);
        aborted.abort();
        await new Promise(() => undefined);
      })();
      await assert.rejects(store.append(kept, stalled, { ...options, signal: aborted.signal }), {
        name: 'AbortError',
      });
      await assertHolds(store, keys);
      const failing = (async function* () {
        yield* chunksOf(content('failing', 9 * MiB));
        await Promise.reject(new Error('the client went away'));
      })();
      await assert.rejects(store.append(kept, failing, options), /the client went away/);
      await assertHolds(store, keys);
      const bytes = content('long', 100 * KiB);
      const limit = { ...options, maxBytes: bytes.length - 1 };
      await assert.rejects(store.append(kept, chunksOf(bytes), limit), { code: 'LIMIT_EXCEEDED' });
      await assertHolds(store, keys);
      const whole = await store.append(kept, chunksOf(bytes), { ...options, maxBytes: bytes.length });
      assert.equal(whole.size, kept.size + bytes.length);
      await clear();
    });

    it(`${name}: of two that add to the same state, the one that loses takes its part away`, async () => {
      const state = await add(store, EMPTY_UPLOAD, Buffer.from('a'));
      const [kept, lost] = await Promise.all([
        add(store, state, Buffer.from('b')),
        add(store, state, Buffer.from('c')),
      ]);
      await store.discard(addedTo(state, lost));
      const blob = await store.commit(kept, digestOf('ab'));
      await store.discard(kept);
      await assertHolds(store, [blob.key]);
      await clear();
    });

    it(`${name}: a part that is gone or cut off is said to be missing, in one part and in many`, async () => {
      for (const count of [1, 3]) {
        for (const damage of [unlinkSync, (file: string) => truncateSync(file, 1)]) {
          let upload = EMPTY_UPLOAD;
          for (let part = 0; part < count; part += 1) {
            upload = await add(store, upload, Buffer.from('part'));
          }
          damage(ground.fileOf(upload.parts.at(-1)?.key ?? ''));
          const digest = digestOf('part'.repeat(count));
          await assert.rejects(store.commit(upload, digest), { code: 'BLOB_PART_MISSING' });
          await clear();
        }
      }
    });

    it(`${name}: what is removed is gone, and removing it again is no error`, async () => {
      const key = await push(store, Buffer.from('remove'));
      await store.remove(key);
      assert.equal(await store.read(key), null);
      await store.remove(key);
      const upload = await add(store, EMPTY_UPLOAD, Buffer.from('discard'));
      await store.discard(upload);
      await store.discard(upload);
      await assertHolds(store, []);
    });

    it(`${name}: a name that is none of its keys is never looked for`, async () => {
      const hostile = ['../../etc/passwd', 'blobs/../../etc/passwd', '/etc/passwd', ''];
      for (const key of hostile) {
        const upload = { size: 1, parts: [{ key, size: 1, digest: digestOf('a') }] };
        const more = chunksOf(Buffer.from('a'));
        const options = { algorithm: 'sha256', maxBytes: LIMIT } as const;
        for (const use of [
          store.read(key as BlobKey),
          store.commit(upload, digestOf('a')),
          store.append({ ...upload, replaced: [key] }, more, options),
          store.discard(upload),
          store.remove(key),
        ]) {
          await assert.rejects(use, { code: 'BLOB_KEY_INVALID' }, key);
        }
      }
    });

    it(`${name}: lists blobs, parts and what else lies there`, async () => {
      const since = Date.now() - 5000;
      const key = await push(store, Buffer.from('listed'));
      const upload = await add(store, EMPTY_UPLOAD, Buffer.from('part'));
      const found = await itemsOf(store);
      const part = upload.parts[0]?.key ?? '';
      assert.deepEqual(
        found.map(({ kind, key: listed, size }) => ({ kind, key: listed, size })).toSorted((a, b) => a.size - b.size),
        [
          { kind: 'part', key: part, size: 4 },
          { kind: 'blob', key, size: 6 },
        ],
      );
      assert.ok(found.every(({ modified }) => modified >= since && modified <= Date.now() + 5000));
      writeFileSync(ground.fileOf('blobs/left behind.tmp'), 'x');
      assert.ok((await itemsOf(store)).some((item) => item.key === 'blobs/left behind.tmp' && item.kind === 'blob'));
      const stop = new AbortController();
      stop.abort();
      await assert.rejects(itemsOf(store, stop.signal), { name: 'AbortError' });
      await clear();
    });

    it(`${name}: a reader that leaves early, aborts or never begins`, async () => {
      const bytes = content('leaving', 4 * MiB);
      const key = await push(store, bytes);
      for await (const chunk of (await store.read(key))?.bytes ?? []) {
        assert.ok(chunk.length > 0);
        break;
      }
      await (await store.read(key))?.close();
      const aborted = new AbortController();
      const found = await store.read(key, { signal: aborted.signal });
      assert.ok(found !== null);
      let read = 0;
      const reading = async (): Promise<void> => {
        for await (const chunk of found.bytes) {
          read += chunk.length;
          aborted.abort();
        }
      };
      await assert.rejects(reading(), { name: 'AbortError' });
      assert.ok(read < bytes.length);
      await assert.rejects(store.read(key, { signal: aborted.signal }), { name: 'AbortError' });
      assert.deepEqual(await pull(store, key), bytes);
      await clear();
    });

    it(`${name}: verification tells what is intact, damaged and missing`, async () => {
      const bytes = content('verify', MiB + 1);
      const digest = digestOf(bytes);
      const key = await push(store, bytes);
      const blob = { key, digest, size: bytes.length };
      assert.deepEqual(await verifyBlob(store, blob), { kind: 'intact' });
      const file = ground.fileOf(key);
      const damaged = readFileSync(file);
      damaged[MiB - 1] = (damaged[MiB - 1] ?? 0) ^ 1;
      writeFileSync(file, damaged);
      const found = await verifyBlob(store, blob);
      assert.deepEqual(found, { kind: 'damaged', digest: digestOf(damaged), size: bytes.length });
      truncateSync(file, 5);
      const short = await verifyBlob(store, blob);
      assert.deepEqual(short, { kind: 'damaged', digest: digestOf(damaged.subarray(0, 5)), size: 5 });
      await store.remove(key);
      assert.deepEqual(await verifyBlob(store, blob), { kind: 'missing' });
    });

    it(`${name}: a probe leaves nothing behind`, async () => {
      await store.probe();
      await assertHolds(store, []);
    });

    it(`${name}: many uploads at once`, async () => {
      const all = Array.from({ length: 40 }, (_, index) => content(`at once ${index}`, 1 + index * 30 * KiB));
      const keys = await Promise.all(all.map(async (bytes) => await push(store, bytes)));
      assert.equal(new Set(keys).size, all.length);
      const read = await Promise.all(keys.map(async (key) => await pull(store, key)));
      assert.ok(read.every((bytes, index) => bytes !== null && all[index]?.equals(bytes) === true));
      await clear();
    });

    it(`${name}: 200 MiB pass through little memory`, { timeout: 300_000 }, async () => {
      const chunk = content('stream', 256 * KiB);
      const digest = digestOfRepeated(chunk, 800);
      const least = process.memoryUsage().arrayBuffers;
      let most = 0;
      const measure = (): void => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - least);
      };
      const timer = setInterval(measure, 5);
      try {
        const source = repeated(chunk, 800);
        const upload = await store.append(EMPTY_UPLOAD, source, { algorithm: 'sha256', maxBytes: LIMIT });
        const blob = await store.commit(upload, digest);
        assert.deepEqual(await verifyBlob(store, blob), { kind: 'intact' });
      } finally {
        clearInterval(timer);
      }
      measure();
      assert.ok(most < 128 * MiB, `${Math.round(most / MiB)} MiB of buffers`);
      await clear();
    });
  });
}
