import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readBounded } from '#base/limits.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import {
  ARTIFACT_TYPE,
  attachOptions,
  hanging,
  referrer,
  subjectsOf,
  tagged,
  textsAt,
} from '#test/fixtures/artifacts.ts';
import { refusal } from '#test/fixtures/hostile-registry.ts';
import { openForTest, temporaryFolder } from '#test/fixtures/open-images.ts';
import { signedLayout } from '#test/fixtures/signed/index.ts';
import { openFolder } from '../files/folder.ts';
import type { OpenOptions } from '../images/options.ts';
import { attach } from './attach.ts';

evidence('trust/attaching', 'real tool', 'layouts with what cosign attached, added to');

interface Place {
  readonly folder: string;
  readonly reference: string;
  readonly options: OpenOptions;
  readonly subject: EvidenceSubject;
}

async function copyOf(context: TestContext, fixture: string): Promise<Place> {
  const folder = temporaryFolder(context);
  cpSync(signedLayout(fixture), folder, { recursive: true });
  const [options, reference] = [attachOptions(context), `oci:${folder}:1.0`];
  const [subject] = await subjectsOf(reference, options);
  assert.ok(subject !== undefined);
  return { folder, reference, options, subject };
}

test('referrers and tags are added to what tools have written, which stays as it is', async (context) => {
  for (const fixture of ['cosign2-key', 'cosign2-attestations', 'cosign3-key', 'cosign3-index']) {
    const { folder, reference, options, subject } = await copyOf(context, fixture);
    const before = (await hanging(reference, options)).attachments.flatMap(({ blobs }) => blobs);
    const artifacts = [
      referrer(subject, 'one'),
      tagged(subject, 'two'),
      tagged(subject, 'three', 'att'),
      tagged(subject, 'four'),
    ];
    const attached = await attach(artifacts, reference, options);
    assert.deepEqual(
      attached.map(({ route }) => route),
      ['referrers', 'signature-tag', 'attestation-tag', 'signature-tag'],
    );
    const { attachments, problems } = await hanging(reference, options);
    assert.deepEqual(problems, [], fixture);
    const after = attachments.flatMap(({ blobs }) => blobs);
    for (const blob of before) {
      assert.ok(after.some((each) => JSON.stringify(each) === JSON.stringify(blob)));
    }
    assert.equal(after.length, before.length + 4);
    for (const { manifest, route } of attached) {
      assert.equal(attachments.find(({ digest }) => digest === manifest)?.route, route);
    }
    assert.deepEqual(attachments.find(({ artifactType }) => artifactType === ARTIFACT_TYPE)?.declaredSubject, {
      mediaType: subject.mediaType,
      digest: subject.digest,
      size: subject.size,
    });
    // The same again is the same.
    const index = readFileSync(join(folder, 'index.json'), 'utf8');
    assert.deepEqual(await attach(artifacts, reference, options), attached);
    assert.equal(readFileSync(join(folder, 'index.json'), 'utf8'), index);
    assert.ok(readdirSync(join(folder, 'blobs/sha256')).every((name) => /^[0-9a-f]{64}$/.test(name)));
    assert.equal(existsSync(join(folder, 'index.json.lock')), false);
    // It is still one image.
    assert.ok((await openForTest(context, `oci:${folder}:1.0`, { platform: 'all' })).length > 0);
  }
});

