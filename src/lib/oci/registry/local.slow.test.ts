import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Discovery } from '#model/attachment.ts';
import type { LocalRepository } from '#model/platform/local-repository.ts';
import { evidence } from '#test/evidence.ts';
import { referrer, subjectsOf, tagged, textsAt } from '#test/fixtures/artifacts.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { type MemoryRepository, memoryRepository, repositoryOfLayout } from '#test/fixtures/memory-repository.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { pushLayout } from '#test/fixtures/push-layout.ts';
import { startReferrersRegistry } from '#test/fixtures/referrers-registry.ts';
import { SIGNED_FIXTURES, SUBJECTS, signedLayout } from '#test/fixtures/signed/index.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { missing } from '#test/prerequisites.ts';
import { attach } from '../attach/attach.ts';
import { detectReference } from '../detect.ts';
import { openEvidence } from '../evidence/open-evidence.ts';
import type { OpenOptions } from '../images/options.ts';
import { openImages } from '../open.ts';
import { LocalClient } from './local.ts';

evidence(
  'acquire/local-registry',
  'real tool',
  'what cosign and notation-go hung on images, read from a repository of our own and from docker-registry and the registry of go-containerregistry',
);

const HOST = 'registry.plimsoll.test';

/** Where nothing but our own is asked: any use of the network would fail. */
function options(context: TestContext, local: LocalRepository | null, more: Partial<OpenOptions> = {}): OpenOptions {
  return {
    host: { os: 'linux', architecture: 'amd64' },
    integrity: 'require',
    temporaryFolder: temporaryFolder(context),
    platform: 'all',
    offline: true,
    access: sourceAccess({
      ...(local !== null && { local: (domain, path) => (`${domain}/${path}` === `${HOST}/mirror/app` ? local : null) }),
    }),
    ...more,
  };
}

async function found(reference: string, open: OpenOptions): Promise<readonly Discovery[]> {
  const source = await openEvidence(reference, open);
  try {
    return await Promise.all(source.subjects.map((subject) => source.attachments(subject)));
  } finally {
    await source.close();
  }
}

/** What was found, in an order of its own, and each part with its bytes. */
function contents(discoveries: readonly Discovery[]): readonly unknown[] {
  assert.deepEqual(
    discoveries.flatMap(({ problems }) => problems),
    [],
  );
  return discoveries
    .flatMap(({ attachments }) => attachments)
    .map(({ subject, digest, mediaType, artifactType, annotations, blobs }) => ({
      subject,
      digest,
      mediaType,
      artifactType,
      annotations: [...annotations],
      blobs: blobs.map((blob) => ({
        ...blob,
        annotations: [...blob.annotations],
        content: digestOf(blob.content ?? ''),
      })),
    }))
    .toSorted((a, b) => (`${a.subject} ${a.digest}` < `${b.subject} ${b.digest}` ? -1 : 1));
}

test('our own registry is read without a network: the images, and all that hangs on them, as it is in the layouts', async (context) => {
  let attachments = 0;
  for (const { id } of SIGNED_FIXTURES) {
    const open = options(context, repositoryOfLayout(signedLayout(id)));
    const here = contents(await found(`${HOST}/mirror/app:1.0`, open));
    const layout = await found(`oci:${signedLayout(id)}`, open);
    const subjects = (await subjectsOf(`${HOST}/mirror/app:1.0`, open)).map(({ digest }) => digest);
    assert.deepEqual(here, contents(layout), id);
    const byDigest = await found(`${HOST}/mirror/app@${subjects[0] ?? ''}`, open);
    assert.deepEqual(contents(byDigest), here, id);
    attachments += here.length;
    const images = await openImages(await detectReference(`${HOST}/mirror/app:1.0`), open);
    assert.ok(images.images.length > 0);
    await images.close();
  }
  assert.ok(attachments >= 50);
});

test('our own registry and registries of others give the same evidence', {
  skip: missing('docker-registry', 'go'),
}, async (context) => {
  const registries = [await startRegistry(), await startReferrersRegistry()];
  registries.forEach((registry) => context.after(() => registry.stop()));
  for (const id of [
    'cosign3-index',
    'cosign3-recursive',
    'notation-index',
    'notation-fallback',
    'cosign2-attestations',
  ]) {
    const here = await found(`${HOST}/mirror/app:1.0`, options(context, repositoryOfLayout(signedLayout(id))));
    for (const { url, host } of registries) {
      await pushLayout(signedLayout(id), url, id);
      const there = await found(`${host}/${id}:1.0`, options(context, null, { offline: false }));
      assert.deepEqual(contents(here), contents(there), id);
    }
  }
});

