import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { isAppError } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { silentLog } from '#base/log.ts';
import { readImageFacts } from '#lib/layers/index.ts';
import type { OpenOptions, SourceAccess } from '#lib/oci/index.ts';
import type { Image } from '#model/image.ts';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, type RegistryOptions, startRegistry, writeLogin } from '../fixtures/docker-registry.ts';
import { readLayers } from '../fixtures/layers.ts';
import { type WrittenLayout, writeOciLayout } from '../fixtures/oci-layout.ts';
import { openOneForTest } from '../fixtures/open-images.ts';
import { sourceAccess } from '../fixtures/source-access.ts';
import { writeTar } from '../fixtures/tar-writer.ts';
import { wholeLog } from '../fixtures/whole-log.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'oci/registry',
  'real tool',
  'docker-registry, filled by skopeo: open, with passwords, with tokens, over TLS, as a mirror',
);

const skip = missing('docker-registry', 'skopeo', 'openssl');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-e2e-registry-'));
const layout = join(folder, 'layout');
const started: DockerRegistry[] = [];
let written: WrittenLayout;

before(async () => {
  const tar = (name: string): Buffer =>
    writeTar([
      { path: 'etc', type: 'folder' },
      { path: 'etc/name', content: name },
      { path: 'usr/bin/tool', content: `#!/bin/sh\n${'echo hello\n'.repeat(200_000)}`, mode: 0o755 },
    ]);
  written = await writeOciLayout(layout, {
    tag: 'two',
    images: ['amd64', 'arm64'].map((architecture) => ({
      platform: { os: 'linux', architecture },
      layers: [
        { tar: tar(architecture), compression: 'gzip' },
        { tar: tar(`${architecture} again`), compression: 'zstd' },
        { tar: writeTar([{ path: 'etc/.wh.name' }]), compression: 'none' },
      ],
    })),
  });
});
after(async () => {
  await Promise.all(started.map((registry) => registry.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: RegistryOptions = {}): Promise<DockerRegistry> {
  const registry = await startRegistry(options);
  started.push(registry);
  return registry;
}

/** What of an image does not depend on where it is kept. */
async function contentOf(image: Image): Promise<object> {
  const { files } = await readImageFacts(image, [], { integrity: 'require' });
  const { digest, configDigest, platform, index, config, problems } = image;
  return {
    image: { digest, configDigest, platform, index, config, problems },
    layers: await readLayers(image, []),
    descriptions: image.layers.map(({ content: _, ...description }) => description),
    files,
  };
}

async function assertSame(context: TestContext, reference: string, options: Partial<OpenOptions>): Promise<void> {
  const fromRegistry = await openOneForTest(context, reference, options);
  assert.equal(fromRegistry.source, 'registry');
  const { access: _, documents: __, ...others } = options;
  const fromLayout = await openOneForTest(context, `oci:${layout}:two`, others);
  assert.deepEqual(await contentOf(fromRegistry), await contentOf(fromLayout));
}

const KINDS: readonly (readonly [what: string, options: RegistryOptions])[] = [
  ['an open registry', {}],
  ['a registry over TLS with an authority of its own', { tls: true }],
  ['a registry with passwords', { auth: 'basic' }],
  ['a registry with passwords over TLS', { auth: 'basic', tls: true }],
  ['a registry with a token service', { auth: 'token' }],
];

for (const [what, options] of KINDS) {
  test(`${what} gives the same image as its layout`, { skip }, async (context) => {
    const registry = await start(options);
    await registry.push(`${layout}:two`, 'team/app:1.0');
    const { host, access } = registry;
    await assertSame(context, `${host}/team/app:1.0`, { access });
    await assertSame(context, `${host}/team/app@${written.index?.digest ?? ''}`, { access });
    await assertSame(context, `${host}/team/app:1.0`, { access, platform: { os: 'linux', architecture: 'arm64' } });
    const single = await openOneForTest(context, `${host}/team/app@${written.images[1]?.manifest.digest ?? ''}`, {
      access,
      platform: { os: 'linux', architecture: 'arm64' },
    });
    assert.equal(single.index, null);
    await assert.rejects(openOneForTest(context, `${host}/team/app:2.0`, { access }), { code: 'IMAGE_NOT_FOUND' });
  });
}

test('a registry that wants to know who asks says so, with no or the wrong password', { skip }, async (context) => {
  for (const auth of ['basic', 'token'] as const) {
    const registry = await start({ auth });
    await registry.push(`${layout}:two`, 'team/app:1.0');
    const reference = `${registry.host}/team/app:1.0`;
    const wrong = writeLogin(join(folder, auth), registry.host, { username: registry.username, password: 'wrong' });
    for (const credentialFiles of [[], [join(wrong, 'config.json')]]) {
      const opening = openOneForTest(context, reference, { access: { ...registry.access, credentialFiles } });
      await assert.rejects(opening, (error) => {
        assert.ok(isAppError(error));
        assert.ok(['REGISTRY_DENIED', 'TOKEN_REFUSED'].includes(error.code), error.message);
        assert.match(error.found ?? '', /^401/);
        assert.ok(!error.message.includes('wrong password') && !(error.hint ?? '').includes('wrong '));
        return true;
      });
    }
  }
});

test('a token service that nobody named gets no password', { skip }, async (context) => {
  const registry = await start({ auth: 'token' });
  await registry.push(`${layout}:two`, 'team/app:1.0');
  const access = { ...registry.access, registries: null };
  await assert.rejects(openOneForTest(context, `${registry.host}/team/app:1.0`, { access }), {
    code: 'CREDENTIALS_WITHHELD',
  });
});

test('without its authority a registry over TLS is not believed', { skip }, async (context) => {
  const registry = await start({ tls: true });
  await registry.push(`${layout}:two`, 'team/app:1.0');
  await assert.rejects(openOneForTest(context, `${registry.host}/team/app:1.0`, { access: sourceAccess() }), {
    code: 'REGISTRY_CERTIFICATE',
  });
});

test('a mirror is asked first, and the registry where the mirror fails', { skip }, async (context) => {
  const registry = await start({ tls: true, auth: 'basic' });
  const open = await start();
  const mirror = await start({ proxyOf: open });
  for (const each of [registry, open]) {
    await each.push(`${layout}:two`, 'team/app:1.0');
  }
  const access = withMirrors(registry, mirror.host);
  await assertSame(context, `${registry.host}/team/app:1.0`, { access });
  assert.match(await wholeLog(mirror), /GET \/v2\/team\/app\/blobs/);
  assert.doesNotMatch(registry.log(), /"GET \/v2\/team\/app\/blobs/);
  await mirror.stop();
  const warnings: unknown[] = [];
  const log: Log = { ...silentLog, warn: (message, fields) => warnings.push([message, fields?.['mirror']]) };
  await assertSame(context, `${registry.host}/team/app:1.0`, { access, log });
  assert.deepEqual(warnings, [['mirror passed over', mirror.host]]);
});

function withMirrors(registry: DockerRegistry, ...mirrors: readonly string[]): SourceAccess {
  const file = join(folder, 'mirrors.yaml');
  const text = JSON.stringify({ registries: { [registry.host]: { ca: registry.caFile, mirrors } } });
  writeFileSync(file, text);
  return { ...registry.access, registries: { file, text } };
}
