import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsKeys } from '#base/cloud/sigv4.ts';
import { type BlobKey, type BlobStore, EMPTY_UPLOAD } from '#model/platform/blob-store.ts';
import { evidence } from '#test/evidence.ts';
import { add, assertHolds, content, itemsOf, LIMIT, MiB, pull, push } from '#test/fixtures/blob-content.ts';
import { chunksOf } from '#test/fixtures/blob-process.ts';
import { freePort } from '#test/fixtures/free-port.ts';
import { type S3Server, startS3 } from '#test/fixtures/s3.ts';
import { missing } from '#test/prerequisites.ts';
import { openS3Blobs, type S3BlobOptions } from './store.ts';

evidence(
  'platform/blobs-s3',
  'real tool',
  'errors of a real S3 server: keys, buckets, a server that dies, pieces left behind, signed URLs',
);

const SECRET = 'no-secret-is-ever-shown';
const KEYS: AwsKeys = { accessKeyId: 'nobody', secretAccessKey: SECRET, sessionToken: null };

async function openAt(settings: Partial<S3BlobOptions> & { readonly endpoint: string }): Promise<BlobStore> {
  return await openS3Blobs({
    region: 'eu-central-1',
    bucket: 'blobs',
    pathStyle: true,
    prefix: '',
    credentials: () => Promise.resolve(KEYS),
    unique: () => randomBytes(8).toString('hex'),
    ...settings,
  });
}

describe('s3: a real server', { skip: missing('go') }, () => {
  let server: S3Server;
  let keys: AwsKeys;
  let store: BlobStore;
  before(async () => {
    server = await startS3();
    keys = { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey, sessionToken: null };
    store = await openAt({ endpoint: server.endpoint, credentials: () => Promise.resolve(keys) });
  });
  after(async () => {
    await server.stop();
  });

  const refused: readonly (readonly [string, Partial<S3BlobOptions>, RegExp])[] = [
    ['keys that nobody has', {}, /access was refused: found "[A-Za-z]+" with status 40[34]/],
    [
      'a wrong secret',
      { credentials: () => Promise.resolve({ ...keys, secretAccessKey: SECRET }) },
      /access was refused.*"SignatureDoesNotMatch" with status 403/,
    ],
    [
      'a bucket that is not there',
      { bucket: 'elsewhere', credentials: () => Promise.resolve(keys) },
      /bucket elsewhere of http.*there is no such bucket/,
    ],
  ];
  for (const [what, settings, message] of refused) {
    it(`${what}: refused in clear words, without the secret`, async () => {
      const other = await openAt({ ...settings, endpoint: server.endpoint });
      await assert.rejects(other.probe(), (error: Error) => {
        assert.match(error.message, message);
        assert.equal((error as NodeJS.ErrnoException).code, 'BLOB_STORE_REFUSED');
        assert.ok(!JSON.stringify(error, Object.getOwnPropertyNames(error)).includes(SECRET));
        return true;
      });
    });
  }

  it('a URL that a client may read from for a while, and nothing else', async () => {
    const bytes = content('located', 3 * MiB);
    const key = await push(store, bytes);
    const url = await store.locate(key, 60);
    assert.ok(url !== null && !url.includes(keys.secretAccessKey));
    const whole = await fetch(url);
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes);
    const range = await fetch(url, { headers: { range: 'bytes=1-3' } });
    assert.equal(range.status, 206);
    assert.deepEqual(Buffer.from(await range.arrayBuffer()), bytes.subarray(1, 4));
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 403);
    assert.equal((await fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=61'))).status, 403);
    const late = await openAt({
      endpoint: server.endpoint,
      credentials: () => Promise.resolve(keys),
      clock: { now: () => Date.now() - 3_600_000 },
    });
    assert.equal((await fetch((await late.locate(key, 60)) ?? '')).status, 403);
    await store.remove(key);
  });

  it('pieces of an upload that was never finished are listed, and removed', async () => {
    const { CreateMultipartUploadCommand, S3Client } = await import('@aws-sdk/client-s3');
    const { endpoint, region, bucket } = server;
    const { accessKeyId, secretAccessKey } = keys;
    const client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    const key = 'uploads/0123456789abcdef';
    await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
    client.destroy();
    const [item] = await itemsOf(store);
    assert.ok(item !== undefined && item.key === key && item.kind === 'part' && item.modified > 0);
    await store.remove(key);
    await assertHolds(store, []);
  });

  it('a body that is not what was signed is refused by the server', async () => {
    const bytes = Buffer.from('as it was signed');
    const changing = (async function* () {
      yield await Promise.resolve(bytes);
      // The chunk was hashed and not sent yet.
      bytes.fill('!');
    })();
    await assert.rejects(store.append(EMPTY_UPLOAD, changing, { algorithm: 'sha256', maxBytes: LIMIT }), {
      code: 'BLOB_STORE_UNAVAILABLE',
      message: /XAmzContentSHA256Mismatch/,
    });
    await assertHolds(store, []);
  });

  it('a server that dies in the middle of uploads and reads, and comes back', { timeout: 120_000 }, async () => {
    const kept = await push(store, content('kept', 20 * MiB));
    const reading = await store.read(kept);
    const iterator = reading?.bytes[Symbol.asyncIterator]();
    await iterator?.next();
    const dying = (async function* () {
      yield* chunksOf(content('dying', 20 * MiB));
      await server.kill();
      yield* chunksOf(content('dead', 20 * MiB));
    })();
    const options = { algorithm: 'sha256', maxBytes: LIMIT } as const;
    await assert.rejects(store.append(EMPTY_UPLOAD, dying, options), { code: 'BLOB_STORE_UNAVAILABLE' });
    await assert.rejects(store.probe(), { code: 'BLOB_STORE_UNAVAILABLE', message: /ECONNREFUSED/ });
    await assert.rejects(store.read(kept), { code: 'BLOB_STORE_UNAVAILABLE' });
    const drain = async (): Promise<void> => {
      while ((await iterator?.next())?.done !== true) {
        // What was on its way already may still come.
      }
    };
    await assert.rejects(drain(), { code: 'BLOB_STORE_UNAVAILABLE' });
    await server.start();
    await store.probe();
    assert.deepEqual(await pull(store, kept), content('kept', 20 * MiB));
    for (const { key } of await itemsOf(store)) {
      await store.remove(key);
    }
    await assertHolds(store, []);
  });

  it('a name of another program that lies there is listed and removed', async () => {
    const other = await openAt({
      endpoint: server.endpoint,
      credentials: () => Promise.resolve(keys),
      prefix: 'uploads/nested/',
    });
    await push(other, Buffer.from('nested'));
    const [item] = await itemsOf(store);
    assert.match(item?.key ?? '', /^uploads\/nested\/blobs\/sha256/);
    await store.remove(item?.key ?? '');
    await assertHolds(other, []);
  });
});

