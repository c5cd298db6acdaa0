import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { AcquisitionProgress } from '#model/platform/acquisition.ts';
import { closureWorld, tagOf } from '#test/fixtures/closure-world.ts';
import { type MemoryIntake, memoryIntake } from '#test/fixtures/memory-intake.ts';
import { type MemoryUpstream, memoryUpstream, type UpstreamContents } from '#test/fixtures/memory-upstream.ts';
import { imageOf } from '#test/fixtures/registry-client.ts';
import type { ClosurePlan } from './closure.ts';
import { type CopyOptions, copyClosure } from './copy.ts';
import { planClosure } from './plan.ts';

const { signal } = new AbortController();
const OPTIONS: CopyOptions = { repository: 'mirror/app', acquisition: 'one', signal };

interface Prepared {
  readonly upstream: MemoryUpstream;
  readonly plan: ClosurePlan;
}

async function prepared(contents: UpstreamContents, reference = 'latest'): Promise<Prepared> {
  const upstream = memoryUpstream(contents);
  return { upstream, plan: await planClosure(upstream, reference, { signal }) };
}

/** Copies into an intake, with what it held before. */
async function copied(
  { upstream, plan }: Prepared,
  more: Partial<CopyOptions> = {},
  intake = memoryIntake(),
): Promise<MemoryIntake> {
  await copyClosure(plan, upstream, intake, { ...OPTIONS, ...more });
  return intake;
}

const blobsAsked = ({ asked }: MemoryUpstream): readonly string[] =>
  asked.filter((question) => question.startsWith('blob '));

test('everything is copied byte for byte: blobs, then manifests, the tag of the image last', async () => {
  const { contents, withoutApi, index } = closureWorld();
  for (const each of [contents, withoutApi]) {
    const intake = await copied(await prepared(each));
    for (const { digest, bytes } of [...each.documents, ...Object.values(each.tags)]) {
      assert.ok(bytes.equals(intake.manifests.get(digest)?.content ?? Buffer.alloc(0)));
    }
    for (const blob of each.blobs ?? []) {
      assert.equal(intake.blobs.get(digestOf(blob))?.toString(), blob.toString());
    }
    const tags = Object.entries(each.tags).map(([tag, { digest }]) => [tag, digest] as const);
    assert.deepEqual(intake.tags, new Map(tags));
    const kinds = intake.log.map((line) => line.split(' ', 1)[0]);
    assert.ok(kinds.lastIndexOf('blob') < kinds.indexOf('manifest'));
    assert.deepEqual(intake.log.slice(-2), [`manifest ${index.digest}`, 'tag latest']);
  }
});

test('subjects are stored before what hangs on them, children before their indexes', async () => {
  const { withoutApi, documents } = closureWorld();
  const { plan, ...rest } = await prepared(withoutApi);
  const intake = await copied({ plan, ...rest });
  const at = (digest: Digest | undefined): number => intake.log.indexOf(`manifest ${digest ?? ''}`);
  for (const { digest, hangsOn, children } of plan.manifests) {
    assert.ok(hangsOn === null || at(hangsOn) < at(digest));
    assert.ok(children.every((child) => at(child) < at(digest)));
  }
  assert.ok(at(documents['sbom']?.digest) < at(intake.tags.get(tagOf(documents['amd64'] ?? assert.fail()))));
});

test('what is there is not fetched, and what was begun goes on where it ended', async () => {
  const { contents } = closureWorld();
  const { upstream, plan } = await prepared(contents);
  const [held, begun, whole, long, wrong] = plan.blobs.filter(({ size }) => size > 20);
  assert.ok(held && begun && whole && long && wrong);
  const bytes = new Map((contents.blobs ?? []).map((blob) => [digestOf(blob), Buffer.from(blob)]));
  const bytesOf = ({ digest }: { readonly digest: Digest }): Buffer => bytes.get(digest) ?? assert.fail();
  const intake = memoryIntake([held.digest]);
  intake.uploads.set(begun.digest, bytesOf(begun).subarray(0, 17));
  intake.uploads.set(whole.digest, bytesOf(whole));
  intake.uploads.set(long.digest, Buffer.alloc(long.size + 1));
  intake.uploads.set(wrong.digest, Buffer.alloc(5, 'x'));
  const progress: AcquisitionProgress[] = [];
  await copied({ upstream, plan }, { progress: (each) => progress.push(each) }, intake);
  assert.ok(!intake.blobs.has(held.digest));
  for (const blob of [begun, whole, long, wrong]) {
    assert.ok(intake.blobs.get(blob.digest)?.equals(bytesOf(blob)));
  }
  const asked = blobsAsked(upstream);
  const of = ({ digest }: { readonly digest: Digest }): readonly string[] =>
    asked.filter((question) => question.includes(digest));
  assert.deepEqual(of(held), []);
  assert.deepEqual(of(begun), [`blob ${begun.digest} 17`]);
  assert.deepEqual(of(whole), []);
  assert.deepEqual(of(long), [`blob ${long.digest} 0`]);
  assert.deepEqual(of(wrong), [`blob ${wrong.digest} 5`, `blob ${wrong.digest} 0`]);
  const last = progress.at(-1);
  assert.deepEqual(
    [last?.blobsDone, last?.bytesDone, last?.manifestsDone],
    [last?.blobs, last?.bytes, last?.manifests],
  );
  assert.ok(progress.every(({ bytesDone, bytes: all }) => bytesDone >= 0 && bytesDone <= all));
});

