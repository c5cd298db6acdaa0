import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { EMPTY_UPLOAD, type StoredBlob, type UploadState } from '#model/platform/blob-store.ts';
import { evidence } from '#test/evidence.ts';
import { add, content, itemsOf, KiB, pull } from '#test/fixtures/blob-content.ts';
import { openPlace } from '#test/fixtures/blob-process.ts';
import { type BlobProcess, startBlobProcess } from '#test/fixtures/blob-processes.ts';
import { callAfter, isRenameTo, isSyncOf, parseStrace, type SystemCall } from '#test/fixtures/strace.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'platform/blobs-fs',
  'real tool',
  'strace shows what is on the disk before an upload is acknowledged, kills the process at each step, and fails its calls',
);

const skip = missing('strace');
const TRACED = 'fsync,fdatasync,rename,renameat,renameat2,mkdir,writev,pwritev,pwrite64,write';

/** An acknowledgement as the process writes it. */
function isAnswer(call: SystemCall): boolean {
  return call.name === 'write' && call.arguments.startsWith('1<') && call.arguments.includes('value');
}

describe('fs: what is on the disk before it is acknowledged', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-durable-'));
  const root = join(realpathSync(folder), 'blobs of the test');
  const trace = join(folder, 'trace');
  const one = content('one', 100 * KiB);
  let calls: readonly SystemCall[] = [];
  let part = '';
  let blobs: readonly string[] = [];

  before(async () => {
    const traced = startBlobProcess({ driver: 'fs', root }, [
      'strace',
      '-f',
      '-y',
      '-s',
      '4096',
      '-o',
      trace,
      '-e',
      `trace=${TRACED}`,
    ]);
    try {
      const upload = await traced.append(EMPTY_UPLOAD, one);
      const first = await traced.commit(upload, digestOf(one));
      let many = EMPTY_UPLOAD;
      for (const text of ['several', ' parts']) {
        many = await traced.append(many, Buffer.from(text));
      }
      const second = await traced.commit(many, digestOf('several parts'));
      part = join(root, upload.parts[0]?.key ?? '');
      blobs = [first, second].map(({ key }) => join(root, key));
    } finally {
      await traced.stop();
    }
    calls = parseStrace(readFileSync(trace, 'utf8'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('a part: its bytes and its name', () => {
    const written = calls.findLast((call) => call.name === 'writev' && call.paths.includes(part));
    const synced = callAfter(calls, written?.ended ?? Infinity, 'sync of the part', (call) => isSyncOf(call, part));
    const named = callAfter(calls, written?.ended ?? Infinity, 'sync of the folder', (call) =>
      isSyncOf(call, join(root, 'uploads')),
    );
    const answered = calls.find(isAnswer);
    assert.ok(answered !== undefined && answered.began > Math.max(synced.ended, named.ended));
  });

  it('a blob of one part and one of many: bytes, name, folder, and the folder that holds that one', () => {
    const answers = calls.filter(isAnswer);
    for (const [index, answer] of [1, 4].entries()) {
      const [blob = ''] = blobs.slice(index);
      const renamed = callAfter(calls, 0, 'rename', (call) => isRenameTo(call, blob));
      const [from = ''] = renamed.paths;
      const bytes = callAfter(calls, 0, 'sync of the file', (call) => isSyncOf(call, from));
      assert.ok(bytes.ended < renamed.began);
      const folderOfBlob = join(blob, '..');
      const named = callAfter(calls, renamed.ended, 'sync of the folder', (call) => isSyncOf(call, folderOfBlob));
      const made = callAfter(
        calls,
        0,
        'new folder',
        (call) => call.name === 'mkdir' && call.paths.includes(folderOfBlob),
      );
      const parent = callAfter(calls, made.ended, 'sync of the folder above', (call) =>
        isSyncOf(call, join(folderOfBlob, '..')),
      );
      const acknowledged = answers[answer]?.began ?? 0;
      assert.ok(named.ended < acknowledged && parent.ended < acknowledged);
    }
  });

  it('the root: every folder that was made to hold it', () => {
    const made = callAfter(calls, -1, 'new root', (call) => call.name === 'mkdir' && call.paths.includes(root));
    callAfter(calls, made.ended, 'sync of the folder above', (call) => isSyncOf(call, realpathSync(folder)));
    callAfter(calls, made.ended, 'sync of the root', (call) => isSyncOf(call, root));
    callAfter(calls, made.ended, 'sync of blobs', (call) => isSyncOf(call, join(root, 'blobs')));
  });
});

/** What was acknowledged before the process died. */
interface Acknowledged {
  readonly blobs: StoredBlob[];
  upload: UploadState;
}

/** Long enough to come in chunks that are written together: other writes of the process are to be left alone. */
const SINGLE = content('single', 100 * KiB);
const FIRST = content('first', 100 * KiB);
const BLOBS: readonly Buffer[] = [SINGLE, Buffer.concat([FIRST, SINGLE])];

async function work(process: BlobProcess, done: Acknowledged): Promise<void> {
  done.upload = await process.append(EMPTY_UPLOAD, SINGLE);
  await commit(process, done);
  done.upload = await process.append(EMPTY_UPLOAD, FIRST);
  done.upload = await process.append(done.upload, SINGLE);
  await commit(process, done);
}

async function commit(process: BlobProcess, done: Acknowledged): Promise<void> {
  done.blobs.push(await process.commit(done.upload, digestOf(BLOBS[done.blobs.length] ?? '')));
  const held = done.upload;
  done.upload = EMPTY_UPLOAD;
  await process.discard(held);
}

describe('fs: a process that is killed at any step', { skip }, () => {
  for (const call of ['mkdir', 'writev', 'fdatasync', 'fsync', 'utimensat', 'rename', 'unlink']) {
    it(`in ${call}: what was acknowledged is whole, what was not is garbage`, { timeout: 300_000 }, async () => {
      let killed = true;
      let rounds = 0;
      for (; killed; rounds += 1) {
        killed = await killedIn(call, rounds + 1);
      }
      assert.ok(rounds > 2, `${rounds - 1} kills`);
    });
  }
});

/** False when the process did all of its work, with fewer such calls. */
async function killedIn(call: string, number: number): Promise<boolean> {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-killed-'));
  const place = { driver: 'fs', root } as const;
  try {
    // Otherwise the first folders are made before anything can be acknowledged.
    const prepared = await openPlace(place);
    const kill = ['strace', '-f', '-o', '/dev/null', '-e', `trace=${call}`];
    const injected = startBlobProcess(place, [...kill, '-e', `inject=${call}:signal=SIGKILL:when=${number}`]);
    const done: Acknowledged = { blobs: [], upload: EMPTY_UPLOAD };
    let killed = false;
    try {
      await work(injected, done);
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'PROCESS_ENDED');
      killed = true;
    } finally {
      await injected.stop();
    }
    for (const { key, size, digest } of done.blobs) {
      const bytes = await pull(prepared, key);
      assert.ok(bytes !== null && bytes.length === size && digestOf(bytes) === digest, key);
    }
    // Goes on where it was, in another process.
    const whole = BLOBS[done.blobs.length] ?? SINGLE;
    const rest = await add(prepared, done.upload, whole.subarray(done.upload.size));
    const blob = await prepared.commit(rest, digestOf(whole));
    assert.deepEqual(await pull(prepared, blob.key), whole);
    for (const { kind, key } of await itemsOf(prepared)) {
      if (kind === 'blob') {
        const named = `sha256:${key.split('/').at(-1)?.slice(0, 64)}` as Digest;
        assert.equal(digestOf((await pull(prepared, key as StoredBlob['key'])) ?? ''), named);
      }
      await prepared.remove(key);
    }
    assert.deepEqual(await itemsOf(prepared), []);
    return killed;
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('fs: a disk that fails', { skip }, () => {
  const failures = [
    { inject: 'writev:error=ENOSPC', code: 'BLOB_STORE_FULL' },
    { inject: 'writev:error=EDQUOT:when=2+', code: 'BLOB_STORE_FULL' },
    { inject: 'writev:error=EIO', code: 'BLOB_STORE_UNAVAILABLE' },
    { inject: 'fdatasync:error=EIO', code: 'BLOB_STORE_UNAVAILABLE' },
    { inject: 'fsync:error=EIO:when=3+', code: 'BLOB_STORE_UNAVAILABLE' },
    { inject: 'writev:error=EROFS', code: 'BLOB_STORE_REFUSED' },
  ];
  for (const { inject, code } of failures) {
    it(`${inject} is ${code}, and nothing stays`, async () => {
      const root = mkdtempSync(join(tmpdir(), 'plimsoll-failing-'));
      mkdirSync(join(root, 'store'));
      const place = { driver: 'fs', root: join(root, 'store') } as const;
      const call = inject.slice(0, inject.indexOf(':'));
      const through = [
        'strace',
        '-f',
        '--seccomp-bpf',
        '-o',
        '/dev/null',
        '-e',
        `trace=${call}`,
        '-e',
        `inject=${inject}`,
      ];
      const failing = startBlobProcess(place, through);
      try {
        await assert.rejects(failing.append(EMPTY_UPLOAD, content('failing', 3 * 1024 * KiB)), { code });
        assert.deepEqual(await itemsOf(await openPlace(place)), []);
      } finally {
        await failing.stop();
        rmSync(root, { recursive: true });
      }
    });
  }
});