test('the config of the manifest under a tag lists its layers', async (context) => {
  const { folder, reference, options, subject } = await copyOf(context, 'cosign2-key');
  const [attached] = await attach([tagged(subject, 'mine')], reference, options);
  const read = (digest: string): { readonly [name: string]: unknown } =>
    JSON.parse(readFileSync(join(folder, 'blobs/sha256', digest.slice(7)), 'utf8')) as {
      readonly [name: string]: unknown;
    };
  const manifest = read(attached?.manifest ?? '') as unknown as {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
  const config = read(manifest.config.digest) as unknown as {
    readonly history: readonly unknown[];
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
  assert.equal(manifest.layers.length, 2);
  assert.deepEqual(
    config.rootfs.diff_ids,
    manifest.layers.map(({ digest }) => digest),
  );
  assert.equal(config.history.length, 2);
});

test('forty at once lose nothing', async (context) => {
  const { reference, options, subject } = await copyOf(context, 'cosign2-key');
  const before = await textsAt(reference, options);
  const texts = Array.from({ length: 20 }, (_, index) => `concurrent ${index}`);
  await Promise.all(
    texts.flatMap((text) => [
      attach([referrer(subject, text)], reference, options),
      attach([tagged(subject, text)], reference, options),
    ]),
  );
  assert.deepEqual(await textsAt(reference, options), [...before, ...texts, ...texts].toSorted());
});

test('a lock that somebody holds is waited for, and is not broken', async (context) => {
  const { folder, reference, options, subject } = await copyOf(context, 'cosign2-key');
  const lock = join(folder, 'index.json.lock');
  writeFileSync(lock, '');
  const index = readFileSync(join(folder, 'index.json'), 'utf8');
  const stop = new AbortController();
  const waiting = attach([referrer(subject, 'x')], reference, { ...options, signal: stop.signal });
  setTimeout(() => stop.abort(new Error('enough')), 300);
  await assert.rejects(waiting, /enough/);
  assert.deepEqual([readFileSync(lock, 'utf8'), readFileSync(join(folder, 'index.json'), 'utf8')], ['', index]);
  const later = attach([referrer(subject, 'x')], reference, options);
  setTimeout(() => rmSync(lock), 200);
  assert.equal((await later).length, 1);
});

test('nothing is written outside of the layout, nor over what is something else', async (context) => {
  const { folder, reference, options, subject } = await copyOf(context, 'cosign2-key');
  const elsewhere = temporaryFolder(context);
  mkdirSync(join(elsewhere, 'sha256'));
  cpSync(join(folder, 'blobs/sha256'), join(elsewhere, 'sha256'), { recursive: true });
  const count = readdirSync(join(elsewhere, 'sha256')).length;
  rmSync(join(folder, 'blobs'), { recursive: true });
  symlinkSync(elsewhere, join(folder, 'blobs'));
  const error = await refusal(attach([referrer(subject, 'x')], reference, options), 'ATTACH_REFUSED');
  assert.match(error.message, /a link leaves the folder/);
  assert.equal(readdirSync(join(elsewhere, 'sha256')).length, count);
  const tag = `sha256-${subject.digest.slice(7)}.sig`;
  const other = await copyOf(context, 'cosign3-index');
  const path = join(other.folder, 'index.json');
  const document = JSON.parse(readFileSync(path, 'utf8')) as { readonly manifests: readonly object[] };
  const entry = { ...document.manifests[0], annotations: { 'org.opencontainers.image.ref.name': tag } };
  writeFileSync(path, JSON.stringify({ ...document, manifests: [...document.manifests, entry] }));
  const text = readFileSync(path, 'utf8');
  const refused = await refusal(attach([tagged(subject, 'x')], other.reference, other.options), 'ATTACH_FAILED');
  assert.match(refused.message, /something else has this name.*expected an image manifest, found an index/);
  assert.match(refused.hint ?? '', /^Nothing was attached\./);
  assert.equal(readFileSync(path, 'utf8'), text);
});

test('a layout without its parts, and one that is read-only, are refused with a reason', async (context) => {
  const { folder, reference, options, subject } = await copyOf(context, 'cosign2-key');
  rmSync(join(folder, 'index.json'));
  mkdirSync(join(folder, 'index.json'));
  const unread = await refusal(attach([referrer(subject, 'x')], reference, options), 'ATTACH_FAILED');
  assert.match(unread.message, /index\.json: cannot be opened: expected a regular file/);
  const { folder: second, ...other } = await copyOf(context, 'cosign2-key');
  rmSync(join(second, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(second, 'blobs/sha256'), 'no folder');
  const error = await refusal(attach([referrer(other.subject, 'x')], other.reference, other.options), 'ATTACH_REFUSED');
  assert.match(error.message, /expected a layout that can be written to/);
});

test('a file of a layout that is replaced by another while it is read is not read half', async (context) => {
  const { folder } = await copyOf(context, 'cosign2-key');
  const file = await openFolder(folder).find('index.json');
  writeFileSync(join(folder, 'index.json'), '{"schemaVersion":2,"manifests":[]}');
  await refusal(readBounded(file?.open() ?? assert.fail('no file'), 1 << 20, 'index.json'), 'SOURCE_UNREADABLE');
});