test('a server that takes connections and never answers is given up', { timeout: 60_000 }, async () => {
  await withServer(
    () => undefined,
    async (store) => {
      await assert.rejects(store.probe(), { code: 'BLOB_STORE_UNAVAILABLE', message: /TimeoutError/ });
      const aborted = new AbortController();
      aborted.abort();
      await assert.rejects(store.probe(aborted.signal), { name: 'AbortError' });
    },
  );
});

/** A store at a server that does with each connection what `serve` says. */
async function withServer(
  serve: (socket: Socket) => void,
  use: (store: BlobStore) => Promise<void>,
  idleMs = 1000,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  try {
    await use(await openAt({ endpoint: `http://127.0.0.1:${port}`, timeouts: { idleMs } }));
  } finally {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
  }
}

/** Answers every request with a body of 100 bytes, in the pieces that `send` writes. */
async function withAnswer(
  send: (socket: Socket) => Promise<void>,
  use: (store: BlobStore) => Promise<void>,
  idleMs = 1000,
): Promise<void> {
  await withServer(
    (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n');
        void send(socket);
      });
    },
    use,
    idleMs,
  );
}

const SOME_KEY = `blobs/sha256/aa/${'a'.repeat(64)}-unique00` as BlobKey;

test('a body that stops coming is given up', { timeout: 60_000 }, async () => {
  await withAnswer(
    (socket) => Promise.resolve(void socket.write('half of it')),
    async (store) => {
      await assert.rejects(pull(store, SOME_KEY), { code: 'BLOB_STORE_UNAVAILABLE', message: /TimeoutError/ });
    },
  );
});

test('a body that breaks off is an error, not a shorter blob', { timeout: 60_000 }, async () => {
  await withAnswer(
    (socket) => Promise.resolve(void socket.end('half of it')),
    async (store) => {
      await assert.rejects(pull(store, SOME_KEY), { code: 'BLOB_STORE_UNAVAILABLE' });
    },
  );
});

test('a body that comes slowly, and one that is taken slowly, may take as long as they want', {
  timeout: 60_000,
}, async () => {
  await withAnswer(
    async (socket) => {
      for (let sent = 0; sent < 100; sent += 10) {
        socket.write('ten bytes.');
        await sleep(400);
      }
    },
    async (store) => {
      assert.equal((await pull(store, SOME_KEY))?.length, 100);
    },
    3000,
  );
  await withAnswer(
    (socket) => Promise.resolve(void socket.write('x'.repeat(100))),
    async (store) => {
      const found = await store.read(SOME_KEY);
      await sleep(4000);
      let read = 0;
      for await (const chunk of found?.bytes ?? []) {
        read += chunk.length;
        await sleep(4000);
      }
      assert.equal(read, 100);
    },
    3000,
  );
});

test('nobody at that address', async () => {
  const store = await openAt({ endpoint: `http://127.0.0.1:${await freePort()}` });
  await assert.rejects(store.probe(), { code: 'BLOB_STORE_UNAVAILABLE', message: /ECONNREFUSED/ });
  await assert.rejects(add(store, EMPTY_UPLOAD, Buffer.from('x')), { code: 'BLOB_STORE_UNAVAILABLE' });
});

for (const endpoint of ['nowhere', 'ftp://127.0.0.1', `http://user:${SECRET}@127.0.0.1`, 'http://127.0.0.1/?x=y']) {
  test(`settings that cannot be right: ${endpoint.replace(SECRET, '…')}`, async () => {
    await assert.rejects(openAt({ endpoint }), (error: Error) => {
      assert.equal((error as NodeJS.ErrnoException).code, 'BLOB_STORE_SETTINGS');
      assert.ok(!error.message.includes(SECRET));
      return true;
    });
  });
}

for (const prefix of ['no-slash', '/leading/', '../up/', 'a//b/', 'with space/', './']) {
  test(`a prefix that cannot be right: ${JSON.stringify(prefix)}`, async () => {
    await assert.rejects(openAt({ endpoint: 'http://127.0.0.1', prefix }), { code: 'BLOB_STORE_SETTINGS' });
  });
}
