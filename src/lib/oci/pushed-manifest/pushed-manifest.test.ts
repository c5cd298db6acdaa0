import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { parsePushedManifest } from './pushed-manifest.ts';

const OCI = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const FOREIGN = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
const EMPTY = 'application/vnd.oci.empty.v1+json';

const config = { mediaType: CONFIG, digest: digestOf('config'), size: 6 };
const layer = { mediaType: LAYER, digest: digestOf('layer'), size: 5 };
const manifest = { schemaVersion: 2, mediaType: OCI, config, layers: [layer] };

const parse = (value: unknown, type: string | null = null) =>
  parsePushedManifest(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), type, 'x');

test('an image: its blobs, each once', () => {
  const foreign = { ...layer, mediaType: FOREIGN, digest: digestOf('foreign') };
  const parsed = parse(
    { ...manifest, layers: [layer, foreign, layer], annotations: { a: 'b' } },
    `${OCI}; charset=utf-8`,
  );
  assert.equal(parsed.mediaType, OCI);
  assert.equal(parsed.artifactType, CONFIG);
  assert.deepEqual(parsed.annotations, { a: 'b' });
  assert.deepEqual(
    parsed.references.map(({ kind, digest, isHeld }) => [kind, digest, isHeld]),
    [
      ['config', config.digest, true],
      ['layer', layer.digest, true],
      ['layer', foreign.digest, false],
    ],
  );
  assert.equal(parsed.isRunnable, true);
});

test('an index: its children, a platform counts more than none', () => {
  const child = { mediaType: OCI, digest: digestOf('child'), size: 5 };
  const platform = (os: string, architecture: string, variant?: string) => ({
    ...child,
    platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
  });
  const { kind, references } = parse({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [platform('unknown', 'unknown'), platform('linux', 'arm64', 'v8')],
  });
  assert.equal(kind, 'index');
  assert.deepEqual(references, [{ kind: 'child', digest: child.digest, isHeld: false, platform: 'linux/arm64/v8' }]);
});

test('the media type is that of the request where the document has none', () => {
  const { mediaType, ...bare } = manifest;
  assert.equal(parse(bare, mediaType).mediaType, OCI);
  assert.equal(parse(bare).mediaType, OCI);
  assert.equal(parse({ ...manifest, mediaType: DOCKER }, DOCKER).mediaType, DOCKER);
  assert.equal(parse({ schemaVersion: 2, mediaType: LIST, manifests: [] }, LIST).kind, 'index');
});

test('what a container can be made of', () => {
  const artifact = { ...layer, mediaType: 'text/plain' };
  const cases: readonly (readonly [object, boolean | 'unknown'])[] = [
    [manifest, true],
    [{ ...manifest, config: { ...config, mediaType: EMPTY } }, true],
    [{ ...manifest, layers: [artifact, { ...layer, mediaType: LAYER.toUpperCase() }] }, true],
    [{ ...manifest, layers: [{ ...layer, mediaType: FOREIGN }] }, true],
    [{ ...manifest, layers: [{ ...layer, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }] }, true],
    [{ ...manifest, config: { ...config, mediaType: EMPTY }, layers: [artifact] }, false],
    [{ ...manifest, layers: [] }, false],
    // As cosign's: the document alone does not tell.
    [{ ...manifest, layers: [artifact] }, 'unknown'],
    // Docker runs these whatever the registry calls the config, podman does so with Docker's manifests.
    [{ ...manifest, config: { ...config, mediaType: 'application/octet-stream' }, layers: [artifact] }, 'unknown'],
    [{ ...manifest, config: { ...config, mediaType: 'text/HTML' }, layers: [artifact] }, 'unknown'],
    [{ ...manifest, mediaType: DOCKER, config: { ...config, mediaType: EMPTY }, layers: [artifact] }, 'unknown'],
    [{ schemaVersion: 2, mediaType: INDEX, manifests: [] }, 'unknown'],
  ];
  for (const [document, expected] of cases) {
    assert.equal(parse(document).isRunnable, expected, JSON.stringify(document));
  }
});

test('an artifact: its type and its subject', () => {
  const subject = { mediaType: OCI, digest: digestOf('subject'), size: 7 };
  const parsed = parse({ ...manifest, artifactType: 'application/example', subject });
  assert.equal(parsed.artifactType, 'application/example');
  assert.equal(parsed.subject?.digest, subject.digest);
  assert.equal(parse({ schemaVersion: 2, mediaType: INDEX, manifests: [], subject }).artifactType, null);
});

test('content inside a descriptor is what its digest says', () => {
  const data = (text: string) => ({ ...layer, digest: digestOf('layer'), size: 5, data: text });
  assert.ok(parse({ ...manifest, layers: [data(Buffer.from('layer').toString('base64'))] }));
  for (const wrong of ['other', 'layex', 'layer!'].map((text) => Buffer.from(text).toString('base64'))) {
    assert.throws(() => parse({ ...manifest, layers: [data(wrong)] }), { code: 'MANIFEST_INVALID' });
  }
  assert.throws(() => parse({ ...manifest, layers: [data('bGF5ZXI')] }), { code: 'MANIFEST_INVALID' });
});

test('what is no manifest is refused', () => {
  const indexOf = (platform: object) => ({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [{ ...layer, mediaType: OCI, platform }],
  });
  const cases: readonly (readonly [unknown, string | null, string])[] = [
    ['', null, 'JSON_INVALID'],
    ['{"schemaVersion":2,"schemaVersion":2}', null, 'JSON_DUPLICATE_KEY'],
    [`${'['.repeat(600)}`, null, 'JSON_TOO_DEEP'],
    ['[]', null, 'MANIFEST_INVALID'],
    [{ ...manifest, schemaVersion: 1 }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, schemaVersion: '2' }, null, 'MANIFEST_INVALID'],
    [{ mediaType: OCI, config, layers: [] }, null, 'MANIFEST_INVALID'],
    [manifest, DOCKER, 'MANIFEST_INVALID'],
    [manifest, INDEX, 'MANIFEST_INVALID'],
    [manifest, 'application/json', 'MANIFEST_INVALID'],
    [{ ...manifest, mediaType: 'application/json' }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, manifests: [] }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, Layers: [] }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, layers: [{ ...layer, size: -1 }] }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, layers: [{ ...layer, size: 1.5 }] }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, layers: [{ ...layer, mediaType: undefined }] }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, layers: [{ ...layer, mediaType: 'nothing' }] }, null, 'MANIFEST_INVALID'],
    [{ ...manifest, layers: [{ ...layer, digest: 'sha256:1' }] }, null, 'DIGEST_INVALID'],
    [{ ...manifest, subject: { mediaType: OCI, digest: 'x', size: 1 } }, null, 'DIGEST_INVALID'],
    [{ ...manifest, layers: Array.from({ length: 1025 }, () => layer) }, null, 'LIMIT_EXCEEDED'],
    [{ ...manifest, annotations: { a: 1 } }, null, 'MANIFEST_INVALID'],
    [indexOf({ os: 'linux\0', architecture: 'amd64' }), null, 'MANIFEST_INVALID'],
    [indexOf({ os: 'linux', architecture: 'x'.repeat(129) }), null, 'MANIFEST_INVALID'],
    [{ schemaVersion: 1, name: 'x', fsLayers: [] }, null, 'MANIFEST_INVALID'],
  ];
  for (const [document, type, code] of cases) {
    assert.throws(
      () => parse(document, type),
      (error) => isAppError(error) && error.code === code,
      JSON.stringify(document).slice(0, 200),
    );
  }
});
