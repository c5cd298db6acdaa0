import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type Containerd, startContainerd } from '../fixtures/containerd.ts';
import type { WrittenLayout } from '../fixtures/oci-layout.ts';
import { startTestRegistry, type TestRegistry } from '../fixtures/test-registry.ts';
import { writeTwoPlatforms } from '../fixtures/two-platforms.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'registry/containerd',
  'real tool',
  'ctr of Debian pushes an index from containerd, pulls it into an empty one, and is refused a wrong password',
);

describe('containerd and the registry', { skip: missing('containerd', 'root', 'skopeo') }, () => {
  let folder = '';
  let registry: TestRegistry;
  let containerd: Containerd;
  let other: Containerd;
  let image: WrittenLayout;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-ctr-'));
    registry = await startTestRegistry();
    containerd = await startContainerd();
    other = await startContainerd();
    image = await writeTwoPlatforms(join(folder, 'layout'));
    const archive = join(folder, 'image.tar');
    execFileSync('tar', ['-cf', archive, '-C', join(folder, 'layout'), '.']);
    containerd.import(archive, 'imported.example/app:v1');
  });
  after(async () => {
    await containerd.stop();
    await other.stop();
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function as(user: { readonly name: string; readonly password: string }): readonly string[] {
    return ['--plain-http', '--user', `${user.name}:${user.password}`];
  }

  it('refuses a wrong password', () => {
    const wrong = as({ ...registry.users.publisher, password: 'wrong' });
    const push = ['images', 'push', ...wrong, `${registry.host}/team/app:v1`, 'imported.example/app:v1'];
    assert.throws(() => containerd.ctr(...push), /401|unauthorized|authorization failed/i);
  });

  it('pushes an index with all its platforms', async () => {
    const push = ['images', 'push', ...as(registry.users.publisher), `${registry.host}/team/app:v1`];
    containerd.ctr(...push, 'imported.example/app:v1');
    assert.equal(await registry.digestOfTag('team/app', 'v1'), image.index?.digest);
  });

  it('refuses a viewer what is in quarantine', () => {
    const pull = ['content', 'fetch', ...as(registry.users.viewer), `${registry.host}/team/app:v1`];
    assert.throws(() => other.ctr(...pull), /403|forbidden|denied/i);
  });

  it('pulls what is approved, unpacked, and the same bytes of all platforms', async () => {
    await registry.approve('team/app', [image.index?.digest, ...image.images.map(({ manifest }) => manifest.digest)]);
    const viewer = as(registry.users.viewer);
    const name = `${registry.host}/team/app:v1`;
    other.ctr('content', 'fetch', '--all-platforms', ...viewer, name);
    other.ctr('images', 'pull', '--snapshotter', 'native', '--platform', 'linux/amd64', ...viewer, name);
    const listed = other.ctr('images', 'ls', `name==${name}`);
    assert.ok(listed.includes(image.index?.digest ?? 'no index'), listed);
    const held = other.ctr('content', 'ls', '--quiet').trim().split('\n');
    const wanted = image.images.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers]);
    assert.deepEqual(
      wanted.filter(({ digest }) => !held.includes(digest)),
      [],
    );
  });
});
