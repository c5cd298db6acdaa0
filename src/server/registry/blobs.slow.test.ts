import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DigestAlgorithm, digestOf } from '#base/digest.ts';
import type { Answer, Asked } from '#test/fixtures/registry-client.ts';
import { type RegistryUnderTest, startRegistry } from '#test/fixtures/registry-under-test.ts';

let registry: RegistryUnderTest;
before(async () => {
  registry = await startRegistry();
});
after(async () => {
  await registry.stop();
});

const ask = async (method: string, path: string, asked?: Asked): Promise<Answer> =>
  await registry.as('alice').ask(method, path, asked);
const REPO = 'team/blobs';
const UPLOADS = `/v2/${REPO}/blobs/uploads/`;

interface Content {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly algorithm: DigestAlgorithm;
}

/** The ways to push a blob (distribution-spec, "Pushing blobs"). Each answers what the last request did. */
const WAYS: Readonly<Record<string, (content: Content) => Promise<Answer>>> = {
  'post only': async ({ bytes, digest }) => await ask('POST', `${UPLOADS}?digest=${digest}`, { body: bytes }),
  'post and put': async ({ bytes, digest }) => {
    const place = await begin();
    return await ask('PUT', `${place}?digest=${digest}`, { body: bytes });
  },
  'post with an algorithm and put': async ({ bytes, digest, algorithm }) => {
    const place = await begin(`?digest-algorithm=${algorithm}`);
    return await ask('PUT', `${place}?digest=${digest}`, { body: bytes });
  },
  stream: async ({ bytes, digest }) => {
    const place = await begin();
    const patched = await ask('PATCH', place, { body: bytes, isStream: true });
    assert.equal(patched.status, 202, patched.body.toString());
    return await ask('PUT', `${patched.headers.location ?? ''}?digest=${digest}`);
  },
  chunks: async ({ bytes, digest }) => {
    const place = await inChunks(bytes, bytes.length);
    return await ask('PUT', `${place}?digest=${digest}`);
  },
  'chunks, the last with the put': async ({ bytes, digest }) => {
    const start = Math.floor(bytes.length / 1024) * 1024;
    const place = await inChunks(bytes, start);
    const last = bytes.subarray(start);
    const headers = last.length === 0 ? {} : { 'content-range': `${start}-${bytes.length - 1}` };
    return await ask('PUT', `${place}?digest=${digest}`, { body: last, headers });
  },
};

async function begin(query = ''): Promise<string> {
  const begun = await ask('POST', `${UPLOADS}${query}`);
  assert.equal(begun.status, 202);
  assert.equal(begun.headers.range, '0-0');
  return begun.headers.location ?? '';
}

async function inChunks(bytes: Buffer, end: number): Promise<string> {
  let place = await begin();
  for (let start = 0; start < end; start += 1024) {
    const chunk = bytes.subarray(start, Math.min(start + 1024, end));
    const headers = { 'content-range': `${start}-${start + chunk.length - 1}` };
    const patched = await ask('PATCH', place, { body: chunk, headers });
    assert.equal(patched.status, 202, patched.body.toString());
    assert.equal(patched.headers.range, `0-${start + chunk.length - 1}`);
    place = patched.headers.location ?? '';
  }
  return place;
}

const CONTENTS: Readonly<Record<string, Buffer>> = {
  empty: Buffer.alloc(0),
  'empty JSON': Buffer.from('{}'),
  'less than a chunk': Buffer.from('content'.repeat(73)),
  'three chunks': Buffer.alloc(3 * 1024 - 5, 'three chunks'),
  'whole chunks': Buffer.alloc(2048, 'whole chunks'),
};

for (const algorithm of ['sha256', 'sha512'] as const) {
  describe(`blobs by ${algorithm}`, () => {
    for (const [way, push] of Object.entries(WAYS)) {
      for (const [what, bytes] of Object.entries(CONTENTS)) {
        it(`${way}, ${what}: is there, whole, and gone when deleted`, async () => {
          const digest = digestOf(bytes, algorithm);
          const path = `/v2/${REPO}/blobs/${digest}`;
          assert.equal((await ask('GET', path)).status, 404);
          const pushed = await push({ bytes, digest, algorithm });
          assert.equal(pushed.status, 201, pushed.body.toString());
          assert.equal(pushed.headers.location, path);
          assert.equal(pushed.headers['docker-content-digest'], digest);
          const got = await ask('GET', path);
          assert.deepEqual(got.body, bytes);
          const head = await ask('HEAD', path);
          for (const answer of [got, head]) {
            assert.equal(answer.status, 200);
            assert.equal(answer.headers['content-length'], String(bytes.length));
            assert.equal(answer.headers['docker-content-digest'], digest);
            assert.equal(answer.headers['content-type'], 'application/octet-stream');
            assert.equal(answer.headers['accept-ranges'], 'bytes');
          }
          assert.equal((await ask('DELETE', path)).status, 202);
          assert.equal((await ask('HEAD', path)).status, 404);
          assert.equal((await ask('DELETE', path)).status, 404);
        });
      }
      it(`${way}, of another digest: refused, and nothing is there`, async () => {
        const digest = digestOf(`not it, ${way}`, algorithm);
        const answer = await push({ bytes: Buffer.alloc(3000, 'other'), digest, algorithm });
        assert.equal(answer.status, 400);
        assert.deepEqual(answer.codes(), ['DIGEST_INVALID']);
        assert.equal((await ask('HEAD', `/v2/${REPO}/blobs/${digest}`)).status, 404);
      });
    }
  });
}

