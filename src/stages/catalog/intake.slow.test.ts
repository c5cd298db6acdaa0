import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Intake } from '#model/platform/intake.ts';
import {
  ADMIN,
  DAY,
  keysIn,
  openWorld,
  pushTo,
  repositoryOf,
  signal,
  uploadTo,
  type World,
} from '#test/fixtures/catalog-world.ts';
import { refusal } from '#test/fixtures/hostile-registry.ts';
import { expireUploads } from './collection/uploads.ts';
import { createIntake } from './intake.ts';
import { pullBlob } from './pull-blob.ts';

const REPOSITORY = 'mirror/app';
const CONTENT = Buffer.alloc(100_000, 'layer of an image ');
const BLOB = { digest: digestOf(CONTENT), size: CONTENT.length } as const;

function intakeOf(world: World, source = 'upstream'): Intake {
  return createIntake({ ...world, maxBlobBytes: 1024 ** 2 }, { source, pieceBytes: 16_384 });
}

async function* from(offset: number, end = CONTENT.length): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < end; at += 5000) {
    await sleep(0);
    yield CONTENT.subarray(at, Math.min(at + 5000, end));
  }
}

async function* breakingAt(end: number): AsyncGenerator<Uint8Array> {
  yield* from(0, end);
  throw new Error('the connection broke');
}

async function open(context: TestContext): Promise<{ readonly world: World; readonly intake: Intake }> {
  const world = await openWorld(context);
  return { world, intake: intakeOf(world) };
}

