import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { processTree } from '../fixtures/process-tree.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { startS3 } from '../fixtures/s3.ts';
import { scaleOut } from '../fixtures/scale-out.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';
import { startSourceRegistry } from '../fixtures/source-registry.ts';
import { publishStory, Story, type StoryImages, VOYAGE } from '../fixtures/story.ts';
import { storyDocuments } from '../fixtures/story-documents.ts';
import { logIn, type StoryWorld, serverOptions, shopAdvisories, until, worldOf } from '../fixtures/story-world.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/scale-out',
  'real tool',
  'two servers and two workers over PostgreSQL and S3 (versitygw), one of each killed in the middle: the story of acquiring with docker-registry, cosign and podman',
);

const FRONT = ['--role', 'registry', '--role', 'api', '--role', 'admission'];

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
  let startWorker: () => Promise<TestServer>;
  let worker: TestServer;
  let world: StoryWorld;
  let other: TestServer;
  let images: StoryImages;
  let clients: RegistryClients;
  let story: Story;

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
    const stores = scaleOut(await postgres.createDatabase(), s3);
    // A key that all of them have.
    const home = temporaryHome();
    stops.push(() => home.remove());
    const passphrase = { PLIMSOLL_KEY_PASSPHRASE: 'correct horse battery' };
    const made = await home.plimsoll(['key', 'generate', '--output-prefix', join(folder, 'signing')], passphrase);
    assert.equal(made.code, 0, made.err);
    const signing = ['signing:', `  key: ${join(folder, 'signing.key')}`, '  passphrase: env:TEST_PASSPHRASE'];
    const env = { ...stores.env, TEST_PASSPHRASE: passphrase.PLIMSOLL_KEY_PASSPHRASE };
    const common = serverOptions(advisories, { env, lines: [...stores.lines, ...signing] });
    const server = await startServer({ ...common, args: FRONT });
    stops.push(async () => await server.stop());
    other = await startServer({ ...common, args: FRONT });
    stops.push(async () => await other.stop());
    const people = await logIn(server, folder);
    stops.push(() => people.home.remove());
    startWorker = async () => {
      const started = await startServer({ ...common, args: ['--role', 'worker'], listen: null });
      stops.push(async () => await started.stop());
      return started;
    };
    worker = await startWorker();
    const stop = async (): Promise<void> => {
      for (const each of stops.toReversed()) {
        await each();
      }
    };
    world = worldOf({ source, advisories, server, folder, people, stop });
    await world.apply(storyDocuments(source));
    clients = registryClients();
    stops.push(() => clients.remove());
    images = await publishStory(world);
    story = new Story(world, images, clients);
  });
  after(async () => {
    for (const each of stops.toReversed()) {
      await each();
    }
  });

  it('the clean one is promoted, and podman pulls it', async () => await story.promotesTheClean());

  it('the voyage is held, though a worker and a server die while it is copied', async () => {
    const gate = world.source.proxy.gate(`/blobs/${images.voyageLayer}`);
    const held = story.holdsTheVoyage();
    await gate.reached;
    // So that it is known who copies, the second one comes now.
    await startWorker();
    const kill = async (server: TestServer): Promise<void> => {
      const tree = processTree(server.pid);
      await server.kill('SIGKILL');
      for (const pid of tree) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
        }
      }
    };
    await kill(worker);
    await world.server.restart('SIGKILL');
    gate.open();
    await held;
  });

  it('the other server says the same, and goes on when the first one is gone', async () => {
    const path = `/v2/mirror/${VOYAGE}/manifests/1.0`;
    const answer = await other.request(path, { as: world.credential('shop') });
    assert.equal(answer.status, 403);
  });

  it('an exception lets it in, for its time and its environment', async () => await story.admitsByException());
  it('a wrong signature never leaves quarantine', async () => await story.keepsTheForgedOut());
  it('an advisory flags a promoted image, without a pull', async () => await story.flagsThePromoted());
  it('all of it is in the catalogue and the events', async () => await story.isAllTold());

  it('the server that is left serves when the other one is killed', async () => {
    await world.server.kill('SIGKILL');
    const path = `/v2/mirror/library/alpine/manifests/3.10.9`;
    await until(
      'the other server to serve it',
      async () => (await other.request(path, { as: world.credential('shop') })).status === 200,
    );
  });
});
