import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf, hexOf } from '#base/digest.ts';
import { LIMITS } from '#base/limits.ts';
import {
  type BlobDescriptor,
  MEDIA_TYPES,
  type WrittenImage,
  writeBlob,
  writeDocument,
  writeLayoutIndex,
  writeOciLayout,
} from '#test/fixtures/oci-layout.ts';
import { openForTest, openOneForTest, temporaryFolder } from '#test/fixtures/open-images.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';

async function oneImage(context: TestContext): Promise<{ readonly folder: string; readonly image: WrittenImage }> {
  const folder = temporaryFolder(context);
  const written = await writeOciLayout(folder, {
    images: [{ layers: [{ tar: tarOf([{ name: 'a' }]) }], platform: { os: 'linux', architecture: 'amd64' } }],
  });
  const [image] = written.images;
  assert.ok(image !== undefined);
  return { folder, image };
}

function blob(folder: string, descriptor: BlobDescriptor): string {
  return join(folder, 'blobs/sha256', hexOf(descriptor.digest));
}

/** A manifest that differs from a good one in some members. */
async function manifestWith(folder: string, image: WrittenImage, change: object): Promise<BlobDescriptor> {
  const { config, layers } = image;
  const manifest = await writeDocument(folder, MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers, ...change });
  await writeLayoutIndex(folder, [manifest]);
  return manifest;
}

test('an index that contains itself', async (context) => {
  const folder = temporaryFolder(context);
  // Nobody can make a blob that holds its own digest, so its bytes lie as well, and by default that is what refuses it.
  const digest = digestOf('any');
  const itself = { mediaType: MEDIA_TYPES.index, digest, size: 10 };
  await writeLayoutIndex(folder, [itself]);
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(folder, 'blobs/sha256', hexOf(digest)), JSON.stringify({ schemaVersion: 2, manifests: [itself] }));
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'BLOB_DIGEST_MISMATCH' });
  await assert.rejects(openForTest(context, `oci:${folder}`, { integrity: 'report' }), { code: 'INDEX_CYCLE' });
});

test('indexes nested too deep, and too many entries', async (context) => {
  const { folder, image } = await oneImage(context);
  let deepest = image.manifest;
  for (let level = 0; level <= LIMITS.indexDepth; level += 1) {
    await writeLayoutIndex(folder, [deepest]);
    assert.equal((await openOneForTest(context, `oci:${folder}`)).digest, image.manifest.digest);
    deepest = await writeDocument(folder, MEDIA_TYPES.index, { schemaVersion: 2, manifests: [deepest] });
  }
  await writeLayoutIndex(folder, [deepest]);
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'LIMIT_EXCEEDED', message: /8 levels/ });
  await writeLayoutIndex(
    folder,
    Array.from({ length: 10_000 }, () => image.manifest),
  );
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'LIMIT_EXCEEDED', message: /10000 entries/ });
  // A few entries at each of a few levels multiply.
  let wide: BlobDescriptor = image.manifest;
  for (let level = 0; level < 4; level += 1) {
    const manifests = Array.from({ length: 10 }, () => wide);
    wide = await writeDocument(folder, MEDIA_TYPES.index, { schemaVersion: 2, manifests });
  }
  await writeLayoutIndex(folder, [wide]);
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'LIMIT_EXCEEDED', message: /1024 entries/ });
});

test('blobs that lie about digest or size are refused with both', async (context) => {
  for (const part of ['manifest', 'config'] as const) {
    const { folder, image } = await oneImage(context);
    const path = blob(folder, image[part]);
    const changed = Buffer.concat([readFileSync(path), Buffer.from(' ')]);
    writeFileSync(path, changed);
    const both = new RegExp(`expected ${image[part].digest} .*found ${digestOf(changed)}`);
    await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'BLOB_DIGEST_MISMATCH', message: both });
    const opened = await openOneForTest(context, `oci:${folder}`, { integrity: 'report' });
    assert.match(opened.problems[0]?.reason ?? '', both);
    assert.equal(part === 'manifest' ? opened.digest : opened.configDigest, digestOf(changed));
  }
  const { folder, image } = await oneImage(context);
  await writeLayoutIndex(folder, [{ ...image.manifest, size: 1 }]);
  const sizes = { code: 'BLOB_SIZE_MISMATCH', message: /expected 1 bytes, found \d+ bytes/ };
  await assert.rejects(openForTest(context, `oci:${folder}`), sizes);
  const [layer] = image.layers;
  await manifestWith(folder, image, { layers: [{ ...layer, size: 7 }] });
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'BLOB_SIZE_MISMATCH', message: /layer 0.* 7 / });
  await manifestWith(folder, image, { layers: [layer, layer] });
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'LAYER_COUNT_MISMATCH', message: /1,.*found 2/ });
});

