import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import { readBounded } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { attachOptions, hanging, referrer, subjectsOf } from '#test/fixtures/artifacts.ts';
import { startCountingProxy } from '#test/fixtures/counting-proxy.ts';
import { startRegistry } from '#test/fixtures/docker-registry.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { missing } from '#test/prerequisites.ts';
import { attach } from '../attach/attach.ts';
import { type ArtifactFile, type FileArtifact, manifestOf } from './artifact.ts';
import { type OpenedArtifact, openArtifact } from './open.ts';
import { pushArtifact } from './push.ts';

evidence(
  'oci/artifacts',
  'real tool',
  'artifacts put into docker-registry, layouts and archives; GNU tar lists the last',
);

const TYPE = 'application/vnd.example.files.v1+json';

function file(text: string): ArtifactFile {
  const content = Buffer.from(text);
  return {
    mediaType: 'application/vnd.example.file',
    digest: digestOf(content),
    size: content.length,
    annotations: new Map([
      ['org.example.b', text],
      ['org.example.a', '1'],
    ]),
    read: () => Promise.resolve(content),
  };
}

function files(...texts: readonly string[]): FileArtifact {
  return { artifactType: TYPE, annotations: new Map([['org.example.of', 'test']]), layers: texts.map(file) };
}

async function textsOf(opened: OpenedArtifact): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const layer of opened.layers) {
    const copies = async function* () {
      for await (const chunk of opened.read(layer, new AbortController().signal)) {
        yield new Uint8Array(chunk);
      }
    };
    texts.push(Buffer.from(await readBounded(copies(), 1e6, 'test')).toString());
  }
  return texts;
}

/** What another machine finds under a reference. */
async function look(context: TestContext, reference: string): Promise<readonly [digest: string, ...texts: string[]]> {
  const opened = await openArtifact(reference, attachOptions(context));
  try {
    assert.deepEqual([opened.artifactType, opened.annotations.get('org.example.of')], [TYPE, 'test']);
    return [opened.digest, ...(await textsOf(opened))];
  } finally {
    await opened.close();
  }
}

const NOTHING = () => Promise.resolve();

/** Puts one, looks for it, then puts another under the same name, with something that hangs on it. */
async function roundTrip(context: TestContext, target: string): Promise<void> {
  const options = attachOptions(context);
  const { digest } = await pushArtifact(files('one', 'two'), target, options, NOTHING);
  assert.equal(digest, manifestOf(files('one', 'two')).digest);
  assert.deepEqual(await look(context, target), [digest, 'one', 'two']);
  const seen: string[] = [];
  const next = await pushArtifact(files('one', 'three'), target, options, async ({ pinned, digest: own }) => {
    // What is to be signed is there, and nobody who asks by name is led to it yet.
    assert.deepEqual(
      (await subjectsOf(pinned, options)).map((subject) => subject.digest),
      [own],
    );
    const name = target.endsWith(':v1') ? target : `${target}:latest`;
    seen.push(target.startsWith('oci-archive:') ? 'archive' : (await look(context, name))[0]);
    const [subject] = await subjectsOf(pinned, options);
    assert.ok(subject !== undefined);
    await attach([referrer(subject, 'signed')], pinned, options);
  });
  assert.deepEqual(seen, [target.startsWith('oci-archive:') ? 'archive' : digest]);
  assert.deepEqual(await look(context, target), [next.digest, 'one', 'three']);
  const { attachments, problems } = await hanging(target, options);
  assert.deepEqual([attachments.length, problems], [1, []]);
}

test('an artifact is put into a layout, which is made, and replaced under its name', async (context) => {
  const folder = join(temporaryFolder(context), 'new/layout');
  await roundTrip(context, `oci:${folder}:v1`);
  await pushArtifact(files('other'), `oci:${folder}:other`, attachOptions(context), NOTHING);
  assert.deepEqual((await look(context, `oci:${folder}:v1`)).slice(1), ['one', 'three']);
  const plain = join(temporaryFolder(context), 'plain');
  await roundTrip(context, `oci:${plain}`);
  assert.deepEqual(
    (await look(context, plain)).slice(1),
    ['one', 'three'],
    'the only one, though there is a signature',
  );
});

