import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import type { WrittenLayout } from '../fixtures/oci-layout.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { startTestRegistry, type TestRegistry, type TestUser } from '../fixtures/test-registry.ts';
import { writeTwoPlatforms } from '../fixtures/two-platforms.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'registry/skopeo',
  'real tool',
  'skopeo of Debian logs in, copies to, from and between repositories, lists and deletes',
);
evidence(
  'access/api',
  'real tool',
  'users, a robot and decisions that the API made, by what skopeo then may: log in, pull, nothing any more',
);
evidence(
  'access/roles',
  'real tool',
  'skopeo as a publisher, a viewer, a robot and one of another project, each allowed and refused',
);
evidence(
  'access/states',
  'real tool',
  'skopeo of a viewer: refused in quarantine, served once approved, refused once revoked',
);
evidence('platform/states', 'real tool', 'decisions about an image by the API, as skopeo meets them');

describe('skopeo and the registry', { skip: missing('skopeo') }, () => {
  const plain = '--tls-verify=false';
  const both = ['--src-tls-verify=false', '--dest-tls-verify=false'];
  let registry: TestRegistry;
  let publisher: RegistryClients;
  let viewer: RegistryClients;
  let image: WrittenLayout;
  let layout: string;

  before(async () => {
    registry = await startTestRegistry();
    publisher = registryClients();
    viewer = registryClients();
    image = await writeTwoPlatforms(join(publisher.folder, 'layout'));
    layout = `oci:${publisher.folder}/layout:1.0`;
  });
  after(async () => {
    publisher.remove();
    viewer.remove();
    await registry.stop();
  });

  it('logs in with the right password, not with a wrong one', async () => {
    const { host, users } = registry;
    const wrong = publisher.skopeo('login', plain, '-u', users.publisher.name, '-p', 'wrong', host);
    assert.match(await publisher.fails(wrong), /invalid username\/password|unauthorized/);
    const login = ['login', plain, '-u', users.publisher.name, '-p', users.publisher.password, host];
    assert.match(await publisher.skopeo(...login), /Login Succeeded/);
    await viewer.skopeo('login', plain, '-u', users.viewer.name, '-p', users.viewer.password, host);
  });

  it('copies an index with all platforms, digests kept from end to end', async () => {
    const { host } = registry;
    const push = ['--all', '--preserve-digests', '--dest-tls-verify=false', layout, `docker://${host}/team/app:v1`];
    await publisher.skopeo('copy', '-q', ...push);
    const back = ['--all', '--preserve-digests', '--src-tls-verify=false', `docker://${host}/team/app:v1`];
    await publisher.skopeo('copy', '-q', ...back, `oci:${publisher.folder}/back:v1`);
    const raw = await publisher.skopeo('inspect', '--raw', `oci:${publisher.folder}/back:v1`);
    assert.equal(raw, await publisher.skopeo('inspect', plain, '--raw', `docker://${host}/team/app:v1`));
    assert.equal(registry.digestOf(raw), image.index?.digest);
  });

  it('keeps Docker manifests as they are', async () => {
    const to = `docker://${registry.host}/team/app:docker`;
    const push = ['--format', 'v2s2', '--override-arch', 'amd64', '--dest-tls-verify=false', layout, to];
    await publisher.skopeo('copy', '-q', ...push);
    const raw = await publisher.skopeo('inspect', plain, '--raw', to);
    assert.match(raw, /"mediaType":\s*"application\/vnd\.docker\.distribution\.manifest\.v2\+json"/);
    const shown = JSON.parse(await publisher.skopeo('inspect', plain, to)) as { readonly Digest: string };
    assert.equal(shown.Digest, registry.digestOf(raw));
  });

  it('refuses a viewer what is in quarantine, and says why', async () => {
    const from = `docker://${registry.host}/team/app:v1`;
    const refused = await viewer.fails(viewer.skopeo('inspect', plain, '--raw', from));
    assert.match(refused, /quarantine/);
    const copied = viewer.skopeo('copy', '-q', '--all', '--src-tls-verify=false', from, `oci:${viewer.folder}/stolen`);
    assert.match(await viewer.fails(copied), /quarantine/);
  });

  it('gives a viewer what is approved', async () => {
    await registry.approve('team/app', [image.index?.digest, ...image.images.map(({ manifest }) => manifest.digest)]);
    const from = `docker://${registry.host}/team/app:v1`;
    await viewer.skopeo('copy', '-q', '--all', '--src-tls-verify=false', from, `oci:${viewer.folder}/pulled:v1`);
    const raw = await viewer.skopeo('inspect', '--raw', `oci:${viewer.folder}/pulled:v1`);
    assert.equal(registry.digestOf(raw), image.index?.digest);
  });

  it('copies between repositories, where the copy is in quarantine', async () => {
    const [from, to] = ['app', 'copy'].map((name) => `docker://${registry.host}/team/${name}:v1`);
    await publisher.skopeo('copy', '-q', '--all', '--preserve-digests', ...both, from ?? '', to ?? '');
    assert.equal(registry.digestOf(await publisher.skopeo('inspect', plain, '--raw', to ?? '')), image.index?.digest);
    assert.match(await viewer.fails(viewer.skopeo('inspect', plain, '--raw', to ?? '')), /quarantine/);
  });

  it('lists tags', async () => {
    const listed = await publisher.skopeo('list-tags', plain, `docker://${registry.host}/team/app`);
    assert.deepEqual((JSON.parse(listed) as { readonly Tags: unknown }).Tags, ['docker', 'v1']);
  });

  it('refuses a viewer who pushes', async () => {
    const to = `docker://${registry.host}/team/app:mine`;
    const push = viewer.skopeo('copy', '-q', '--override-arch', 'amd64', '--dest-tls-verify=false', layout, to);
    assert.match(await viewer.fails(push), /denied|unauthorized/i);
  });

  it('gives a robot what it may pull, and nothing else; and nobody of another project anything', async () => {
    const { host, users } = registry;
    const to = `docker://${host}/team/robots:v1`;
    await publisher.skopeo('copy', '-q', '--all', '--preserve-digests', '--dest-tls-verify=false', layout, to);
    await registry.approve('team/robots', [image.index?.digest]);
    const inspect = async ({ name, password }: TestUser, from: string): Promise<string> =>
      await viewer.skopeo('inspect', plain, '--raw', '--creds', `${name}:${password}`, from);
    assert.equal(registry.digestOf(await inspect(users.robot, to)), image.index?.digest);
    for (const [user, from] of [
      [users.robot, `docker://${host}/team/app:v1`],
      [users.outsider, `docker://${host}/team/app:v1`],
      [users.outsider, to],
    ] as const) {
      assert.match(await viewer.fails(inspect(user, from)), /unknown|denied|unauthorized/i);
    }
  });

  it('refuses a viewer who deletes', async () => {
    const refused = await viewer.fails(viewer.skopeo('delete', plain, `docker://${registry.host}/team/app:v1`));
    assert.match(refused, /denied|unauthorized/i);
    assert.equal(await registry.digestOfTag('team/app', 'v1'), image.index?.digest);
  });

  it('refuses a viewer what is revoked', async () => {
    const { host, server } = registry;
    const from = `docker://${host}/team/app:v1`;
    await viewer.skopeo('inspect', plain, '--raw', from);
    const path = `/api/v1/repositories/team/app/manifests/${image.index?.digest ?? ''}/state`;
    await server.api('POST', path, { state: 'revoked', reason: 'a test says so' });
    assert.match(await viewer.fails(viewer.skopeo('inspect', plain, '--raw', from)), /revoked/);
    const [first] = image.images;
    const platform = `docker://${host}/team/app@${first?.manifest.digest ?? ''}`;
    assert.match(await viewer.fails(viewer.skopeo('inspect', plain, '--raw', platform)), /revoked/);
  });

  it('deletes', async () => {
    const copy = `docker://${registry.host}/team/copy:v1`;
    await publisher.skopeo('delete', plain, copy);
    assert.match(await publisher.fails(publisher.skopeo('inspect', plain, copy)), /manifest unknown|not found/);
  });

  it('logs out', async () => {
    await publisher.skopeo('logout', registry.host);
    const raw = publisher.skopeo('inspect', plain, '--raw', `docker://${registry.host}/team/app:v1`);
    assert.match(await publisher.fails(raw), /unauthorized|authentication required|denied/i);
  });
});
