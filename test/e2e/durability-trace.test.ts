import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Digest, digestOf, hexOf } from '#base/digest.ts';
import { evidence } from '../evidence.ts';
import { acknowledged, pushBlob, pushImage } from '../fixtures/push-image.ts';
import { basic, startServer, type TestServer } from '../fixtures/server.ts';
import { isSyncOf, type SystemCall } from '../fixtures/strace.ts';
import { trace } from '../fixtures/trace.ts';
import { missing } from '../prerequisites.ts';

evidence('registry/durability', 'real tool', 'strace sees file, folder and database synced before each 201 is written');

/** One answer 201, as it was written to a socket. */
interface Acknowledgement {
  readonly call: SystemCall;
  readonly digest: string;
  readonly kind: 'blob' | 'manifest';
}

describe('what is acknowledged is on the disk', { skip: missing('strace', 'root') }, () => {
  let folder = '';
  let server: TestServer;
  let login: { readonly authorization: string };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-trace-'));
    // Calls that are handed over through a ring are seen by nobody.
    server = await startServer({ env: { UV_USE_IO_URING: '0' } });
    login = { authorization: basic(server.admin) };
    await pushImage(server, login, 'team/app', 'first', 'what is made once is there');
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function traced(name: string, work: () => Promise<void>): Promise<readonly SystemCall[]> {
    const running = await trace(server.processId('front') ?? 0, join(folder, name));
    try {
      await work();
      // Of a call that has not ended strace says nothing when it goes; whoever answers this has ended those before.
      await fetch(`${server.url}/v2/`, { headers: login });
    } catch (error) {
      await running.end();
      throw error;
    }
    return await running.end();
  }

  it('blobs and manifests, one after the other', async () => {
    const expected: Digest[] = [];
    const calls = await traced('alone', async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        const { config, layer, manifest } = await pushImage(
          server,
          login,
          'team/app',
          `v${turn}`,
          `turn ${turn}`,
          300_000,
        );
        expected.push(config, layer, manifest);
      }
    });
    assertDurable(calls, expected);
  });

  it('blobs in chunks, joined at the end', async () => {
    const bytes = randomBytes(200_000);
    const digest = digestOf(bytes);
    const calls = await traced('chunks', async () => await pushInChunks(server, login, bytes, 50_000));
    assertDurable(calls, [digest]);
    const chunks = calls.filter((call) => isAnswer(call, 202) && /range: 0-[1-9]/i.test(call.arguments));
    assert.equal(chunks.length, 4);
    for (const [index, answer] of chunks.entries()) {
      // What of a chunk has to be there for any process to go on with it: bytes, name, row.
      const before = calls.filter(
        (call) => call.began > (chunks[index - 1]?.ended ?? 0) && call.ended < answer.began && isSync(call),
      );
      assert.ok(
        before.some(({ paths }) => paths.some((path) => /\/uploads\/[^/]+$/.test(path))),
        'the bytes of a chunk',
      );
      assert.ok(
        before.some(({ paths }) => paths.some((path) => path.endsWith('/uploads'))),
        'the name of a chunk',
      );
      assert.ok(before.some(isDatabase), 'the row of a chunk');
    }
  });

  it('a blob so large that the disk is told to begin before its end', async () => {
    const bytes = randomBytes(40_000_000);
    const calls = await traced('large', async () => await pushBlob(`${server.url}/v2/team/app`, login, bytes));
    assertDurable(calls, [digestOf(bytes)]);
  });

  it('a mounted blob: its row', async () => {
    const bytes = randomBytes(1000);
    const digest = digestOf(bytes);
    await pushBlob(`${server.url}/v2/team/app`, login, bytes);
    const calls = await traced('mount', async () => {
      const url = `${server.url}/v2/team/mounted/blobs/uploads/?mount=${digest}&from=team/app`;
      await acknowledged(url, 201, login, { method: 'POST' });
    });
    const [mounted] = acknowledgements(calls);
    assert.ok(mounted !== undefined, 'no answer 201 in the trace');
    assertDatabaseSynced(calls, 0, mounted);
  });

  it('many at once: each by itself', async () => {
    const expected: Digest[] = [];
    const calls = await traced('crowd', async () => {
      const pushes = Array.from(
        { length: 8 },
        async (_, index) => await pushImage(server, login, `team/crowd${index}`, 'v1', `crowd ${index}`, 100_000),
      );
      for (const { config, layer, manifest } of await Promise.all(pushes)) {
        expected.push(config, layer, manifest);
      }
    });
    assertDurable(calls, expected);
  });

  it('what is deleted: the row, before 202', async () => {
    const image = await pushImage(server, login, 'team/gone', 'v1', 'to be deleted');
    const calls = await traced('delete', async () => {
      await acknowledged(`${server.url}/v2/team/gone/manifests/${image.manifest}`, 202, login, { method: 'DELETE' });
    });
    const answer = calls.find((call) => isAnswer(call, 202));
    assert.ok(answer !== undefined, 'no answer 202 in the trace');
    assert.ok(syncsOfDatabase(calls).some((sync) => sync.ended < answer.began));
  });
});

