import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#base/clock.ts';
import { newId } from '#base/uuid.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { openSqliteStore } from '#store/metadata/index.ts';
import { evidence } from '../evidence.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

evidence('access/api', 'self-made', 'a stream of plimsoll serve that another process feeds, and that a stop ends');

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends.toReversed()) {
    await end();
  }
});

async function serve(...args: readonly string[]): Promise<TestServer> {
  const server = await startServer({ args });
  ends.push(async () => await server.stop());
  return server;
}

/** The records of a server, as another process of it has them. */
async function recordsOf({ home }: TestServer): Promise<MetadataStore> {
  const random = (length: number): Uint8Array => randomBytes(length);
  const store = await openSqliteStore({ path: join(home, 'plimsoll.db'), clock: systemClock, random });
  ends.push(async () => await store.close());
  return store;
}

async function begun(store: MetadataStore): Promise<string> {
  const now = systemClock.now();
  const id = newId(now, randomBytes);
  await store.transaction(async (records) => {
    await records.acquisitions.begin({
      id,
      repository: await records.repositories.ensure('mirror/alpine', now),
      source: 'hub',
      upstream: 'docker.io/library/alpine',
      reference: id,
      digest: null,
      state: 'copying',
      reason: '',
      progress: { manifests: 1, manifestsDone: 0, blobs: 1, blobsDone: 0, bytes: 10, bytesDone: 0 },
      requestedBy: 'user:admin',
      requestedAt: now,
      updatedAt: now,
      finishedAt: null,
      version: 1,
    });
  });
  return id;
}

/** What a stream sends, piece by piece. */
class Reading {
  text = '';
  readonly #reader: ReadableStreamDefaultReader<string>;

  constructor(response: Response) {
    assert.equal(response.status, 200);
    assert.ok(response.body !== null);
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  async until(part: string): Promise<void> {
    while (!this.text.includes(part)) {
      assert.ok(await this.#more(), this.text);
    }
  }

  /** Throws for a stream that is broken off. */
  async end(): Promise<string> {
    while (await this.#more()) {
      // All of it is kept.
    }
    return this.text;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    this.text += value ?? '';
    return !done;
  }
}

describe('a stream of plimsoll serve', () => {
  it('says what another process changes, and ends with it', async () => {
    const server = await serve('--role', 'api');
    const store = await recordsOf(server);
    const id = await begun(store);
    const reading = new Reading(await server.request(`/api/v1/acquisitions/${id}/events`, { as: server.admin }));
    await reading.until('"bytesDone":0');
    const { acquisitions } = store.records;
    const progress = { manifests: 1, manifestsDone: 0, blobs: 1, blobsDone: 0, bytes: 10, bytesDone: 7 };
    assert.ok(await acquisitions.update(id, 1, { progress }, systemClock.now()));
    await reading.until('"bytesDone":7');
    assert.ok(
      await acquisitions.update(id, 2, { state: 'promoted', finishedAt: systemClock.now() }, systemClock.now()),
    );
    assert.match(await reading.end(), /event: finished\ndata: \{.*"state":"promoted".*\}\n\n$/);
  });

  it('ends whole when the server is stopped, which does not wait for it', async () => {
    const server = await serve('--role', 'api');
    const id = await begun(await recordsOf(server));
    const reading = new Reading(await server.request(`/api/v1/acquisitions/${id}/events`, { as: server.admin }));
    await reading.until('event: progress');
    const [code, text] = await Promise.all([server.kill('SIGTERM'), reading.end()]);
    assert.equal(code, 0);
    assert.ok(text.endsWith('\n\n'));
    // A request that was cut off after the grace would be in the log as such.
    assert.ok(!server.log().includes('"cut"'), server.log());
  });
});

describe('the key that signs', () => {
  it('is made when a worker is started, and shown by the API', async () => {
    const server = await serve();
    const path = join(server.home, 'signing.key');
    let keys: readonly { readonly pem: string }[] = [];
    for (
      const deadline = performance.now() + 60_000;
      keys.length === 0 && performance.now() < deadline;
      await sleep(50)
    ) {
      ({ keys } = (await server.api('GET', '/api/v1/signing-key')) as { keys: { pem: string }[] });
    }
    assert.deepEqual(
      keys.map(({ pem }) => pem),
      [readFileSync(join(server.home, 'signing.pub'), 'utf8')],
    );
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });
});
