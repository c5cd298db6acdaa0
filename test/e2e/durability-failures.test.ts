import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '#base/digest.ts';
import { evidence } from '../evidence.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { type Login, NotAcknowledged, type PushedImage, pushImage } from '../fixtures/push-image.ts';
import { startS3 } from '../fixtures/s3.ts';
import { scaleOut } from '../fixtures/scale-out.ts';
import { basic, type ServerOptions, startServer, type TestServer } from '../fixtures/server.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'registry/failing-storage',
  'real tool',
  'a full tmpfs, PostgreSQL stopped and started, an S3 server killed and started, all while images are pushed',
);

const PATIENCE_MS = 60_000;

async function started(context: TestContext, options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  context.after(async () => await server.stop());
  return server;
}

function loginOf(server: TestServer): Login {
  return { authorization: basic(server.admin) };
}

/** Pushes one image after the other, until it is stopped; what was acknowledged, and what was answered instead. */
class Load {
  readonly #server: TestServer;
  readonly #login: Login;
  readonly #work: Promise<void>[];
  readonly #stop = new AbortController();
  readonly acknowledged: PushedImage[] = [];
  readonly refused: NotAcknowledged[] = [];
  /** Connections that were closed: never, while the server is there. */
  readonly broken: unknown[] = [];

  constructor(server: TestServer, pushers: number, layerBytes: number) {
    this.#server = server;
    this.#login = loginOf(server);
    this.#work = Array.from({ length: pushers }, async (_, pusher) => await this.#push(pusher, layerBytes));
  }

  /** Waits until so many more were acknowledged. */
  async goesOn(more = 3): Promise<void> {
    const wanted = this.acknowledged.length + more;
    await until(() => this.acknowledged.length >= wanted, 'images to be acknowledged');
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#work);
  }

  async #push(pusher: number, layerBytes: number): Promise<void> {
    for (let turn = 0; !this.#stop.signal.aborted; turn += 1) {
      const tag = `p${pusher}-${turn}`;
      try {
        this.acknowledged.push(await pushImage(this.#server, this.#login, 'team/app', tag, tag, layerBytes));
      } catch (error) {
        if (error instanceof NotAcknowledged) {
          this.refused.push(error);
        } else {
          this.broken.push(error);
        }
        await sleep(20);
      }
    }
  }
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; !(await condition()); await sleep(20)) {
    assert.ok(performance.now() < deadline, `waited in vain for ${what}`);
  }
}

/** Each answer says what is wrong in the words of the specification, and nothing of the inside. */
function assertClear(refused: readonly NotAcknowledged[], statuses: readonly number[]): void {
  assert.ok(refused.length > 0, 'nothing was refused');
  for (const { status, headers, body, message } of refused) {
    assert.ok(statuses.includes(status), message);
    const { errors } = JSON.parse(body) as {
      readonly errors: readonly { readonly code: string; readonly message: string }[];
    };
    assert.ok((errors[0]?.code ?? '') !== '' && (errors[0]?.message ?? '') !== '', message);
    assert.ok(status !== 503 || Number(headers.get('retry-after')) > 0, `503 without Retry-After: ${message}`);
    assert.doesNotMatch(body, /ENOSPC|ECONNREFUSED|\/tmp\/|postgres:\/\/|SQLITE|at .*\.ts:/, message);
  }
}

async function assertKept(server: TestServer, images: readonly PushedImage[]): Promise<void> {
  const as = server.admin;
  assert.ok(images.length > 0);
  for (const { repository, tag, manifest, config, layer } of images) {
    for (const [path, digest] of [
      [`manifests/${tag}`, manifest],
      [`blobs/${config}`, config],
      [`blobs/${layer}`, layer],
    ] as const) {
      const answer = await server.request(`/v2/${repository}/${path}`, { as });
      assert.equal(answer.status, 200, path);
      assert.equal(digestOf(Buffer.from(await answer.arrayBuffer())), digest);
    }
  }
}

async function status(server: TestServer, path: string): Promise<number> {
  return (await server.request(path)).status;
}

test('a full disk: 507, pulls go on, and pushes do when there is room again', {
  skip: missing('mount'),
}, async (context) => {
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'plimsoll-test', home]);
  context.after(() => {
    execFileSync('umount', ['--lazy', home]);
    rmSync(home, { recursive: true, force: true });
  });
  const server = await started(context, { home });
  const load = new Load(server, 3, 1_000_000);
  await load.goesOn();
  await until(() => load.refused.length > 5, 'the disk to be full');
  const [first] = load.acknowledged;
  assert.ok(first !== undefined);
  await assertKept(server, [first]);
  const before = load.acknowledged.length;
  execFileSync('mount', ['-o', 'remount,size=512m', home]);
  await load.goesOn();
  await load.stop();
  assertClear(load.refused, [507]);
  assert.deepEqual(load.broken, []);
  assert.ok(load.acknowledged.length > before);
  await assertKept(server, load.acknowledged);
  assert.equal(await status(server, '/readyz'), 200);
});

test('PostgreSQL goes and comes back: 503 with Retry-After, then as before', {
  skip: missing('postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  const env = { TEST_DATABASE: await postgres.createDatabase() };
  const server = await started(context, { env, config: 'metadata:\n  postgres:\n    url: env:TEST_DATABASE\n' });
  const load = new Load(server, 3, 50_000);
  await load.goesOn();
  await postgres.halt();
  await until(() => load.refused.length > 5, 'pushes to be refused');
  await until(async () => (await status(server, '/readyz')) === 503, 'the server to say that it is not ready');
  assert.equal(await status(server, '/healthz'), 200, 'a server without its database needs no restart');
  await postgres.start();
  await load.goesOn();
  await load.stop();
  assertClear(load.refused, [503]);
  assert.deepEqual(load.broken, []);
  await assertKept(server, load.acknowledged);
  await until(async () => (await status(server, '/readyz')) === 200, 'the server to be ready');
});

test('S3 goes and comes back: 503 with Retry-After, then as before', {
  skip: missing('postgresql', 'go'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  const s3 = await startS3();
  context.after(async () => await s3.stop());
  const { env, lines } = scaleOut(await postgres.createDatabase(), s3);
  const server = await started(context, { env, config: lines.join('\n') });
  const load = new Load(server, 3, 50_000);
  await load.goesOn();
  await s3.kill();
  await until(() => load.refused.length > 3, 'pushes to be refused');
  const [first] = load.acknowledged;
  const manifest = await server.request(`/v2/team/app/manifests/${first?.tag}`, { as: server.admin });
  assert.equal(manifest.status, 200, 'manifests are in the database');
  await s3.start();
  await load.goesOn();
  await load.stop();
  assertClear(load.refused, [503]);
  assert.deepEqual(load.broken, []);
  await assertKept(server, load.acknowledged);
});
