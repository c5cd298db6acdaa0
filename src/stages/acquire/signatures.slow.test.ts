import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { type AcquireWorld, openAcquireWorld, sourceOf } from '#test/fixtures/acquire-stage.ts';
import { ADMIN, DAY } from '#test/fixtures/catalog-world.ts';
import { refuse, type ServedImage, serveImage, startHostile } from '#test/fixtures/hostile-registry.ts';
import { MEDIA_TYPES } from '#test/fixtures/oci-layout.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { requestAcquisition } from './request.ts';

const REPOSITORY = 'mirror/team/app';

interface SignedScene extends AcquireWorld {
  readonly image: ServedImage;
  readonly reference: string;
  readonly signature: Digest;
  readonly tag: string;
}

/** Beside the image what cosign 2 writes: a manifest with the config of an image, under a tag that names the image. */
async function openSigned(context: TestContext): Promise<SignedScene> {
  const image = serveImage(tarOf([{ name: 'etc/text', content: 'one' }]));
  const described = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const payload = Buffer.from(
    JSON.stringify({ critical: { image: { 'docker-manifest-digest': image.manifestDigest } } }),
  );
  const config = Buffer.from('{"architecture":"","os":"","config":{},"rootfs":{"type":"layers","diff_ids":[]}}');
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      config: described(MEDIA_TYPES.config, config),
      layers: [described('application/vnd.dev.cosign.simplesigning.v1+json', payload)],
    }),
  );
  const tag = `${image.manifestDigest.replace(':', '-')}.sig`;
  const served = new Map([manifest, config, payload].map((bytes) => [digestOf(bytes) as string, bytes]));
  served.set(tag, manifest);
  const upstream = await startHostile(context, (request, response) => {
    const [kind, name] = request.url?.split('/').slice(-2) ?? [];
    const bytes = served.get(name ?? '');
    if (kind === 'referrers') {
      refuse(response, 404, 'NOT_FOUND', 'no such page');
    } else if (bytes === undefined) {
      image.answer(request, response);
    } else {
      const type = bytes === manifest ? MEDIA_TYPES.manifest : 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    }
  });
  const world = await openAcquireWorld(context, [sourceOf(upstream.host)]);
  return { ...world, image, reference: `${upstream.host}/team/app:latest`, signature: digestOf(manifest), tag };
}

describe('a signature under a tag of cosign', () => {
  it('comes with its image, and is not judged as if it were one', async (context) => {
    const world = await openSigned(context);
    const asked = await requestAcquisition(world, ADMIN, { reference: world.reference });
    await world.work(asked);
    assert.equal((await world.find(asked)).state, 'judging');
    const here = await world.store.records.manifests.resolve(REPOSITORY, { tag: world.tag }, null);
    assert.deepEqual([here?.digest, here?.governor], [world.signature, world.image.manifestDigest]);
    const taken = await world.store.records.judgements.take(10, world.hand.time, world.hand.time + 1);
    assert.deepEqual(
      taken.map(({ digest }) => digest),
      [world.image.manifestDigest],
    );
  });

  it('that is asked for by itself ends where its image is, and waits for no judge', async (context) => {
    const world = await openSigned(context);
    for (const [state, reason] of [
      ['held', /hangs on/],
      ['promoted', /judged/],
    ] as const) {
      const image = await requestAcquisition(world, ADMIN, { reference: world.reference });
      await world.work(image);
      await world.judge(image, state, 'judged');
      const reference = world.reference.replace(/latest$/, world.tag);
      const asked = await requestAcquisition(world, ADMIN, { reference });
      await world.work(asked);
      const row = await world.find(asked);
      assert.equal(row.state, state);
      assert.match(row.reason, reason);
      world.hand.time += DAY;
      world.sources.changedAt = world.hand.time;
    }
  });
});
