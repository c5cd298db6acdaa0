import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import type { WrittenLayout } from '../fixtures/oci-layout.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { startTestRegistry, type TestRegistry } from '../fixtures/test-registry.ts';
import { writeTwoPlatforms } from '../fixtures/two-platforms.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'registry/cosign',
  'real tool',
  'cosign 2 signs under a tag, by subject and with a bundle, and verifies each out of the registry',
);

/** Without any network but loopback: no log, no trust root of others. */
const ALONE = ['--allow-http-registry', '--insecure-ignore-tlog'];

describe('cosign and the registry', { skip: missing('go', 'skopeo') }, () => {
  let registry: TestRegistry;
  let clients: RegistryClients;
  let image: WrittenLayout;

  before(async () => {
    registry = await startTestRegistry();
    const { publisher } = registry.users;
    clients = registryClients();
    image = await writeTwoPlatforms(join(clients.folder, 'layout'));
    await clients.skopeo('login', '--tls-verify=false', '-u', publisher.name, '-p', publisher.password, registry.host);
    await clients.cosign('login', '-u', publisher.name, '-p', publisher.password, registry.host);
    await clients.cosign('generate-key-pair', '--output-key-prefix', join(clients.folder, 'key'));
    await clients.cosign('trusted-root', 'create', '--out', join(clients.folder, 'trusted-root.json'));
  });
  after(async () => {
    clients.remove();
    await registry.stop();
  });

  /** A repository of its own with the image in it; the reference with the digest. */
  async function pushed(name: string): Promise<string> {
    const copy = ['copy', '-q', '--all', '--preserve-digests', '--dest-tls-verify=false'];
    await clients.skopeo(...copy, `oci:${clients.folder}/layout:1.0`, `docker://${registry.host}/team/${name}:v1`);
    return `${registry.host}/team/${name}@${image.index?.digest}`;
  }

  async function sign(...args: readonly string[]): Promise<void> {
    const key = join(clients.folder, 'key.key');
    await clients.cosign('sign', '-y', '--key', key, '--tlog-upload=false', '--allow-http-registry', ...args);
  }

  async function verify(...args: readonly string[]): Promise<string> {
    return await clients.cosign('verify', '--key', join(clients.folder, 'key.pub'), ...ALONE, ...args);
  }

  it('signs under a tag, which stands in the list of tags, and verifies', async () => {
    const reference = await pushed('tagged');
    assert.match(await clients.fails(verify(reference)), /no signatures found|signature/);
    await sign('--new-bundle-format=false', reference);
    const tag = `${image.index?.digest.replace(':', '-')}.sig`;
    assert.deepEqual(await registry.tags('team/tagged'), [tag, 'v1']);
    assert.match(await verify(reference), new RegExp(String(image.index?.digest)));
  });

  it('signs by subject, and verifies what the referrers API lists', async () => {
    const reference = await pushed('referred');
    const experimental = { COSIGN_EXPERIMENTAL: '1' };
    const key = ['--key', join(clients.folder, 'key.key'), '--tlog-upload=false', '--allow-http-registry'];
    const mode = ['--registry-referrers-mode', 'oci-1-1'];
    await clients.cosignWith(experimental, 'sign', '-y', ...key, ...mode, reference);
    assert.deepEqual(await registry.tags('team/referred'), ['v1']);
    const check = ['verify', '--key', join(clients.folder, 'key.pub'), ...ALONE, '--experimental-oci11', reference];
    assert.match(await clients.cosignWith(experimental, ...check), new RegExp(String(image.index?.digest)));
  });

  it('signs with a bundle, attests, and verifies both', async () => {
    const reference = await pushed('bundled');
    await sign('--new-bundle-format', reference);
    writeFileSync(join(clients.folder, 'predicate.json'), '{"weather":"fair"}');
    const attest = ['--key', join(clients.folder, 'key.key'), '--tlog-upload=false', '--allow-http-registry'];
    const predicate = [
      '--type',
      'https://plimsoll.example/weather',
      '--predicate',
      join(clients.folder, 'predicate.json'),
    ];
    await clients.cosign('attest', '-y', ...attest, '--new-bundle-format', ...predicate, reference);
    assert.deepEqual(await registry.tags('team/bundled'), ['v1']);
    const root = ['--new-bundle-format', '--trusted-root', join(clients.folder, 'trusted-root.json')];
    await verify(...root, reference);
    const check = ['verify-attestation', '--key', join(clients.folder, 'key.pub'), ...ALONE, ...root];
    await clients.cosign(...check, '--type', 'https://plimsoll.example/weather', reference);
  });

  it('finds no signature on another image', async () => {
    const other = image.images[0]?.manifest.digest ?? '';
    assert.match(await clients.fails(verify(`${registry.host}/team/tagged@${other}`)), /no signatures found/);
  });
});
