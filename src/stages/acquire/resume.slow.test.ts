import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { evidence } from '#test/evidence.ts';
import { openAcquireWorld, sourceOf } from '#test/fixtures/acquire-stage.ts';
import { ADMIN, faultsOfManifest, repositoryOf } from '#test/fixtures/catalog-world.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { refuse, serveImage, startHostile } from '#test/fixtures/hostile-registry.ts';
import { writeOciLayout } from '#test/fixtures/oci-layout.ts';
import { startSourceProxy } from '#test/fixtures/source-proxy.ts';
import { missing } from '#test/prerequisites.ts';
import { requestAcquisition } from './request.ts';

evidence(
  'acquire/copy',
  'real tool',
  'an index that skopeo pushed to docker-registry comes byte for byte; a copy that was killed in a blob goes on by range',
);

const CHILD = resolve(import.meta.dirname, '../../../test/fixtures/acquire-job-process.ts');
const SIZE = 4 * 1024 ** 2;
/** What upstream sends of the layer before it stops sending. */
const SENT = 1_500_000;
/** Pieces of the worlds of tests. */
const PIECE = 64 * 1024;
/** So much may have come and not be kept: a piece, and what is on its way. */
const LOST = 16 * PIECE;

it('killed in the middle of a blob: whoever goes on asks for the rest alone', async (context) => {
  const image = serveImage(randomBytes(SIZE), false);
  let isStuck = true;
  const upstream = await startHostile(context, (request, response) => {
    if (request.url?.includes('/referrers/') === true) {
      refuse(response, 404, 'NOT_FOUND', 'no such page');
    } else if (isStuck && request.url?.endsWith(image.layerDigest) === true) {
      response.writeHead(200, { 'content-length': image.layer.length }).write(image.layer.subarray(0, SENT));
    } else {
      image.answer(request, response);
    }
  });
  const world = await openAcquireWorld(context, [sourceOf(upstream.host)]);
  const asked = await requestAcquisition(world, ADMIN, { reference: `${upstream.host}/team/app:latest` });
  const order = { place: { folder: world.folder, postgres: null }, acquisition: asked.id, registry: upstream.host };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  const kept = async (): Promise<number> => {
    const uploads = await world.store.records.collection.uploads({ after: null, limit: 10 });
    return uploads.reduce((sum, { state }) => sum + state.size, 0);
  };
  // The last pieces wait for their bytes: those before are on the disk.
  while ((await kept()) < SENT - LOST) {
    assert.equal(child.exitCode, null);
    await new Promise((settle) => setTimeout(settle, 20));
  }
  child.kill('SIGKILL');
  await gone;
  const before = await kept();
  assert.equal((await world.find(asked)).state, 'copying');
  isStuck = false;
  upstream.asked.length = 0;
  await world.work(asked, { attempt: 2 });
  const row = await world.find(asked);
  assert.deepEqual([row.state, row.progress.bytesDone], ['judging', image.layer.length + image.config.length]);
  const layer = upstream.asked.filter(({ line }) => line.startsWith('GET') && line.endsWith(image.layerDigest));
  assert.deepEqual(
    layer.map(({ headers }) => headers.range),
    [`bytes=${before}-`],
  );
  assert.deepEqual(
    await faultsOfManifest(world, await repositoryOf(world, 'mirror/team/app'), image.manifestDigest),
    [],
  );
});

describe('a registry as others run it', { skip: missing('docker-registry', 'skopeo') }, () => {
  it('an index of two platforms comes byte for byte, every blob fetched once', async (context) => {
    const registry = await startRegistry();
    context.after(async () => await registry.stop());
    const proxy = await startSourceProxy(registry.host);
    context.after(async () => await proxy.stop());
    const world = await openAcquireWorld(context, [
      sourceOf(proxy.host, { platforms: ['linux/amd64', 'linux/arm64'] }),
    ]);
    const layout = `${world.folder}/layout`;
    const shared = randomBytes(200_000);
    await writeOciLayout(layout, {
      tag: 'v1',
      images: ['amd64', 'arm64'].map((architecture) => ({
        platform: { os: 'linux', architecture },
        layers: [{ tar: shared }, { tar: randomBytes(50_000) }],
      })),
    });
    await registry.push(`${layout}:v1`, 'team/app:v1');
    const asked = await requestAcquisition(world, ADMIN, { reference: `${proxy.host}/team/app:v1` });
    await world.work(asked);
    const row = await world.find(asked);
    assert.deepEqual([row.state, row.reason], ['judging', '']);
    const blobs = proxy.asked.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    assert.equal(blobs.length, row.progress.blobs);
    assert.equal(new Set(blobs.map(({ path }) => path)).size, blobs.length);
    const repository = await repositoryOf(world, 'mirror/team/app');
    assert.deepEqual(await faultsOfManifest(world, repository, row.digest as Digest), []);
    const bytes = await fetch(`${registry.url}/v2/team/app/manifests/${row.digest}`, {
      headers: { accept: 'application/vnd.oci.image.index.v1+json' },
    });
    const upstreams = Buffer.from(await bytes.arrayBuffer());
    const here = await world.store.records.manifests.resolve('mirror/team/app', { tag: 'v1' }, null);
    assert.deepEqual([Buffer.from(here?.content ?? []), digestOf(upstreams)], [upstreams, row.digest]);
    assert.equal((await world.store.records.judgements.due()).rest, 2);
  });

  it('an index without a platform that the source asks for does not come in', async (context) => {
    const registry = await startRegistry();
    context.after(async () => await registry.stop());
    const world = await openAcquireWorld(context, [
      sourceOf(registry.host, { platforms: ['linux/amd64', 'linux/s390x'] }),
    ]);
    const layout = `${world.folder}/layout`;
    await writeOciLayout(layout, {
      tag: 'v1',
      images: ['amd64', 'arm64'].map((architecture) => ({
        platform: { os: 'linux', architecture },
        layers: [{ tar: randomBytes(512) }],
      })),
    });
    await registry.push(`${layout}:v1`, 'team/app:v1');
    const asked = await requestAcquisition(world, ADMIN, { reference: `${registry.host}/team/app:v1` });
    await world.work(asked);
    const row = await world.find(asked);
    assert.equal(row.state, 'refused');
    assert.match(row.reason, /no image for linux\/s390x/);
  });
});