test('documents that two parsers would read differently', async (context) => {
  const { folder, image } = await oneImage(context);
  const good = readFileSync(blob(folder, image.manifest), 'utf8');
  const cases: readonly (readonly [string, string])[] = [
    [good.replace('"layers":', '"layers":[],"layers":'), 'JSON_DUPLICATE_KEY'],
    [good.replace('"layers":', '"Layers":[],"layers":'), 'MANIFEST_INVALID'],
    [good.replace('"layers":', '"manifests":[],"layers":'), 'MANIFEST_INVALID'],
    [good.replace('{', '{"__proto__":{"layers":[]},'), ''],
    [`[${good}]`, 'MANIFEST_INVALID'],
    [good.slice(0, -1), 'JSON_INVALID'],
    ['['.repeat(2000), 'JSON_TOO_DEEP'],
    [good.replace(MEDIA_TYPES.manifest, MEDIA_TYPES.index), 'MANIFEST_INVALID'],
    [good.replace('sha256:', 'sha256:../../'), 'DIGEST_INVALID'],
    [good.replace('"size":', '"size":-'), 'MANIFEST_INVALID'],
    ['{"schemaVersion":1,"fsLayers":[]}', 'MANIFEST_UNSUPPORTED'],
  ];
  for (const [text, code] of cases) {
    await writeLayoutIndex(folder, [await writeBlob(folder, MEDIA_TYPES.manifest, text)]);
    if (code === '') {
      assert.equal((await openOneForTest(context, `oci:${folder}`)).layers.length, 1);
    } else {
      await assert.rejects(openForTest(context, `oci:${folder}`), { code }, text.slice(0, 80));
    }
  }
  for (const name of ['index.json', 'oci-layout']) {
    const original = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), original.replace('{', '{"a":1,"a":2,'));
    await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'JSON_DUPLICATE_KEY' }, name);
    writeFileSync(join(folder, name), original);
  }
});

test('documents that are too large are not read', async (context) => {
  const { folder, image } = await oneImage(context);
  truncateSync(blob(folder, image.config), LIMITS.configBytes + 1);
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'LIMIT_EXCEEDED', message: /config/ });
  truncateSync(blob(folder, image.manifest), LIMITS.manifestBytes + 1);
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'LIMIT_EXCEEDED', message: /manifest/ });
  const huge = temporaryFolder(context);
  await writeLayoutIndex(huge, []);
  truncateSync(join(huge, 'index.json'), 2 ** 40);
  await assert.rejects(openForTest(context, `oci:${huge}`), { code: 'LIMIT_EXCEEDED', message: /index\.json/ });
});

test('other artifacts, foreign and encrypted layers', async (context) => {
  const { folder, image } = await oneImage(context);
  const [layer] = image.layers;
  assert.ok(layer !== undefined);
  await manifestWith(folder, image, {
    config: { ...image.config, mediaType: 'application/vnd.cncf.helm.config.v1+json' },
  });
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'NOT_AN_IMAGE', message: /helm/ });
  await manifestWith(folder, image, { layers: [{ ...layer, mediaType: 'application/vnd.in-toto+json' }] });
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'NOT_AN_IMAGE', message: /in-toto/ });
  await manifestWith(folder, image, { layers: [{ ...layer, mediaType: `${layer.mediaType}+encrypted` }] });
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'LAYER_UNSUPPORTED' });
  const foreign = {
    ...layer,
    digest: digestOf('elsewhere'),
    mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  };
  await manifestWith(folder, image, { layers: [foreign] });
  await assert.rejects(openForTest(context, `oci:${folder}`), { code: 'BLOB_MISSING', hint: /foreign layer/ });
  const opened = await openOneForTest(context, `oci:${folder}`, { integrity: 'report' });
  assert.deepEqual(opened.layers[0]?.content, { kind: 'missing' });
});

