import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hexOf } from '#base/digest.ts';
import { COLLECT_DEFAULTS, collectGarbage } from '#stages/catalog/index.ts';
import { evidence } from '../evidence.ts';
import { type ApiServer, startApiServer } from '../fixtures/api-server.ts';
import { keysIn, signal } from '../fixtures/catalog-world.ts';
import { type WrittenImage, writeOciLayout } from '../fixtures/oci-layout.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { tarOf } from '../fixtures/tar-archive.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'platform/garbage-collection',
  'real tool',
  'skopeo pushes two images that share a layer and deletes one: the other one is copied back byte for byte',
);

describe('collection and skopeo', { skip: missing('skopeo', 'gnu-tar') }, () => {
  const plain = '--tls-verify=false';
  const images = new Map<string, WrittenImage>();
  let server: ApiServer;
  let clients: RegistryClients;
  let repository: string;

  before(async () => {
    server = await startApiServer();
    clients = registryClients();
    const { host } = new URL(server.url);
    repository = `docker://${host}/team/app`;
    await clients.skopeo('login', plain, '-u', server.admin.name, '-p', server.admin.secret, host);
    for (const name of ['deleted', 'kept']) {
      const layers = ['shared', `of ${name}`].map((content) => ({ tar: tarOf([{ name: 'file', content }]) }));
      const platform = { os: 'linux', architecture: 'amd64' };
      const written = await writeOciLayout(layoutOf(name), { images: [{ platform, layers }], tag: 'v1' });
      written.images.forEach((image) => images.set(name, image));
      const from = `oci:${layoutOf(name)}:v1`;
      await clients.skopeo(
        'copy',
        '-q',
        '--preserve-digests',
        '--dest-tls-verify=false',
        from,
        `${repository}:${name}`,
      );
    }
  });
  after(async () => {
    clients.remove();
    await server.stop();
  });

  function layoutOf(name: string): string {
    return join(clients.folder, `layout-${name}`);
  }

  function blobsOf(name: string): ReadonlyMap<string, string> {
    const folder = join(layoutOf(name), 'blobs/sha256');
    return new Map(readdirSync(folder).map((hex) => [hex, readFileSync(join(folder, hex)).toString('base64')]));
  }

  /** Digests of what is stored, sorted. */
  async function stored(): Promise<readonly string[]> {
    return (await keysIn(server)).map((key) => /[0-9a-f]{64}/.exec(key)?.[0] ?? key).toSorted();
  }

  it('removes what one image alone had, and nothing of the other', async () => {
    const [deleted, kept] = ['deleted', 'kept'].map((name) => {
      const image = images.get(name);
      assert.ok(image !== undefined);
      return [image.config, ...image.layers].map(({ digest }) => hexOf(digest));
    });
    assert.deepEqual(await stored(), [...new Set([...(deleted ?? []), ...(kept ?? [])])].toSorted());
    await clients.skopeo('delete', plain, `${repository}:deleted`);
    server.wait(1);
    const world = { ...server.context, random: randomBytes };
    const done = await collectGarbage(world, { ...COLLECT_DEFAULTS, graceMs: 0, signal });
    assert.deepEqual([done.manifests, done.blobs], [1, 2]);
    assert.deepEqual(await stored(), kept?.toSorted());
  });

  it('leaves the other image as it was pushed, and nothing of the first', async () => {
    const back = `oci:${layoutOf('back')}:v1`;
    await clients.skopeo('copy', '-q', '--preserve-digests', '--src-tls-verify=false', `${repository}:kept`, back);
    assert.deepEqual(blobsOf('back'), blobsOf('kept'));
    const gone = clients.skopeo('inspect', plain, '--raw', `${repository}:deleted`);
    assert.match(await clients.fails(gone), /manifest unknown/);
  });
});