test('what is attached to an image of our own is written there, and found again', async (context) => {
  const repository = repositoryOfLayout(signedLayout('cosign3-index'));
  const open = options(context, repository);
  const reference = `${HOST}/mirror/app:1.0`;
  const before = await textsAt(reference, open);
  const subjects = await subjectsOf(reference, open);
  const artifacts = subjects.flatMap((subject) => [
    referrer(subject, `referrer ${subject.digest}`),
    tagged(subject, `tag ${subject.digest}`),
  ]);
  const attached = await attach(artifacts, reference, open);
  assert.deepEqual(
    attached.map(({ route }) => route),
    subjects.flatMap(() => ['referrers', 'signature-tag']),
  );
  await attach(artifacts, reference, open);
  const texts = subjects.flatMap(({ digest }) => [`referrer ${digest}`, `tag ${digest}`]);
  assert.deepEqual(await textsAt(reference, open), [...before, ...texts].toSorted());
  // It has the referrers API: no list is kept beside it.
  assert.deepEqual(
    [...repository.tags.keys()].filter((tag) => /^sha256-[0-9a-f]{64}(\.[0-9a-f]{32})?$/.test(tag)),
    [],
  );
});

test('what our own registry does not answer for is asked for over the network, or not at all', async (context) => {
  const open = options(context, memoryRepository());
  await assert.rejects(openEvidence(`${HOST}/mirror/other:1.0`, open), { code: 'REGISTRY_OFFLINE' });
  await assert.rejects(attach([], `${HOST}/mirror/other:1.0`, open), { code: 'REGISTRY_OFFLINE' });
  await assert.rejects(openEvidence(`${HOST}/mirror/app:2.0`, open), { code: 'IMAGE_NOT_FOUND' });
});

async function problemCodes(open: OpenOptions): Promise<readonly string[]> {
  const discoveries = await found(`${HOST}/mirror/app:1.0`, open);
  return [...new Set(discoveries.flatMap(({ problems }) => problems.map(({ code }) => code)))];
}

test('bytes of our own are believed as little as those of others', async (context) => {
  const repository = repositoryOfLayout(signedLayout('cosign3-key'));
  const { amd64 } = SUBJECTS;
  const spoiled = (change: (copy: MemoryRepository) => void): OpenOptions => {
    const copy = repositoryOfLayout(signedLayout('cosign3-key'));
    change(copy);
    return options(context, copy);
  };
  const manifest = repository.manifests.get(amd64) ?? assert.fail();
  const other = spoiled((copy) => copy.manifests.set(amd64, { ...manifest, content: Buffer.from('{}') }));
  await assert.rejects(openEvidence(`${HOST}/mirror/app:1.0`, other), { code: 'BLOB_DIGEST_MISMATCH' });
  const damaged = other.access?.local?.(HOST, 'mirror/app') ?? assert.fail();
  const { signal } = new AbortController();
  for (const reference of [amd64, '1.0']) {
    const read = new LocalClient('damaged', damaged).manifest(reference, signal);
    await assert.rejects(read, { code: 'BLOB_DIGEST_MISMATCH' });
  }
  const blobs = spoiled((copy) =>
    copy.blobs.forEach((bytes, digest) => copy.blobs.set(digest, Buffer.alloc(bytes.length))),
  );
  assert.deepEqual(await problemCodes(blobs), ['BLOB_DIGEST_MISMATCH']);
  const longer = spoiled((copy) =>
    copy.blobs.forEach((bytes, digest) => copy.blobs.set(digest, Buffer.alloc(bytes.length + 1))),
  );
  assert.deepEqual(await problemCodes(longer), ['BLOB_SIZE_MISMATCH']);
  const gone = spoiled((copy) => copy.blobs.clear());
  assert.deepEqual(await problemCodes(gone), ['BLOB_MISSING']);
});

test('a blob is read from where it is asked for, and all pages of referrers are', async () => {
  const repository = memoryRepository();
  const bytes = Buffer.from('0123456789');
  const digest = digestOf(bytes);
  repository.blobs.set(digest, bytes);
  const { signal } = new AbortController();
  const client = new LocalClient(`${HOST}/mirror/app`, repository);
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.blob({ digest, size: 10 }, signal, 4)) {
    chunks.push(chunk);
  }
  assert.equal(Buffer.concat(chunks).toString(), '456789');
  const asked: (string | null)[] = [];
  const many = Array.from({ length: 1300 }, (_, index) => ({ digest: digestOf(String(index)), size: index }));
  const sorted = many.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  const paged = new LocalClient(`${HOST}/mirror/app`, {
    ...repository,
    referrers: (_subject: Digest, { after, limit }) => {
      asked.push(after);
      return Promise.resolve(sorted.filter((each) => after === null || each.digest > after).slice(0, limit));
    },
  });
  assert.deepEqual(await paged.referrers(digest, signal), { descriptors: sorted, incomplete: null });
  assert.equal(asked.length, 3);
  const endless = new LocalClient(`${HOST}/mirror/app`, {
    ...repository,
    referrers: (_subject: Digest, { limit }) => Promise.resolve(sorted.slice(0, limit)),
  });
  const listed = await endless.referrers(digest, signal);
  assert.ok(isAppError(listed.incomplete) && listed.incomplete.code === 'LIMIT_EXCEEDED');
});