test('a layout whose files are not files', async (context) => {
  const { folder, image } = await oneImage(context);
  const [layer] = image.layers;
  assert.ok(layer !== undefined);
  const path = blob(folder, layer);
  renameSync(path, join(folder, 'kept'));
  // A link inside the layout is how some tools keep a blob; one that leaves it is refused, even to the right bytes.
  symlinkSync('../../kept', path);
  assert.equal((await openOneForTest(context, `oci:${folder}`)).layers.length, 1);
  const outside = join(temporaryFolder(context), 'layer');
  renameSync(join(folder, 'kept'), outside);
  symlinkSync(outside, join(folder, 'kept'));
  await assert.rejects(openForTest(context, `oci:${folder}`), {
    code: 'SOURCE_UNREADABLE',
    message: /leaves the folder/,
  });
  const { folder: other, image: second } = await oneImage(context);
  const manifest = blob(other, second.manifest);
  renameSync(manifest, `${manifest}.old`);
  execFileSync('mkfifo', [manifest]);
  // Opening a pipe for reading would wait for ever.
  await assert.rejects(openForTest(context, `oci:${other}`), { code: 'SOURCE_UNREADABLE', message: /regular file/ });
  renameSync(`${manifest}.old`, manifest);
  renameSync(join(other, 'index.json'), join(other, 'x'));
  symlinkSync('index.json', join(other, 'index.json'));
  await assert.rejects(openForTest(context, `oci:${other}`), { code: 'SOURCE_UNREADABLE' });
  await assert.rejects(openForTest(context, 'rootfs:/dev/zero'), { code: 'SOURCE_UNREADABLE' });
  await assert.rejects(openForTest(context, `oci-archive:${other}`), { code: 'SOURCE_UNREADABLE' });
  await assert.rejects(openForTest(context, `oci:${other}/none`), { code: 'SOURCE_NOT_FOUND' });
});

const CONFIG = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [digestOf('layer')] } });
const CONFIG_NAME = `${hexOf(digestOf(CONFIG))}.json`;

/** A docker-archive with this manifest.json and these members besides the config. */
function dockerArchive(context: TestContext, images: unknown, members: Parameters<typeof tarOf>[0]): string {
  const path = join(temporaryFolder(context), 'image.tar');
  const manifest = { name: 'manifest.json', content: JSON.stringify(images) };
  writeFileSync(path, tarOf([manifest, { name: CONFIG_NAME, content: CONFIG }, ...members]));
  return `docker-archive:${path}`;
}

test('paths and links in a docker-archive do not leave it', async (context) => {
  const entry = (layer: string): unknown => [{ Config: CONFIG_NAME, RepoTags: null, Layers: [layer] }];
  const loop = [
    { name: 'a', flag: '2', link: 'b' },
    { name: 'b', flag: '2', link: 'a' },
  ] as const;
  const cases: readonly (readonly [string, Parameters<typeof tarOf>[0], string])[] = [
    ['../../etc/passwd', [], 'ARCHIVE_INVALID'],
    ['/etc/passwd', [], 'ARCHIVE_INVALID'],
    ['..\\..\\etc\\passwd', [], 'ARCHIVE_INVALID'],
    ['a', loop, 'ARCHIVE_INVALID'],
    ['a', [{ name: 'a', flag: '2', link: 'a' }], 'ARCHIVE_INVALID'],
    ['a', [{ name: 'a', flag: '2', link: '/etc/passwd' }], 'ARCHIVE_INVALID'],
    ['a', [{ name: 'a', flag: '2', link: '../etc/passwd' }], 'ARCHIVE_INVALID'],
    ['a', [{ name: 'a', flag: '1', link: '../a' }], 'ARCHIVE_INVALID'],
    ['a', [{ name: 'a', flag: '6' }], 'ARCHIVE_INVALID'],
    ['a', [{ name: 'a', flag: '5' }], 'ARCHIVE_INVALID'],
    [
      'a',
      [
        { name: 'a', content: 'x' },
        { name: './a', content: 'y' },
      ],
      'ARCHIVE_INVALID',
    ],
    ['a', [{ name: 'a', flag: '2', link: 'none' }], 'BLOB_MISSING'],
    ['__proto__', [], 'BLOB_MISSING'],
  ];
  for (const [layer, members, code] of cases) {
    await assert.rejects(openForTest(context, dockerArchive(context, entry(layer), members)), { code }, layer);
  }
});