/** Every digest was acknowledged exactly once, and not before it was on the disk. */
function assertDurable(calls: readonly SystemCall[], expected: readonly Digest[]): void {
  const answers = acknowledgements(calls);
  assert.deepEqual(answers.map(({ digest }) => digest).toSorted(), expected.toSorted());
  for (const answer of answers) {
    assertDatabaseSynced(calls, answer.kind === 'blob' ? assertFileSynced(calls, answer) : 0, answer);
  }
}

/** The file was synced, then renamed to where it stays, then its folder synced; gives the line where that ended. */
function assertFileSynced(calls: readonly SystemCall[], { call: answer, digest }: Acknowledgement): number {
  const renamed = calls.find(
    (call) =>
      isRename(call) &&
      basename(dirname(call.paths.at(-1) ?? '')).length > 0 &&
      call.paths.at(-1)?.includes(hexOf(digest as Digest)),
  );
  assert.ok(renamed !== undefined, `${digest}: no rename of its file`);
  const [from = '', to = ''] = renamed.paths.filter((path) => path.includes('/blobs/')).slice(-2);
  const opened = from.slice(from.lastIndexOf('/blobs/'));
  const synced = calls.findLast(
    (call) => isSync(call) && call.paths.some((path) => path.endsWith(opened)) && call.ended < renamed.began,
  );
  assert.ok(synced !== undefined, `${digest}: ${from} was not synced before it was renamed`);
  const written = calls.filter((call) => isWrite(call) && call.paths.some((path) => path.endsWith(opened)));
  assert.ok(
    written.every((call) => call.ended < synced.began),
    `${digest}: written to after it was synced`,
  );
  const folder = calls.find(
    (call) => isSyncOf(call, dirname(to)) && call.began > renamed.ended && call.ended < answer.began,
  );
  assert.ok(folder !== undefined, `${digest}: ${dirname(to)} was not synced between the rename and the answer`);
  return folder.ended;
}

/** The transaction was synced between a line and the answer. */
function assertDatabaseSynced(
  calls: readonly SystemCall[],
  after: number,
  { call: answer, digest }: Acknowledgement,
): void {
  const synced = syncsOfDatabase(calls).find((call) => call.began > after && call.ended < answer.began);
  assert.ok(
    synced !== undefined,
    `${digest}: no sync of the database between line ${after} and the answer in line ${answer.began}`,
  );
  const log = calls.filter((call) => isWrite(call) && isDatabase(call));
  assert.ok(
    log.some((call) => call.began > after && call.ended < synced.began),
    `${digest}: nothing was written to the database`,
  );
}

function syncsOfDatabase(calls: readonly SystemCall[]): readonly SystemCall[] {
  return calls.filter((call) => isSync(call) && isDatabase(call));
}

function isDatabase({ paths }: SystemCall): boolean {
  return paths.some((path) => path.endsWith('/plimsoll.db-wal'));
}

function isSync({ name, result }: SystemCall): boolean {
  return (name === 'fsync' || name === 'fdatasync') && result.startsWith('0');
}

function isWrite({ name }: SystemCall): boolean {
  return /^p?write/.test(name);
}

function isRename({ name, result }: SystemCall): boolean {
  return name.startsWith('rename') && result.startsWith('0');
}

function isAnswer({ name, arguments: given }: SystemCall, status: number): boolean {
  return /^(?:write|writev|sendto|sendmsg)$/.test(name) && given.includes(`HTTP/1.1 ${status} `);
}

function acknowledgements(calls: readonly SystemCall[]): readonly Acknowledgement[] {
  return calls
    .filter((call) => isAnswer(call, 201))
    .map((call) => {
      const digest = /docker-content-digest: (sha256:[0-9a-f]{64})/i.exec(call.arguments)?.[1] ?? '';
      const location = /location: \S*\/(blob|manifest)s\//i.exec(call.arguments)?.[1];
      return { call, digest, kind: location === 'manifest' ? 'manifest' : 'blob' };
    });
}

async function pushInChunks(
  server: TestServer,
  login: { readonly authorization: string },
  bytes: Buffer,
  size: number,
): Promise<void> {
  const base = `${server.url}/v2/team/app`;
  const begun = await acknowledged(`${base}/blobs/uploads/`, 202, login, { method: 'POST' });
  let location = new URL(begun.headers.get('location') ?? '', base).href;
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `${at}-${at + chunk.length - 1}` };
    const answer = await acknowledged(location, 202, login, { method: 'PATCH', headers, body: new Uint8Array(chunk) });
    location = new URL(answer.headers.get('location') ?? '', base).href;
  }
  const target = new URL(location);
  target.searchParams.set('digest', digestOf(bytes));
  await acknowledged(target.href, 201, login, { method: 'PUT' });
}
