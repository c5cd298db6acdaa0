import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { benchImages } from '../../bench/lib/images.ts';
import { evidence } from '../evidence.ts';
import { type Containerd, startContainerd } from '../fixtures/containerd.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { writeCleanImage, writeLargeImage } from '../fixtures/source-images.ts';
import { type StoryWorld, startStoryWorld, until } from '../fixtures/story-world.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/first-pull',
  'real tool',
  'podman, ctr and skopeo pull an image through the proxy that is not here yet: held, then served when they come again',
);

/** The image of the benches, 850 MB: `PLIMSOLL_LARGE_IMAGE=1`. */
const IS_LARGE = process.env['PLIMSOLL_LARGE_IMAGE'] === '1';
const CLIENTS = 50;
const HOLD = ['firstPull: { mode: hold, wait: 2s }'];

describe('clients pull through the proxy', {
  skip: missing('go', 'skopeo', 'docker-registry', 'shared-data', 'podman', 'containerd', 'root'),
}, () => {
  let world: StoryWorld;
  let clients: RegistryClients;
  let containerd: Containerd;

  before(async () => {
    world = await startStoryWorld({ acquire: HOLD });
    clients = registryClients();
    containerd = await startContainerd();
  });
  after(async () => {
    clients?.remove();
    await containerd?.stop();
    await world?.stop();
  });

  /** A large image in a repository of its own, signed; the digest of its largest layer. */
  async function published(repository: string): Promise<{ readonly digest: Digest; readonly layer: string }> {
    const layout = IS_LARGE
      ? (await benchImages('large')).large.layout
      : join(world.folder, repository.replace('/', '-'));
    if (!IS_LARGE) {
      await writeLargeImage(layout, 'bench', 3, 8 << 20);
    }
    const digest = await world.source.push(layout, 'bench', repository, '1.0');
    await world.source.sign('vendor', repository, digest);
    const answer = await fetch(`http://${world.source.host}/v2/${repository}/manifests/${digest}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    const { layers } = (await answer.json()) as {
      readonly layers: readonly { readonly digest: string; readonly size: number }[];
    };
    const [largest] = layers.toSorted((a, b) => b.size - a.size);
    world.source.proxy.forget();
    return { digest, layer: largest?.digest ?? '' };
  }

  /** Runs a client while upstream holds back a layer; opens when the client was told to come again, and runs it until it has the image. */
  async function heldThenServed(repository: string, pull: () => Promise<unknown>): Promise<Digest> {
    const { digest, layer } = await published(repository);
    const gate = world.source.proxy.gate(`/blobs/${layer}`);
    const pulling = pull().catch((error: unknown) => error);
    await gate.reached;
    const path = `/v2/mirror/${repository}/manifests/1.0`;
    const told = await world.pull('shop', path);
    assert.equal(told.status, 429, await told.text());
    assert.match(told.headers.get('retry-after') ?? '', /^[1-9][0-9]*$/);
    gate.open();
    await pulling;
    await until('the image to be promoted', async () => (await world.pull('shop', path)).status === 200);
    await pull();
    const fetched = world.source.proxy.gets(`/blobs/${layer}`).filter(({ range }) => range === null);
    assert.equal(fetched.length, 1, 'the largest layer is fetched once');
    return digest;
  }

  it('podman', async () => {
    const { name, secret } = world.credential('shop');
    await clients.podman('login', '--tls-verify=false', '-u', name, '-p', secret, world.server.host);
    const image = `${world.server.host}/mirror/vendor/podman:1.0`;
    const digest = await heldThenServed(
      'vendor/podman',
      async () => await clients.podman('pull', '-q', '--tls-verify=false', image),
    );
    const names = await clients.podman('images', '--digests', '--format', '{{.Digest}}');
    assert.equal(names.trim(), digest);
  });

  it('skopeo', async () => {
    const { name, secret } = world.credential('shop');
    const from = [
      '--src-tls-verify=false',
      '--src-creds',
      `${name}:${secret}`,
      `docker://${world.server.host}/mirror/vendor/skopeo:1.0`,
    ];
    const to = `oci:${clients.folder}/skopeo:1.0`;
    await heldThenServed('vendor/skopeo', async () => await clients.skopeo('copy', '-q', ...from, to));
    assert.match(await clients.skopeo('inspect', '--raw', to), /"layers"/);
  });

  it('ctr', async () => {
    const { name, secret } = world.credential('shop');
    const image = `${world.server.host}/mirror/vendor/ctr:1.0`;
    const args = ['content', 'fetch', '--plain-http', '--user', `${name}:${secret}`, image];
    const digest = await heldThenServed('vendor/ctr', async () => await containerd.ctrLater(...args));
    assert.ok(containerd.ctr('images', 'ls').includes(digest));
  });

  it('fifty at once cause one fetch', async () => {
    const repository = 'vendor/fifty';
    await writeCleanImage(join(world.folder, 'fifty'), '1.0', 'fifty');
    const digest = await world.source.push(join(world.folder, 'fifty'), '1.0', repository);
    await world.source.sign('vendor', repository, digest);
    world.source.proxy.forget();
    const path = `/v2/mirror/${repository}/manifests/1.0`;
    const answers = await Promise.all(Array.from({ length: CLIENTS }, async () => await world.pull('shop', path)));
    const statuses = answers.map(({ status }) => status);
    assert.ok(
      statuses.every((status) => status === 200 || status === 429),
      statuses.join(),
    );
    await until('the image to be promoted', async () => (await world.pull('shop', path)).status === 200);
    const blobs = world.source.proxy.gets(`/v2/${repository}/blobs/`).map((asked) => asked.path);
    assert.equal(new Set(blobs).size, blobs.length, 'every blob is fetched once');
    const manifests = world.source.proxy.gets(`/v2/${repository}/manifests/`).map((asked) => asked.path);
    assert.equal(new Set(manifests).size, manifests.length, 'every manifest is fetched once');
    const rows = (await world.ask('admin', 'GET', `/acquisitions?repository=mirror/${repository}`)) as {
      readonly items: readonly unknown[];
    };
    assert.equal(rows.items.length, 1);
  });

  it('is not told whether something is there that nobody may see', async () => {
    world.source.proxy.forget();
    const unknown = await world.server.request('/v2/mirror/vendor/never/manifests/1.0', {});
    assert.equal(unknown.status, 401);
    const refused = await world.pull('lab', '/v2/elsewhere/app/manifests/1.0');
    assert.ok([401, 403, 404].includes(refused.status), String(refused.status));
    assert.deepEqual(world.source.proxy.asked, []);
  });
});

describe('a source whose images are served while they are looked at', {
  skip: missing('go', 'skopeo', 'docker-registry', 'shared-data'),
}, () => {
  let world: StoryWorld;
  before(async () => {
    world = await startStoryWorld({ acquire: ['firstPull: { mode: serve, wait: 60s }'] });
  });
  after(async () => {
    await world?.stop();
  });

  it('serves with a warning, and no more once it is refused', async () => {
    await writeCleanImage(join(world.folder, 'unsigned'), '1.0', 'unsigned');
    await world.source.push(join(world.folder, 'unsigned'), '1.0', 'vendor/unsigned');
    const path = '/v2/mirror/vendor/unsigned/manifests/1.0';
    await until('to be refused', async () => {
      const answer = await world.pull('shop', path);
      if (answer.status === 200) {
        assert.match(answer.headers.get('warning') ?? '', /^299 /);
      } else {
        assert.ok([403, 429].includes(answer.status), `${answer.status} ${await answer.text()}`);
      }
      return answer.status === 403;
    });
  });
});
