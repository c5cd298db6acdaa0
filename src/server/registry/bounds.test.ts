import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { type Document, indexOf, TYPES } from '#test/fixtures/registry-client.ts';
import { type RegistryUnderTest, startRegistry } from '#test/fixtures/registry-under-test.ts';

const repository = 'team/bounds';
let registry: RegistryUnderTest;
before(async () => {
  registry = await startRegistry();
});
after(async () => {
  await registry.stop();
});

describe('what one client can ask for', () => {
  it('keeps no refusal of another out of the events', async () => {
    registry.clock.set(registry.clock.now() + 60_000);
    for (let at = 0; at < 101; at += 1) {
      await registry.as('eve').ask('GET', `/v2/${repository}-${at}/manifests/v1`);
    }
    await registry.as('vera').ask('PUT', `/v2/${repository}/manifests/v1`, { body: '{}' });
    const events = await registry.store.records.events.after(null, 10_000);
    const count = (actor: string): number =>
      events.filter(({ event: { type, actor: who, data } }) => {
        return type === 'access.denied.v1' && who === actor && String(data['resource']).startsWith(repository);
      }).length;
    assert.deepEqual([count('user:eve'), count('user:vera')], [100, 1]);
    registry.clock.set(registry.clock.now() - 60_000);
  });

  it('is no index that thousands of others are looked at for', async () => {
    const absent = (at: number, child: number): Document => ({
      digest: digestOf(`${repository} ${at} ${child}`),
      mediaType: TYPES.manifest,
      bytes: Buffer.alloc(1),
    });
    const inner = Array.from({ length: 5 }, (_, at) =>
      indexOf(Array.from({ length: 1000 }, (__, child) => absent(at, child))),
    );
    const outer = indexOf(inner);
    for (const index of [...inner, outer]) {
      await registry.as('alice').pushManifest(repository, index);
    }
    const [first] = inner;
    const statusOf = async ({ digest }: Pick<Document, 'digest'>): Promise<number> =>
      (await registry.as('alice').ask('GET', `/v2/${repository}/manifests/${digest}`)).status;
    assert.deepEqual([first && (await statusOf(first)), await statusOf(outer)], [200, 403]);
  });
});
