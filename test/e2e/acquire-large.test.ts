import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { largeImage } from '../../bench/lib/images.ts';
import { evidence } from '../evidence.ts';
import { type Containerd, startContainerd } from '../fixtures/containerd.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { type StoryWorld, startStoryWorld, until } from '../fixtures/story-world.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/first-pull',
  'real tool',
  'podman, ctr and skopeo pull an image of 850 MB through the proxy that is not here yet: told to come again, and served when they do',
);

const CLIENTS = ['podman', 'skopeo', 'ctr'] as const;
type Client = (typeof CLIENTS)[number];

/** A Debian with a lot in it: signed is all that it has to be here. Each client has a source of its own, so that nothing is here that another one brought. */
function documents(registry: string): string {
  const kinds = [
    'unreadable',
    'no-package-database',
    'version',
    'no-advisories',
    'stale-advisories',
    'incomplete-advisories',
  ];
  const sources = CLIENTS.map(
    (client) => `---
apiVersion: plimsoll.dev/v1
kind: Source
metadata: { name: for-${client} }
acquire:
  registry: ${registry}
  repositories: ["${client}/*"]
  tags: [{ matches: "[0-9.]+" }]
  into: mirror
  trust: vendor
  network: loopback
  tls: none
  environment: shop
  firstPull: { mode: hold, wait: 2s }
`,
  );
  return `apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: shop, title: The shop }
policies:
  - { policy: signed-by, parameters: { signers: [vendor] } }
tolerated:
${kinds.map((kind) => `  - { kind: ${kind}, reason: it is only to be large }\n`).join('')}${sources.join('')}`;
}

interface Logged {
  readonly message?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly agent?: string;
}

describe('clients pull 850 MB through the proxy', {
  skip: missing(
    'go',
    'skopeo',
    'docker-registry',
    'shared-data',
    'podman',
    'containerd',
    'root',
    'mmdebstrap',
    'gnu-tar',
  ),
}, () => {
  let world: StoryWorld;
  let clients: RegistryClients;
  let containerd: Containerd;
  let layout = '';

  before(async () => {
    const image = await largeImage();
    assert.ok(image.tarBytes > 700e6, String(image.tarBytes));
    ({ layout } = image);
    world = await startStoryWorld();
    await world.apply(documents(world.source.host));
    clients = registryClients();
    containerd = await startContainerd();
  });
  after(async () => {
    clients?.remove();
    await containerd?.stop();
    await world?.stop();
  });

  /** In a repository of its own, signed; the digests of it and of its layer. */
  async function published(client: Client): Promise<{ readonly digest: Digest; readonly layer: string }> {
    const repository = `${client}/large`;
    const digest = await world.source.push(layout, 'bench', repository, '1.0');
    await world.source.sign('vendor', repository, digest);
    const answer = await fetch(`http://${world.source.host}/v2/${repository}/manifests/${digest}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    const { layers } = (await answer.json()) as { readonly layers: readonly { readonly digest: string }[] };
    world.source.proxy.forget();
    return { digest, layer: layers[0]?.digest ?? '' };
  }

  /** What the server answered to whoever asked for the manifest. Nobody but the client does. */
  function answered(client: Client): readonly number[] {
    return world.server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes(`/v2/mirror/${client}/large/manifests/`))
      .map((line) => JSON.parse(line) as Logged)
      .flatMap(({ status, agent = '' }) => {
        assert.match(agent, client === 'ctr' ? /containerd/ : client === 'podman' ? /containers/ : /skopeo/);
        return status === undefined || status === 401 ? [] : [status];
      });
  }

  /** Upstream holds back the layer until the client was told to come again. Some come by themselves, others when somebody calls them again. */
  async function heldThenServed(context: TestContext, client: Client, pull: () => Promise<unknown>): Promise<Digest> {
    const { digest, layer } = await published(client);
    const began = performance.now();
    const gate = world.source.proxy.gate(`/v2/${client}/large/blobs/${layer}`);
    const pulling = pull().then(
      () => null,
      (error: unknown) => String(error),
    );
    await gate.reached;
    await until('the client to be told to come again', () => answered(client).includes(429));
    gate.open();
    const said = await pulling;
    await until('the image to be promoted', async () => {
      const { items } = (await world.ask('admin', 'GET', `/acquisitions?repository=mirror/${client}/large`)) as {
        readonly items: readonly { readonly state: string; readonly reason: string }[];
      };
      const { state, reason } = items[0] ?? { state: '', reason: '' };
      assert.ok(!['held', 'refused', 'failed'].includes(state), reason);
      return state === 'promoted';
    });
    if (said !== null) {
      assert.match(said, /429|too ?many ?requests/i);
      await pull();
    }
    const statuses = answered(client);
    assert.equal(statuses[0], 429, statuses.join());
    assert.equal(statuses.at(-1), 200, statuses.join());
    assert.ok(!statuses.slice(0, statuses.lastIndexOf(429)).includes(200), `served and then held: ${statuses.join()}`);
    const fetched = world.source.proxy.gets(`/blobs/${layer}`);
    assert.deepEqual([fetched.length, fetched[0]?.range], [1, null], 'the layer is fetched once');
    const came = said === null ? 'by itself' : 'called again';
    context.diagnostic(`${client}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${came}, ${statuses.join()}`);
    return digest;
  }

  it('podman', async (context) => {
    const { name, secret } = world.credential('shop');
    await clients.podman('login', '--tls-verify=false', '-u', name, '-p', secret, world.server.host);
    const image = `${world.server.host}/mirror/podman/large:1.0`;
    const digest = await heldThenServed(
      context,
      'podman',
      async () => await clients.podman('pull', '-q', '--tls-verify=false', image),
    );
    const names = await clients.podman('images', '--digests', '--format', '{{.Digest}}');
    assert.equal(names.trim(), digest);
  });

  it('skopeo', async (context) => {
    const { name, secret } = world.credential('shop');
    const from = [
      '--src-tls-verify=false',
      '--src-creds',
      `${name}:${secret}`,
      `docker://${world.server.host}/mirror/skopeo/large:1.0`,
    ];
    const to = `oci:${clients.folder}/skopeo:1.0`;
    await heldThenServed(context, 'skopeo', async () => await clients.skopeo('copy', '-q', ...from, to));
    assert.match(await clients.skopeo('inspect', '--raw', to), /"layers"/);
  });

  it('ctr', async (context) => {
    const { name, secret } = world.credential('shop');
    const image = `${world.server.host}/mirror/ctr/large:1.0`;
    const args = ['content', 'fetch', '--plain-http', '--user', `${name}:${secret}`, image];
    const digest = await heldThenServed(context, 'ctr', async () => await containerd.ctrLater(...args));
    assert.ok(containerd.ctr('images', 'ls').includes(digest));
  });
});
