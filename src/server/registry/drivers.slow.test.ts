import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { newId } from '#base/uuid.ts';
import { openBlobs } from '#store/blobs/index.ts';
import { openPostgresStore, openSqliteStore } from '#store/metadata/index.ts';
import { type Postgres, startPostgres } from '#test/fixtures/postgres.ts';
import { type RegistryUnderTest, startRegistry, type UnderTestOptions } from '#test/fixtures/registry-under-test.ts';
import { type S3Server, startS3 } from '#test/fixtures/s3.ts';
import { missing } from '#test/prerequisites.ts';

const settings = { clock: systemClock, random: (length: number): Uint8Array => randomBytes(length) };
const unique = (): string => newId(systemClock.now(), randomBytes).replaceAll('-', '');

describe('two servers over SQLite and files', () => {
  sharesUploads(() => Promise.resolve({ options: {}, end: () => Promise.resolve() }));
});

describe('two servers over SQLite and S3', { skip: missing('go') }, () => {
  sharesUploads(async () => {
    const s3 = await startS3();
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-drivers-'));
    const store = await openSqliteStore({ path: join(folder, 'plimsoll.db'), ...settings });
    const end = async (): Promise<void> => {
      await store.close();
      await s3.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { options: { store, blobs: await openS3(s3) }, end };
  });
});

describe('two servers over PostgreSQL and files', { skip: missing('postgresql') }, () => {
  sharesUploads(async () => {
    const postgres: Postgres = await startPostgres();
    const store = await openPostgresStore({ url: await postgres.createDatabase(), ...settings });
    const end = async (): Promise<void> => {
      await store.close();
      await postgres.stop();
    };
    return { options: { store }, end };
  });
});

describe('blobs in S3 that clients are sent to', { skip: missing('go') }, () => {
  let s3: S3Server;
  let registry: RegistryUnderTest;
  before(async () => {
    s3 = await startS3();
    registry = await startRegistry({ blobs: await openS3(s3), redirectSeconds: 60 });
  });
  after(async () => {
    await registry.stop();
    await s3.stop();
  });

  it('by GET alone, and only those who may read them', async () => {
    const content = 'kept elsewhere';
    const alice = registry.as('alice');
    const digest = await alice.pushBlob('team/app', content);
    const path = `/v2/team/app/blobs/${digest}`;
    const { status, headers } = await alice.ask('GET', path);
    assert.deepEqual([status, headers['docker-content-digest']], [307, digest]);
    assert.equal(await (await fetch(headers.location ?? '')).text(), content);
    const head = await alice.ask('HEAD', path);
    assert.deepEqual([head.status, head.headers['content-length']], [200, String(content.length)]);
    const other = await registry.as('vera').ask('GET', path);
    assert.deepEqual([other.status, other.headers.location], [404, undefined]);
  });
});

type Prepare = () => Promise<{ readonly options: UnderTestOptions; readonly end: () => Promise<void> }>;

/** An upload goes from one server to the other and back. */
function sharesUploads(prepare: Prepare): void {
  let registry: RegistryUnderTest;
  let end: () => Promise<void> = () => Promise.resolve();
  before(async () => {
    const prepared = await prepare();
    ({ end } = prepared);
    registry = await startRegistry({ ...prepared.options, servers: 2 });
  });
  after(async () => {
    await registry.stop();
    await end();
  });

  for (const algorithm of ['sha256', 'sha512'] as const) {
    it(`chunks of 1 KiB by turns, ${algorithm}`, async () => {
      const [a, b] = [registry.as('alice', 0), registry.as('alice', 1)];
      const bytes = Buffer.alloc(100 * 1024 + 7, `by turns, ${algorithm} `);
      const begun = await a.ask('POST', `/v2/team/app/blobs/uploads/?digest-algorithm=${algorithm}`);
      let place = begun.headers.location ?? '';
      for (let start = 0; start < 100 * 1024; start += 1024) {
        const headers = { 'content-range': `${start}-${start + 1023}` };
        const asked = { headers, body: bytes.subarray(start, start + 1024) };
        const patched = await (start % 2048 === 0 ? a : b).ask('PATCH', place, asked);
        assert.equal(patched.status, 202, patched.body.toString());
        place = patched.headers.location ?? '';
      }
      const digest = digestOf(bytes, algorithm);
      const put = await a.ask('PUT', `${place}?digest=${digest}`, { body: bytes.subarray(100 * 1024) });
      assert.equal(put.status, 201, put.body.toString());
      const got = await b.ask('GET', put.headers.location ?? '');
      assert.ok(got.body.equals(bytes));
      const part = await b.ask('GET', put.headers.location ?? '', { headers: { range: 'bytes=1000-99999' } });
      assert.ok(part.body.equals(bytes.subarray(1000, 100_000)));
    });
  }

  it('an image that is pushed to one is pulled from the other, and deleted', async () => {
    const [a, b] = [registry.as('alice', 0), registry.as('alice', 1)];
    const image = await a.pushImage('team/image', { tag: 'v1', layers: 3 });
    assert.ok((await b.ask('GET', '/v2/team/image/manifests/v1')).body.equals(image.bytes));
    assert.equal((await b.ask('DELETE', `/v2/team/image/manifests/${image.digest}`)).status, 202);
    assert.equal((await a.ask('HEAD', '/v2/team/image/manifests/v1')).status, 404);
  });

  it('of chunks for one place one is taken, of many manifests at once all', async () => {
    const { headers } = await registry.as('alice').ask('POST', '/v2/team/app/blobs/uploads/');
    const place = headers.location ?? '';
    const chunks = [0, 1, 0, 1].map((server) =>
      registry.as('alice', server).ask('PATCH', place, { body: 'chunk', headers: { 'content-range': '0-4' } }),
    );
    const statuses = (await Promise.all(chunks)).map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [202, 416, 416, 416]);
    const images = Array.from({ length: 8 }, (_, index) =>
      registry.as('alice', index % 2).pushImage('team/many', { seed: `image ${index}`, tag: `v${index}` }),
    );
    const digests = (await Promise.all(images)).map(({ digest }) => digest);
    const { tags } = (await registry.as('alice').ask('GET', '/v2/team/many/tags/list')).json() as {
      readonly tags: readonly string[];
    };
    assert.equal(tags.length, digests.length);
  });
}

async function openS3({ endpoint, region, bucket, accessKeyId, secretAccessKey }: S3Server) {
  const credentials = () => Promise.resolve({ accessKeyId, secretAccessKey, sessionToken: null });
  const where = { endpoint, region, bucket, pathStyle: true, prefix: `${unique()}/` };
  return await openBlobs({ driver: 's3', ...where, credentials }, { clock: systemClock, unique });
}