test('a docker-archive with two configs, two manifests, or a config that is not what its name says', async (context) => {
  const layer = { name: 'l', content: 'layer' };
  const image = { Config: CONFIG_NAME, RepoTags: ['a:1'], Layers: ['l'] };
  const twice = dockerArchive(context, [image], [layer, { name: 'manifest.json', content: '[]' }]);
  await assert.rejects(openForTest(context, twice), { code: 'ARCHIVE_INVALID', message: /manifest\.json/ });
  const lie = `${hexOf(digestOf('other'))}.json`;
  const lying = dockerArchive(context, [{ ...image, Config: lie }], [layer, { name: lie, content: CONFIG }]);
  const both = new RegExp(`expected ${digestOf('other')}, found ${digestOf(CONFIG)}`);
  await assert.rejects(openForTest(context, lying), { code: 'BLOB_DIGEST_MISMATCH', message: both });
  const opened = await openOneForTest(context, lying, { integrity: 'report' });
  assert.match(opened.problems[0]?.reason ?? '', both);
  const wrong: readonly (readonly [unknown, string])[] = [
    [[], 'NOT_AN_IMAGE'],
    [{}, 'MANIFEST_INVALID'],
    [[{ ...image, Layers: 'l' }], 'MANIFEST_INVALID'],
    [[{ ...image, Layers: ['l', 'l'] }], 'LAYER_COUNT_MISMATCH'],
    [Array.from({ length: 2000 }, () => image), 'LIMIT_EXCEEDED'],
  ];
  for (const [manifest, code] of wrong) {
    await assert.rejects(openForTest(context, dockerArchive(context, manifest, [layer])), { code });
  }
});

test('images of a docker-archive are chosen by name or image id', async (context) => {
  const other = JSON.stringify({ os: 'linux', architecture: 'arm64', rootfs: { diff_ids: [digestOf('layer')] } });
  const otherDigest: Digest = digestOf(other);
  const reference = dockerArchive(
    context,
    [
      { Config: CONFIG_NAME, RepoTags: ['app:1', 'app:2'], Layers: ['x\\layer.tar'] },
      { Config: `blobs/sha256/${hexOf(otherDigest)}`, RepoTags: ['reg.example/app:1'], Layers: ['y/layer.tar'] },
    ],
    [
      { name: 'x/layer.tar', content: 'layer' },
      { name: 'y/layer.tar', flag: '2', link: '../x/layer.tar' },
      { name: `blobs/sha256/${hexOf(otherDigest)}`, content: other },
    ],
  );
  await assert.rejects(openForTest(context, reference), { code: 'IMAGE_AMBIGUOUS', message: /"app:1", "app:2", "reg/ });
  await assert.rejects(openForTest(context, `${reference}:none`), { code: 'IMAGE_NOT_FOUND' });
  for (const name of ['app:2', 'docker.io/library/app:1', digestOf(CONFIG)]) {
    assert.equal((await openOneForTest(context, `${reference}:${name}`)).configDigest, digestOf(CONFIG), name);
  }
  for (const name of ['reg.example/app:1', otherDigest]) {
    const image = await openOneForTest(context, `${reference}:${name}`);
    assert.equal(image.configDigest, otherDigest, name);
    assert.equal(image.layers[0]?.size, 5);
  }
  const amd64 = { os: 'linux', architecture: 'amd64' };
  const wrongPlatform = openForTest(context, `${reference}:reg.example/app:1`, { platform: amd64 });
  await assert.rejects(wrongPlatform, { code: 'PLATFORM_NOT_FOUND', message: /linux\/arm64/ });
});

test('an archive that is cut off, damaged, or no archive', async (context) => {
  const folder = temporaryFolder(context);
  const path = join(folder, 'x.tar');
  const whole = tarOf([{ name: 'manifest.json', content: 'x'.repeat(5000) }]);
  const damaged = Buffer.from(whole);
  damaged[3] = 0x21;
  const gap = Buffer.concat([Buffer.alloc(512), whole]);
  for (const bytes of [
    whole.subarray(0, 3000),
    whole.subarray(0, 100),
    damaged,
    gap,
    Buffer.alloc(0),
    Buffer.from('text'),
  ]) {
    writeFileSync(path, bytes);
    await assert.rejects(openForTest(context, `docker-archive:${path}`), { code: 'ARCHIVE_INVALID' });
    await assert.rejects(openForTest(context, path), { name: 'OciError' });
  }
  const huge = tarOf([{ name: 'manifest.json', size: 0o77777777777 }]);
  writeFileSync(path, huge);
  await assert.rejects(openForTest(context, `docker-archive:${path}`), {
    code: 'ARCHIVE_INVALID',
    message: /truncated/,
  });
  writeFileSync(path, gzipSync(whole).subarray(0, 60));
  await assert.rejects(openForTest(context, `docker-archive:${path}`), { name: 'LayersError' });
});
