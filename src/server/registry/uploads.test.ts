import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '#base/digest.ts';
import type { RegistryClient } from '#test/fixtures/registry-client.ts';
import { type RegistryUnderTest, startRegistry } from '#test/fixtures/registry-under-test.ts';

let registry: RegistryUnderTest;
before(async () => {
  registry = await startRegistry({ servers: 2, maxBlobBytes: 1024 * 1024 });
});
after(async () => {
  await registry.stop();
});

const UPLOADS = '/v2/team/app/blobs/uploads/';
const bytes = Buffer.alloc(3 * 1024 - 5, 'uploaded in parts ');
const chunk = (start: number): { readonly body: Buffer; readonly headers: Record<string, string> } => {
  const body = bytes.subarray(start, start + 1024);
  return { body, headers: { 'content-range': `${start}-${start + body.length - 1}` } };
};

async function begin(client: RegistryClient): Promise<string> {
  const { headers } = await client.ask('POST', UPLOADS);
  return headers.location ?? '';
}

describe('an upload', () => {
  it('says where it ends', async () => {
    const alice = registry.as('alice');
    const place = await begin(alice);
    await alice.ask('PATCH', place, chunk(0));
    const status = await alice.ask('GET', place);
    assert.equal(status.status, 204);
    assert.equal(status.headers.range, '0-1023');
    assert.equal(status.headers.location, place);
  });

  for (const start of [0, 2048, 1023]) {
    it(`takes no chunk that begins at ${start} and not where it ends, and goes on`, async () => {
      const alice = registry.as('alice');
      const place = await begin(alice);
      await alice.ask('PATCH', place, chunk(0));
      const digest = digestOf(bytes);
      for (const [method, path] of [
        ['PATCH', place],
        ['PUT', `${place}?digest=${digest}`],
      ] as const) {
        const refused = await alice.ask(method, path, chunk(start));
        assert.equal(refused.status, 416);
        assert.equal(refused.headers.range, '0-1023');
        assert.equal(refused.headers.location, place);
      }
      assert.equal((await alice.ask('PATCH', place, chunk(1024))).status, 202);
      assert.equal((await alice.ask('PUT', `${place}?digest=${digest}`, chunk(2048))).status, 201);
      assert.deepEqual((await alice.ask('GET', `/v2/team/app/blobs/${digest}`)).body, bytes);
    });
  }

  it('can be finished after a wrong digest', async () => {
    const alice = registry.as('alice');
    const place = await begin(alice);
    await alice.ask('PATCH', place, chunk(0));
    const wrong = await alice.ask('PUT', `${place}?digest=${digestOf('x')}`, chunk(1024));
    assert.deepEqual([wrong.status, wrong.codes()], [400, ['DIGEST_INVALID']]);
    assert.equal((await alice.ask('GET', place)).headers.range, '0-1023');
    const digest = digestOf(bytes.subarray(0, 2048));
    assert.equal((await alice.ask('PUT', `${place}?digest=${digest}`, chunk(1024))).status, 201);
  });

  it('is gone when it is given up', async () => {
    const alice = registry.as('alice');
    const place = await begin(alice);
    await alice.ask('PATCH', place, chunk(0));
    assert.equal((await alice.ask('DELETE', place)).status, 204);
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const answer = await alice.ask(method, place, method === 'PATCH' ? chunk(0) : {});
      assert.deepEqual([answer.status, answer.codes()], [404, ['BLOB_UPLOAD_UNKNOWN']]);
    }
  });

  it('is of its owner, in its repository', async () => {
    const place = await begin(registry.as('alice'));
    const answers = [
      await registry.as('bob').ask('GET', place),
      await registry.as('bob').ask('PATCH', place, chunk(0)),
      await registry.as('bob').ask('DELETE', place),
      await registry.as('alice').ask('GET', place.replace('team/app', 'team/other')),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 404],
    );
    assert.equal((await registry.as('alice').ask('GET', place)).status, 204);
  });

  it('takes no chunk that is not as long as it says, and none that is too long', async () => {
    const alice = registry.as('alice');
    const place = await begin(alice);
    const contradiction = await alice.ask('PATCH', place, { body: 'x', headers: { 'content-range': '0-9' } });
    assert.deepEqual([contradiction.status, contradiction.codes()], [400, ['SIZE_INVALID']]);
    const short = await alice.ask('PATCH', place, {
      body: 'x',
      isStream: true,
      headers: { 'content-range': '0-9' },
    });
    assert.deepEqual([short.status, short.codes()], [400, ['SIZE_INVALID']]);
    const long = await alice.ask('PATCH', place, { body: Buffer.alloc(1024 * 1024 + 1) });
    assert.deepEqual([long.status, long.codes()], [413, ['SIZE_INVALID']]);
    assert.equal((await alice.ask('GET', place)).headers.range, '0-0');
  });

  it('keeps what was acknowledged when the client goes away in the middle', async () => {
    const alice = registry.as('alice');
    const place = await begin(alice);
    await alice.ask('PATCH', place, chunk(0));
    const { hostname, port } = new URL(registry.urls[0] ?? '');
    const headers = { authorization: 'Bearer alice', 'content-length': '1000000' };
    const broken = request({ hostname, port, path: place, method: 'PATCH', agent: false, headers });
    broken.on('error', () => undefined);
    broken.write(Buffer.alloc(100_000));
    await sleep(100);
    broken.destroy();
    await sleep(100);
    assert.equal((await alice.ask('GET', place)).headers.range, '0-1023');
    await alice.ask('PATCH', place, chunk(1024));
    assert.equal((await alice.ask('PUT', `${place}?digest=${digestOf(bytes)}`, chunk(2048))).status, 201);
  });

  it('goes on at another server: PATCH, PATCH, PUT', async () => {
    const [a, b] = [registry.as('alice', 0), registry.as('alice', 1)];
    const place = await begin(a);
    assert.equal((await a.ask('PATCH', place, chunk(0))).status, 202);
    assert.equal((await b.ask('PATCH', place, chunk(1024))).status, 202);
    const digest = digestOf(bytes);
    assert.equal((await a.ask('PUT', `${place}?digest=${digest}`, chunk(2048))).status, 201);
    assert.deepEqual((await b.ask('GET', `/v2/team/app/blobs/${digest}`)).body, bytes);
  });

  it('takes one of two chunks for the same place', async () => {
    const alice = registry.as('alice');
    const place = await begin(alice);
    const answers = await Promise.all(
      [0, 1].map(async (server) => await registry.as('alice', server).ask('PATCH', place, chunk(0))),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [202, 416],
    );
    assert.equal((await alice.ask('GET', place)).headers.range, '0-1023');
    const found = await alice.ask('PUT', `${place}?digest=${digestOf(bytes.subarray(0, 1024))}`);
    assert.equal(found.status, 201);
  });

  it('is finished once', async () => {
    const alice = registry.as('alice');
    const place = await begin(alice);
    await alice.ask('PATCH', place, chunk(0));
    const finish = async (server: number) =>
      await registry.as('alice', server).ask('PUT', `${place}?digest=${digestOf(bytes.subarray(0, 1024))}`);
    const statuses = (await Promise.all([finish(0), finish(1)])).map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [201, 404]);
  });

  it('needs a digest to be finished', async () => {
    const alice = registry.as('alice');
    const answer = await alice.ask('PUT', await begin(alice), { body: 'x' });
    assert.deepEqual([answer.status, answer.codes()], [400, ['DIGEST_INVALID']]);
  });
});