async function readBlob({ store, blobs }: World, digest: Digest): Promise<Buffer> {
  const blob = await store.records.blobs.find(digest);
  const content = blob && (await blobs.read(blob.key));
  const chunks: Uint8Array[] = [];
  for await (const chunk of content?.bytes ?? []) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

describe('a blob of a source', () => {
  it('comes piece by piece, and is the repository’s', async (context) => {
    const { world, intake } = await open(context);
    const upload = await intake.upload(REPOSITORY, BLOB, 'one');
    assert.equal(upload.offset, 0);
    await upload.append(from(0), signal);
    assert.equal(upload.offset, BLOB.size);
    await upload.finish(signal);
    assert.deepEqual(await readBlob(world, BLOB.digest), CONTENT);
    assert.equal((await keysIn(world)).length, 1);
    assert.ok(await intake.hold(REPOSITORY, BLOB.digest));
  });

  it('that breaks off goes on where it ended, for the same acquisition in any process, and for no other', async (context) => {
    const { world, intake } = await open(context);
    const upload = await intake.upload(REPOSITORY, BLOB, 'one');
    await assert.rejects(upload.append(breakingAt(50_000), signal), /the connection broke/);
    // All that came is kept, not whole pieces only.
    assert.equal(upload.offset, 50_000);
    assert.equal((await intake.upload(REPOSITORY, BLOB, 'two')).offset, 0);
    assert.equal((await intake.upload('mirror/other', BLOB, 'one')).offset, 0);
    const again = await intakeOf(world).upload(REPOSITORY, BLOB, 'one');
    assert.equal(again.offset, 50_000);
    await again.append(from(50_000), signal);
    await again.finish(signal);
    assert.deepEqual(await readBlob(world, BLOB.digest), CONTENT);
  });

  it('that is aborted keeps what came, and asks for no more', async (context) => {
    const { intake } = await open(context);
    const stopping = new AbortController();
    async function* aborted(): AsyncGenerator<Uint8Array> {
      yield* from(0, 20_000);
      stopping.abort();
      yield* from(20_000, 25_000);
      assert.fail('nobody reads on');
    }
    const upload = await intake.upload(REPOSITORY, BLOB, 'one');
    await assert.rejects(upload.append(aborted(), stopping.signal), { name: 'AbortError' });
    assert.ok(upload.offset >= 20_000 && upload.offset <= 25_000);
  });

  it('with other bytes than its digest is forgotten', async (context) => {
    const { world, intake } = await open(context);
    const wrong = { digest: digestOf('something else'), size: CONTENT.length };
    const upload = await intake.upload(REPOSITORY, wrong, 'one');
    await upload.append(from(0), signal);
    await refusal(upload.finish(signal), 'UPLOAD_DIGEST_MISMATCH');
    assert.deepEqual(await keysIn(world), []);
    assert.equal((await intake.upload(REPOSITORY, wrong, 'one')).offset, 0);
  });

  it('with more bytes than was said is not taken', async (context) => {
    const { intake } = await open(context);
    const upload = await intake.upload(REPOSITORY, { ...BLOB, size: 30_000 }, 'one');
    await refusal(upload.append(from(0), signal), 'LIMIT_EXCEEDED');
  });

  it('that two bring at once is brought by one of them', async (context) => {
    const { world, intake } = await open(context);
    const [one, two] = [await intake.upload(REPOSITORY, BLOB, 'one'), await intake.upload(REPOSITORY, BLOB, 'one')];
    await one.append(from(0, 20_000), signal);
    await refusal(two.append(from(0), signal), 'UPLOAD_OUT_OF_ORDER');
    await one.append(from(20_000), signal);
    await one.finish(signal);
    assert.deepEqual(await readBlob(world, BLOB.digest), CONTENT);
    assert.equal((await keysIn(world)).length, 1);
  });

  it('of no bytes is one', async (context) => {
    const { world, intake } = await open(context);
    const empty = { digest: digestOf(''), size: 0 };
    await (await intake.upload(REPOSITORY, empty, 'one')).finish(signal);
    assert.equal((await world.store.records.blobs.find(empty.digest))?.size, 0);
  });

  it('that nobody goes on with expires as any upload', async (context) => {
    const { world, intake } = await open(context);
    await (await intake.upload(REPOSITORY, BLOB, 'one')).append(from(0, 20_000), signal);
    world.hand.time += 10 * DAY;
    await expireUploads(world, { uploadMs: DAY, signal });
    assert.deepEqual(await keysIn(world), []);
  });
});

describe('what is held without a copy', () => {
  it('is what the same source brought to some repository', async (context) => {
    const { world, intake } = await open(context);
    const upload = await intake.upload(REPOSITORY, BLOB, 'one');
    await upload.append(from(0), signal);
    await upload.finish(signal);
    assert.ok(await intake.hold('mirror/other', BLOB.digest));
    const { id } = await repositoryOf(world, 'mirror/other');
    assert.deepEqual((await world.store.records.blobs.linked(id, BLOB.digest))?.uploadedBy, ['source:upstream']);
    assert.equal(await intakeOf(world, 'another').hold('mirror/another', BLOB.digest), false);
  });

  it('and nobody else’s: whoever writes the digest of a layer into a manifest upstream does not get it', async (context) => {
    const { world, intake } = await open(context);
    const secret = await uploadTo(world, 'team/secret', 'the layer of somebody else');
    await pushTo(world, 'team/secret', { layers: ['the layer of somebody else'], tag: 'v1' });
    for (const repository of [REPOSITORY, 'team/secret']) {
      assert.equal(await intake.hold(repository, secret.digest), false);
    }
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...secret },
        layers: [],
      }),
    );
    const pushed = {
      digest: digestOf(manifest),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      content: manifest,
      tags: [],
    };
    await refusal(intake.manifest('team/secret', pushed), 'PUSH_BLOBS_ABSENT');
  });

  it('lets nobody read it but by a manifest that he may see', async (context) => {
    const { world, intake } = await open(context);
    const upload = await intake.upload(REPOSITORY, BLOB, 'one');
    await upload.append(from(0), signal);
    await upload.finish(signal);
    await intake.hold('mirror/other', BLOB.digest);
    for (const repository of [REPOSITORY, 'mirror/other']) {
      await refusal(pullBlob(world, ADMIN, repository, BLOB.digest), 'BLOB_ABSENT');
    }
  });

  it('is not what is damaged', async (context) => {
    const { world, intake } = await open(context);
    const upload = await intake.upload(REPOSITORY, BLOB, 'one');
    await upload.append(from(0), signal);
    await upload.finish(signal);
    const blob = await world.store.records.blobs.find(BLOB.digest);
    assert.ok(blob !== null);
    await world.store.records.upkeep.setVerified(blob, world.clock.now(), true);
    assert.equal(await intake.hold(REPOSITORY, BLOB.digest), false);
    const again = await intake.upload(REPOSITORY, BLOB, 'two');
    await again.append(from(0), signal);
    await again.finish(signal);
    assert.ok(await intake.hold(REPOSITORY, BLOB.digest));
  });
});