describe('parts of a blob', () => {
  const bytes = Buffer.from(Array.from({ length: 2048 }, (_, index) => index % 251));
  const path = `/v2/${REPO}/blobs/${digestOf(bytes)}`;
  before(async () => {
    await registry.as('alice').pushBlob(REPO, bytes);
  });

  const cases: readonly (readonly [range: string, start: number, end: number])[] = [
    ['bytes=500-1499', 500, 1499],
    ['bytes=500-', 500, 2047],
    ['bytes=-500', 1548, 2047],
    ['bytes=2000-5000', 2000, 2047],
    ['bytes=0-0', 0, 0],
  ];
  for (const [range, start, end] of cases) {
    it(range, async () => {
      const answer = await ask('GET', path, { headers: { range } });
      assert.equal(answer.status, 206);
      assert.equal(answer.headers['content-range'], `bytes ${start}-${end}/2048`);
      assert.equal(answer.headers['content-length'], String(end - start + 1));
      assert.deepEqual(answer.body, bytes.subarray(start, end + 1));
    });
  }
  for (const range of ['bytes=500-0', 'bytes=5000-10000', 'bytes=2048-']) {
    it(`${range}: none of it`, async () => {
      const answer = await ask('GET', path, { headers: { range } });
      assert.equal(answer.status, 416);
      assert.equal(answer.headers['content-range'], 'bytes */2048');
    });
  }
  it('with a tag that is another content: all of it', async () => {
    const answer = await ask('GET', path, { headers: { range: 'bytes=0-1', 'if-range': '"other"' } });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, bytes);
  });
  it('what the client has is not sent again', async () => {
    const { headers } = await ask('HEAD', path);
    const answer = await ask('GET', path, { headers: { 'if-none-match': headers.etag ?? '' } });
    assert.equal(answer.status, 304);
    assert.equal(answer.body.length, 0);
  });
});

it('a blob of many chunks of the store comes whole', async () => {
  const bytes = Buffer.alloc(5 * 1024 * 1024 + 17, 'a blob of some length ');
  const digest = await registry.as('alice').pushBlob(REPO, bytes);
  const { body } = await ask('GET', `/v2/${REPO}/blobs/${digest}`);
  assert.equal(digestOf(body), digest);
  const part = await ask('GET', `/v2/${REPO}/blobs/${digest}`, { headers: { range: 'bytes=1000000-4000000' } });
  assert.ok(part.body.equals(bytes.subarray(1_000_000, 4_000_001)));
});

it('a blob that a manifest needs stays', async () => {
  const alice = registry.as('alice');
  const image = await alice.pushImage('team/needed', { seed: 'needed' });
  const { layers } = JSON.parse(image.bytes.toString()) as { layers: readonly { digest: string }[] };
  const path = `/v2/team/needed/blobs/${layers[0]?.digest ?? ''}`;
  const refused = await alice.ask('DELETE', path);
  assert.equal(refused.status, 405);
  assert.equal((await alice.ask('HEAD', path)).status, 200);
  assert.equal((await alice.ask('DELETE', `/v2/team/needed/manifests/${image.digest}`)).status, 202);
  // It is still there, for the manifest to be restored, and for nobody else.
  assert.equal((await alice.ask('DELETE', path)).status, 202);
  assert.equal((await alice.ask('HEAD', path)).status, 404);
  assert.equal((await alice.ask('DELETE', path)).status, 404);
  const found = await registry.store.records.repositories.find('team/needed');
  assert.ok(await registry.store.records.trash.restore(found?.id ?? '', image.digest, registry.clock.now()));
  assert.equal((await alice.ask('GET', path)).status, 200);
});