test('an artifact is put into an archive, which tar lists and which is replaced as a whole', {
  skip: missing('gnu-tar'),
}, async (context) => {
  const path = join(temporaryFolder(context), 'a.tar');
  await roundTrip(context, `oci-archive:${path}:v1`);
  const { stdout, status } = spawnSync('tar', ['-tvf', path], { encoding: 'utf8' });
  assert.deepEqual([status, stdout.split('\n').filter(Boolean).length], [0, 8], stdout);
  assert.match(stdout, /^-rw-r--r-- 0\/0 .* oci-layout\n.* index\.json\n/);
  const other = join(temporaryFolder(context), 'b.tar');
  for (const target of [path, other]) {
    await pushArtifact(files('same', 'x'.repeat(512)), `oci-archive:${target}`, attachOptions(context), NOTHING);
  }
  assert.ok(readFileSync(path).equals(readFileSync(other)), 'the same files are the same archive');
});

test('an artifact is put into a registry, and the tag is moved last', {
  skip: missing('docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  const { host, asked } = await startCountingProxy(context, registry.host);
  const sent = (): number => asked.filter((line) => line.startsWith('PUT /v2/team/files/blobs/uploads/')).length;
  await roundTrip(context, `${host}/team/files:v1`);
  const uploads = sent();
  await pushArtifact(files('one', 'three'), `${host}/team/files:v2`, attachOptions(context), NOTHING);
  assert.deepEqual([uploads > 0, sent()], [true, uploads], 'what is there is not sent again');
});

test('what fails before it has a name leaves the old one', async (context) => {
  const folder = temporaryFolder(context);
  for (const target of [`oci:${folder}/layout:v1`, `oci-archive:${folder}/a.tar:v1`]) {
    const options = attachOptions(context);
    const { digest } = await pushArtifact(files('one'), target, options, NOTHING);
    const failing = pushArtifact(files('two'), target, options, () => Promise.reject(new Error('no key')));
    await assert.rejects(failing, { message: 'no key' });
    assert.deepEqual(await look(context, target), [digest, 'one']);
    assert.deepEqual(await look(context, target.replace(':v1', '')), [digest, 'one'], 'and nothing beside it');
  }
  assert.deepEqual(readdirSync(folder).toSorted(), ['a.tar', 'layout']);
});

test('places for images alone, digests, and folders that are something else are refused', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'something'), '');
  const cases: readonly (readonly [string, string])[] = [
    ['docker:app', 'ARTIFACT_UNSUPPORTED'],
    ['docker-archive:a.tar', 'ARTIFACT_UNSUPPORTED'],
    [`registry.example/a@${digestOf('a')}`, 'ARTIFACT_UNSUPPORTED'],
    [`oci:${folder}@${digestOf('a')}`, 'ARTIFACT_UNSUPPORTED'],
    [`oci:${folder}`, 'NOT_AN_IMAGE'],
    [`oci:${folder}/something`, 'ATTACH_REFUSED'],
    [`oci-archive:${folder}/none/a.tar`, 'ATTACH_REFUSED'],
    ['./a', 'REFERENCE_INVALID'],
  ];
  for (const [target, code] of cases) {
    await assert.rejects(pushArtifact(files('x'), target, attachOptions(context), NOTHING), { code }, target);
  }
  const { access: _none, ...offline } = attachOptions(context);
  await assert.rejects(pushArtifact(files('x'), 'registry.example/a', offline, NOTHING), { code: 'REGISTRY_OFFLINE' });
});

test('layers that are not what the manifest says, and what is no single manifest, are refused', async (context) => {
  const folder = join(temporaryFolder(context), 'layout');
  const target = `oci:${folder}:v1`;
  const options = attachOptions(context);
  const { digest } = await pushArtifact(files('one'), target, options, NOTHING);
  const blob = join(folder, 'blobs/sha256', hexOf(digestOf('one')));
  const refused = async (content: string, code: string): Promise<void> => {
    writeFileSync(blob, content);
    await assert.rejects(look(context, target), { code });
  };
  await refused('two', 'BLOB_DIGEST_MISMATCH');
  await refused('ones', 'BLOB_SIZE_MISMATCH');
  await refused('', 'BLOB_SIZE_MISMATCH');
  writeFileSync(blob, 'one');
  const [subject] = await subjectsOf(target, options);
  assert.ok(subject !== undefined);
  const [hung] = await attach([referrer(subject, 'x')], target, options);
  await assert.rejects(openArtifact(`oci:${folder}@${hung?.manifest}`, options), { code: 'NOT_AN_ARTIFACT' });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: subject.size }],
  });
  writeFileSync(join(folder, 'blobs/sha256', hexOf(digestOf(index))), index);
  const entry = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digestOf(index), size: index.length };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  await assert.rejects(openArtifact(`oci:${folder}`, options), { code: 'NOT_AN_ARTIFACT' });
  assert.ok(existsSync(blob));
});
