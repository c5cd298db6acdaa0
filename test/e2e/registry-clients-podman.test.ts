import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import type { WrittenLayout } from '../fixtures/oci-layout.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { startTestRegistry, type TestRegistry } from '../fixtures/test-registry.ts';
import { writeTwoPlatforms } from '../fixtures/two-platforms.ts';
import { missing } from '../prerequisites.ts';

evidence('registry/podman', 'real tool', 'podman of Debian logs in, pushes, pulls by tag and digest, and lists tags');
evidence('access/states', 'real tool', 'podman of a viewer, before an image is approved and after');

describe('podman and the registry', { skip: missing('podman', 'root') }, () => {
  const plain = '--tls-verify=false';
  let registry: TestRegistry;
  let publisher: RegistryClients;
  let viewer: RegistryClients;
  let image: WrittenLayout;
  let pushed = '';

  before(async () => {
    registry = await startTestRegistry();
    publisher = registryClients();
    viewer = registryClients();
    image = await writeTwoPlatforms(join(publisher.folder, 'layout'));
  });
  after(async () => {
    publisher.remove();
    viewer.remove();
    await registry.stop();
  });

  it('logs in with the right password, not with a wrong one', async () => {
    const { host, users } = registry;
    const wrong = publisher.podman('login', plain, '-u', users.publisher.name, '-p', 'wrong', host);
    assert.match(await publisher.fails(wrong), /invalid username\/password/);
    const login = await publisher.podman(
      'login',
      plain,
      '-u',
      users.publisher.name,
      '-p',
      users.publisher.password,
      host,
    );
    assert.match(login, /Login Succeeded/);
    await viewer.podman('login', plain, '-u', users.viewer.name, '-p', users.viewer.password, host);
  });

  it('pushes, and pulls the same by tag and by digest', async () => {
    const { host } = registry;
    const archive = join(publisher.folder, 'image.tar');
    await publisher.skopeo(
      'copy',
      '-q',
      '--override-arch',
      'amd64',
      `oci:${publisher.folder}/layout:1.0`,
      `oci-archive:${archive}:v1`,
    );
    const loaded = (await publisher.podman('load', '--quiet', '--input', archive)).split(': ').at(-1) ?? '';
    const digestFile = join(publisher.folder, 'digest');
    const to = `${host}/team/app:v1`;
    await publisher.podman('push', '-q', plain, '--digestfile', digestFile, loaded.trim(), to);
    pushed = readFileSync(digestFile, 'utf8').trim();
    await publisher.podman('rmi', '--all', '--force');
    const byTag = await publisher.podman('pull', '-q', plain, to);
    const [shown] = JSON.parse(await publisher.podman('image', 'inspect', byTag.trim())) as [
      { readonly Digest: string },
    ];
    assert.equal(shown.Digest, pushed);
    await publisher.podman('rmi', '--all', '--force');
    assert.equal(await publisher.podman('pull', '-q', plain, `${host}/team/app@${pushed}`), byTag);
  });

  it('refuses a viewer what is in quarantine, and says why', async () => {
    const refused = await viewer.fails(viewer.podman('pull', '-q', plain, `${registry.host}/team/app:v1`));
    assert.match(refused, /quarantine/);
  });

  it('gives a viewer what is approved', async () => {
    await registry.approve('team/app', [pushed]);
    await viewer.podman('pull', '-q', plain, `${registry.host}/team/app:v1`);
    const names = await viewer.podman('images', '--digests', '--format', '{{.Repository}}@{{.Digest}}');
    assert.equal(names.trim(), `${registry.host}/team/app@${pushed}`);
  });

  it('pushes an index with its images', async () => {
    const name = `${registry.host}/team/index:v1`;
    await publisher.podman('manifest', 'create', name);
    const parts = [`oci:${publisher.folder}/layout:1.0`, `docker://${registry.host}/team/index:parts`];
    await publisher.skopeo('copy', '-q', '--preserve-digests', '--all', '--dest-tls-verify=false', ...parts);
    for (const { manifest } of image.images) {
      await publisher.podman('manifest', 'add', plain, name, `docker://${registry.host}/team/index@${manifest.digest}`);
    }
    const digestFile = join(publisher.folder, 'index-digest');
    await publisher.podman(
      'manifest',
      'push',
      '-q',
      plain,
      '--all',
      '--digestfile',
      digestFile,
      name,
      `docker://${name}`,
    );
    const raw = await publisher.skopeo('inspect', plain, '--raw', `docker://${name}`);
    assert.equal(registry.digestOf(raw), readFileSync(digestFile, 'utf8').trim());
    const { manifests } = JSON.parse(raw) as { readonly manifests: readonly { readonly digest: string }[] };
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      image.images.map(({ manifest }) => manifest.digest),
    );
  });

  it('lists tags', async () => {
    const listed = await publisher.podman(
      'search',
      plain,
      '--list-tags',
      '--format',
      '{{.Tag}}',
      `${registry.host}/team/index`,
    );
    const tags = listed.trim().split('\n').slice(1);
    assert.deepEqual(
      tags.map((line) => line.split(/ +/)[1]),
      ['parts', 'v1'],
    );
  });

  it('logs out', async () => {
    await publisher.podman('logout', registry.host);
    const pull = publisher.podman('pull', '-q', plain, `${registry.host}/team/index:v1`);
    assert.match(await publisher.fails(pull), /unauthorized|authentication required|denied/i);
  });
});
