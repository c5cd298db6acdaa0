import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { startTestRegistry, type TestRegistry } from '../fixtures/test-registry.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'registry/buildah',
  'real tool',
  'buildah of Debian logs in, builds from nothing, pushes, pulls, and builds on what it pulled',
);

describe('buildah and the registry', { skip: missing('buildah', 'root') }, () => {
  const plain = '--tls-verify=false';
  let registry: TestRegistry;
  let clients: RegistryClients;
  let viewer: RegistryClients;

  before(async () => {
    registry = await startTestRegistry();
    clients = registryClients();
    viewer = registryClients();
    writeFileSync(join(clients.folder, 'hello'), 'ahoy\n');
  });
  after(async () => {
    clients.remove();
    viewer.remove();
    await registry.stop();
  });

  async function push(image: string, to: string): Promise<string> {
    const digestFile = join(clients.folder, 'digest');
    await clients.buildah('push', '-q', plain, '--digestfile', digestFile, image, `docker://${to}`);
    return readFileSync(digestFile, 'utf8').trim();
  }

  it('logs in with the right password, not with a wrong one', async () => {
    const { host, users } = registry;
    const wrong = clients.buildah('login', plain, '-u', users.publisher.name, '-p', 'wrong', host);
    assert.match(await clients.fails(wrong), /invalid username\/password/);
    await clients.buildah('login', plain, '-u', users.publisher.name, '-p', users.publisher.password, host);
    await viewer.buildah('login', plain, '-u', users.viewer.name, '-p', users.viewer.password, host);
  });

  for (const format of ['oci', 'docker']) {
    it(`pushes what it built, and pulls the same, in the format of ${format}`, async () => {
      const to = `${registry.host}/team/${format}:v1`;
      await clients.buildah('from', '--name', format, 'scratch');
      await clients.buildah('copy', format, join(clients.folder, 'hello'), '/hello');
      await clients.buildah('commit', '-q', '--format', format, format, `localhost/${format}:v1`);
      const digest = await push(`localhost/${format}:v1`, to);
      await clients.buildah('rm', '--all');
      await clients.buildah('rmi', '--all', '--force');
      const id = (await clients.buildah('pull', '-q', plain, `${registry.host}/team/${format}@${digest}`)).trim();
      const shown = await clients.buildah('images', '--format', '{{.Digest}}', id);
      assert.equal(shown.trim(), digest);
    });
  }

  it('builds on what it pulled: of the new image only the new layer is uploaded', async () => {
    const base = `${registry.host}/team/oci:v1`;
    await clients.buildah('from', plain, '--pull-always', '--name', 'upon', base);
    await clients.buildah('copy', 'upon', join(clients.folder, 'hello'), '/second');
    await clients.buildah('commit', '-q', 'upon', 'localhost/upon:v1');
    const digest = await push('localhost/upon:v1', `${registry.host}/team/upon:v1`);
    assert.equal(await registry.digestOfTag('team/upon', 'v1'), digest);
  });

  it('refuses a viewer what is in quarantine, and says why', async () => {
    assert.match(await viewer.fails(viewer.buildah('pull', '-q', plain, `${registry.host}/team/oci:v1`)), /quarantine/);
  });
});
