import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { openPostgresStore } from '#store/metadata/index.ts';
import { evidence } from '../evidence.ts';
import { type Balancer, startBalancer } from '../fixtures/balancer.ts';
import { writeOciLayout } from '../fixtures/oci-layout.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { holdsPort, processTree } from '../fixtures/process-tree.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { startS3 } from '../fixtures/s3.ts';
import { exampleOfGuide } from '../fixtures/scale-out.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';
import { startSourceRegistry } from '../fixtures/source-registry.ts';
import { publishStory, Story, VOYAGE } from '../fixtures/story.ts';
import { storyDocuments } from '../fixtures/story-documents.ts';
import { logIn, type StoryWorld, serverOptions, shopAdvisories, until, worldOf } from '../fixtures/story-world.ts';
import { tarOf } from '../fixtures/tar-archive.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/scale-out',
  'real tool',
  'two servers and two workers over PostgreSQL and S3 (versitygw), configured as the guide shows, one of each killed in the middle: the story of acquiring with docker-registry, cosign and podman',
);

const FRONT = ['--role', 'registry', '--role', 'api', '--role', 'admission'];
/** What a worker makes durable at a time of a blob, and a layer with more than that. */
const PIECE_BYTES = 32 << 20;
const LARGE = 'vendor/large';

describe('two servers and two workers', {
  skip: missing(
    'go',
    'skopeo',
    'docker-registry',
    'shared-data',
    'podman',
    'root',
    'apt',
    'python',
    'gnu-tar',
    'postgresql',
  ),
}, () => {
  const stops: (() => Promise<void> | void)[] = [];
  const workers: TestServer[] = [];
  let world: StoryWorld;
  let first: TestServer;
  let second: TestServer;
  let balancer: Balancer;
  let clients: RegistryClients;
  let story: Story;
  let databaseUrl = '';

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-story-'));
    stops.push(() => rmSync(folder, { recursive: true, force: true }));
    const postgres = await startPostgres();
    stops.push(async () => await postgres.stop());
    const s3 = await startS3();
    stops.push(async () => await s3.stop());
    const source = await startSourceRegistry('plain');
    stops.push(async () => await source.stop());
    const advisories = shopAdvisories(['Alpine', 'npm', 'Go', 'PyPI']);
    stops.push(() => advisories.remove());
    // Made by `key generate`, as the guide says: one that all of them have.
    const home = temporaryHome();
    stops.push(() => home.remove());
    databaseUrl = await postgres.createDatabase();
    const example = await exampleOfGuide(databaseUrl, s3, folder, async (prefix, passphrase) => {
      const made = await home.plimsoll(['key', 'generate', '--output-prefix', prefix], {
        PLIMSOLL_KEY_PASSPHRASE: passphrase,
      });
      assert.equal(made.code, 0, made.err);
    });
    const common = serverOptions(advisories, example);
    const start = async (args: readonly string[], listen?: null): Promise<TestServer> => {
      const started = await startServer({ ...common, args, ...(listen === null && { listen }) });
      stops.push(async () => await started.stop());
      return started;
    };
    first = await start(FRONT);
    second = await start(FRONT);
    workers.push(await start(['--role', 'worker'], null), await start(['--role', 'worker'], null));
    balancer = await startBalancer([first, second]);
    stops.push(async () => await balancer.stop());
    const { server } = balancer;
    const people = await logIn(server, folder);
    stops.push(() => people.home.remove());
    const stop = async (): Promise<void> => {
      for (const each of stops.toReversed()) {
        await each();
      }
    };
    world = worldOf({ source, advisories, server, folder, people, stop });
    await world.apply(storyDocuments(source));
    clients = registryClients();
    stops.push(() => clients.remove());
    story = new Story(world, await publishStory(world), clients);
  });
  after(async () => {
    for (const each of stops.toReversed()) {
      await each();
    }
  });

  it('the clean one is promoted, and podman pulls it', async () => await story.promotesTheClean());

  it('a worker and a server die in the middle: the others go on from where they were', async () => {
    const tar = tarOf([{ name: 'srv/noise', content: randomBytes(PIECE_BYTES + (24 << 20)) }]);
    const layout = join(world.folder, 'large');
    const platform = { os: 'linux', architecture: 'amd64' };
    await writeOciLayout(layout, { tag: '1.0', images: [{ platform, layers: [{ tar, compression: 'none' }] }] });
    await world.source.sign('vendor', LARGE, await world.source.push(layout, '1.0', LARGE));
    const { proxy } = world.source;
    const layer = `/v2/${LARGE}/blobs/${digestOf(tar)}`;
    proxy.forget();
    const gate = proxy.gate(layer, PIECE_BYTES + (8 << 20));
    const acquiring = world.cli('buyer', 'acquire', story.upstream(LARGE, '1.0'), '--wait');
    await gate.reached;
    await untilKept();
    const [asked] = proxy.gets(layer);
    const copier = workers.find(({ pid }) => holdsPort(processTree(pid), asked?.from ?? 0));
    assert.ok(copier !== undefined, 'one of the two workers copies');
    await killAll(copier);
    await killAll(first);
    const kept = await keptBytes();
    gate.open();
    const { out, err } = await acquiring;
    assert.match(out + err, /promoted|held/);
    const [whole, rest, ...more] = proxy.gets(layer).map(({ range }) => range);
    assert.deepEqual([whole, more], [null, []]);
    // A piece is kept when it is long enough or took long: on a slow machine it may be another number of bytes than on a fast one.
    assert.equal(rest, `bytes=${kept}-`, 'the other worker asked for the rest');
    assert.ok((balancer.taken[1] ?? 0) > 0, 'the other server answered');
  });

  it('the voyage is held by who is left', async () => await story.holdsTheVoyage());
  it('an exception lets it in, for its time and its environment', async () => await story.admitsByException());
  it('a wrong signature never leaves quarantine', async () => await story.keepsTheForgedOut());
  it('an advisory flags a promoted image, without a pull', async () => await story.flagsThePromoted());
  it('all of it is in the catalogue and the events', async () => await story.isAllTold());

  it('the one that died says the same when it is back, and serves when the other one is killed', async () => {
    await first.restart('SIGKILL');
    await killAll(second);
    const as = world.credential('shop');
    const held = await first.request(`/v2/mirror/${VOYAGE}/manifests/1.0`, { as });
    assert.equal(held.status, 403);
    const served = await first.request('/v2/mirror/library/alpine/manifests/3.10.9', { as });
    assert.equal(served.status, 200);
  });

  /** A part of a blob is in the bucket, and the database says so. */
  async function untilKept(): Promise<void> {
    await until('a piece of the layer to be kept', async () => (await keptBytes()) > 0);
  }

  /** Of the blob that has not come in full yet. */
  async function keptBytes(): Promise<number> {
    const store = await openPostgresStore({ url: databaseUrl, clock: systemClock, random: randomBytes });
    try {
      const uploads = await store.records.uploads.expired(systemClock.now() + 86_400_000, 100);
      return Math.max(0, ...uploads.map(({ state }) => state.size));
    } finally {
      await store.close();
    }
  }
});

/** The supervisor and all below it, at once: none of them ends in peace. */
async function killAll(server: TestServer): Promise<void> {
  const tree = processTree(server.pid);
  await Promise.all([
    server.kill('SIGKILL'),
    ...tree.slice(1).map(async (pid) => {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
      }
      return await Promise.resolve();
    }),
  ]);
}
