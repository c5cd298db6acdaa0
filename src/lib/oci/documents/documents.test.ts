import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { parseAttachment } from './attachment.ts';
import { createdByOf, parseConfig } from './config.ts';
import { parseDockerManifest } from './docker-manifest.ts';
import { parseManifest } from './manifest.ts';

evidence('images/documents', 'published', 'the examples in the OCI image specification');

const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

test('the examples of the image specification are read', { skip: missing('shared-data') }, () => {
  const example = (name: string): Buffer => readFileSync(data(`spec/oci/examples/${name}`));
  const manifest = parseManifest(example('manifest-01.json'), null, 'example');
  assert.ok(manifest.kind === 'manifest' && manifest.layers.length === 3);
  const index = parseManifest(example('image-index-01.json'), null, 'example');
  assert.ok(index.kind === 'index');
  assert.deepEqual(
    index.manifests.map(({ platform }) => platform?.architecture),
    ['ppc64le', 'amd64'],
  );
  const { config, platform } = parseConfig(example('config-01.json'), 'example');
  assert.deepEqual(platform, { os: 'linux', architecture: 'amd64' });
  assert.equal(config.user, 'alice');
  assert.deepEqual(config.exposedPorts, ['8080/tcp']);
  assert.equal(config.diffIds.length, 2);
});

test('null and absent members of a config are the same, and __proto__ is a name', () => {
  const { config, platform } = parseConfig(
    bytes(
      '{"config":{"Env":null,"Entrypoint":null,"User":"","Labels":{"__proto__":"x","n":null}},"history":null,"rootfs":null}',
    ),
    'x',
  );
  assert.equal(platform, null);
  assert.deepEqual(config.env, []);
  assert.deepEqual(Object.entries(config.labels), [
    ['__proto__', 'x'],
    ['n', ''],
  ]);
  assert.equal('user' in config, false);
  assert.deepEqual(config.diffIds, []);
});

test('history lines that made no layer are passed over, and a history of another length says nothing', () => {
  const history = [
    { createdBy: 'ADD a', emptyLayer: false },
    { createdBy: 'ENV b', emptyLayer: true },
    { emptyLayer: false },
    { createdBy: 'COPY c', emptyLayer: false },
  ];
  assert.deepEqual(createdByOf(history, 3), ['ADD a', null, 'COPY c']);
  assert.deepEqual(createdByOf(history, 2), [null, null]);
  assert.deepEqual(createdByOf([], 1), [null]);
});

test('members of the wrong type are refused with their place', () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ['null', /x: .*expected a JSON object, found nothing/],
    [{ config: { Env: [1] } }, /x, config, Env\[0\]: .*a string, found 1/],
    [{ history: [{ empty_layer: 'no' }] }, /x, history\[0\], empty_layer: .*found "no"/],
    [{ rootfs: { diff_ids: {} } }, /x, rootfs, diff_ids: .*a list, found an object/],
    [{ rootfs: { diff_ids: ['sha256:1'] } }, /x, rootfs, diff_ids\[0\]: invalid digest/],
    [{ config: { Labels: { a: 1 } } }, /x, config, Labels, "a": /],
    [{ rootfs: { diff_ids: Array.from({ length: 2000 }, () => digestOf('')) } }, /at most 1024 entries, found 2000/],
  ];
  for (const [document, message] of cases) {
    assert.throws(() => parseConfig(bytes(document), 'x'), { message });
  }
});

test('no document makes a parser throw anything but an AppError', () => {
  const names = fc.constantFrom(
    'schemaVersion',
    'mediaType',
    'manifests',
    'config',
    'layers',
    'digest',
    'size',
    'platform',
    'rootfs',
    'diff_ids',
    'history',
    'Config',
    'Layers',
    'RepoTags',
    'Labels',
    'subject',
    'annotations',
    'artifactType',
    '__proto__',
  );
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(digestOf('')),
    fc.constant(2),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    ),
  }));
  const parsers = [
    (input: Uint8Array) => parseManifest(input, null, 'x'),
    (input: Uint8Array) => parseAttachment(input, null, 'x'),
    (input: Uint8Array) => parseConfig(input, 'x'),
    (input: Uint8Array) => parseDockerManifest(input, 'x'),
  ];
  fc.assert(
    fc.property(
      fc.oneof(
        value.map(bytes),
        fc.uint8Array().map((raw) => Buffer.from(raw)),
      ),
      (input) => {
        for (const parse of parsers) {
          try {
            parse(input);
          } catch (error) {
            assert.ok(isAppError(error), String(error));
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
});