test('the same again copies nothing anew', async () => {
  const { contents } = closureWorld();
  const first = await prepared(contents);
  const intake = await copied(first);
  const again = await prepared(contents);
  await copied(again, {}, intake);
  assert.deepEqual(blobsAsked(again.upstream), []);
});

test('a blob that is not its digest is named, and no manifest is stored', async () => {
  const { document, blobs } = imageOf({ seed: 'image' });
  const [config = '', layer = ''] = blobs;
  const contents = { documents: [], tags: { latest: document }, hasReferrers: false };
  const { plan } = await prepared({ ...contents, blobs });
  const lies = memoryUpstream({ ...contents, blobs: [config] });
  const lying = {
    name: lies.name,
    blob: (blob: Parameters<typeof lies.blob>[0]) =>
      blob.digest === digestOf(layer) ? sent(Buffer.alloc(layer.length)) : lies.blob(blob, signal),
  };
  const cases = [
    [lying, 'BLOB_DIGEST_MISMATCH'],
    [lies, 'BLOB_MISSING'],
  ] as const;
  for (const [upstream, code] of cases) {
    for (const begun of ['', 'begun']) {
      const intake = memoryIntake();
      intake.uploads.set(digestOf(layer), Buffer.from(begun));
      await assert.rejects(copyClosure(plan, upstream, intake, OPTIONS), (error) => {
        assert.ok(isAppError(error));
        assert.deepEqual([error.code, error.object], [code, `blob ${digestOf(layer)}`]);
        return true;
      });
      assert.deepEqual([intake.manifests.size, intake.tags.size], [0, 0]);
      assert.ok(!intake.blobs.has(digestOf(layer)));
    }
  }
});

async function* sent(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

test('a plan that is not whole is not copied, unless what is missing may be', async () => {
  const { contents, documents } = closureWorld();
  const gone = documents['notary'];
  const { index, arm64 } = documents;
  assert.ok(gone && index && arm64);
  const listed = new Map([[arm64.digest, [{ digest: digestOf('deleted'), size: 2 }]]]);
  const some = await prepared({ ...contents, listed });
  const intake = memoryIntake();
  await assert.rejects(copied(some, {}, intake), (error) => isAppError(error) && error.code === 'CLOSURE_INCOMPLETE');
  assert.deepEqual(intake.log, []);
  assert.deepEqual(blobsAsked(some.upstream), []);
  const tolerated = await copied(some, { tolerates: ({ isAbsent, route }) => isAbsent && route === 'referrers' });
  assert.equal(tolerated.manifests.size, contents.documents.length);
});

test('the tag is the one that was asked for, another one, or none', async () => {
  const { contents, index } = closureWorld();
  const tagIn = async (reference: string, more: Partial<CopyOptions>): Promise<readonly string[]> => {
    const intake = await copied(await prepared(contents, reference), more);
    return [...intake.tags].filter(([, digest]) => digest === index.digest).map(([tag]) => tag);
  };
  assert.deepEqual(await tagIn('latest', {}), ['latest']);
  assert.deepEqual(await tagIn('latest', { tag: 'stable' }), ['stable']);
  assert.deepEqual(await tagIn('latest', { tag: null }), []);
  assert.deepEqual(await tagIn(index.digest, {}), []);
});

test('so many blobs are under way at once and no more', async () => {
  const { document, blobs } = imageOf({ seed: 'many', layers: 20 });
  const { upstream, plan } = await prepared({ documents: [], tags: { latest: document }, blobs, hasReferrers: false });
  for (const [parallel, expected] of [
    [undefined, 3],
    [1, 1],
    [5, 5],
  ] as const) {
    let [now, most] = [0, 0];
    const counting = {
      name: upstream.name,
      blob: async function* (...asked: Parameters<typeof upstream.blob>) {
        now += 1;
        most = Math.max(most, now);
        yield* upstream.blob(...asked);
        now -= 1;
      },
    };
    await copyClosure(plan, counting, memoryIntake(), { ...OPTIONS, ...(parallel !== undefined && { parallel }) });
    assert.equal(most, expected);
  }
});

test('an end that is asked for ends it, and what has come is still there for the next time', async () => {
  const { contents } = closureWorld();
  const { upstream, plan } = await prepared(contents);
  const stop = new AbortController();
  const reason = new Error('enough');
  const intake = memoryIntake();
  const progress = ({ bytesDone }: AcquisitionProgress): void => {
    if (bytesDone > 100) {
      stop.abort(reason);
    }
  };
  await assert.rejects(copied({ upstream, plan }, { signal: stop.signal, progress }, intake), reason);
  assert.equal(intake.manifests.size, 0);
  assert.ok(intake.blobs.size + intake.uploads.size > 0);
  const held = [...intake.uploads.values()].reduce((sum, { length }) => sum + length, 0);
  await copied({ upstream, plan }, {}, intake);
  assert.equal(intake.manifests.size, plan.manifests.length);
  assert.ok(held > 0);
});
