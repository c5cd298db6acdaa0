import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { evidence } from '../evidence.ts';
import { acquired, request, type ShownAcquisition } from '../fixtures/acquisitions.ts';
import { type Closure, closureOf } from '../fixtures/closure-oracle.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { basic } from '../fixtures/server.ts';
import { signedLayout } from '../fixtures/signed/index.ts';
import { type ClosureImage, pushClosure } from '../fixtures/source-images.ts';
import { type StoryWorld, startStoryWorld, until } from '../fixtures/story-world.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'acquire/closure',
  'real tool',
  'an index with what cosign, oras and skopeo hang on it and its platforms, from docker-registry with its fallback tags and from a registry with the referrers API, compared byte by byte by a walk of plain HTTP',
);

/** Made by cosign 2, cosign 3 and notation, each in its own way to hang on an image. */
const SIGNED = [
  'cosign2-recursive',
  'cosign2-referrers',
  'cosign3-fallback',
  'cosign3-recursive',
  'notation-fallback',
  'notation-index',
];

for (const registry of ['referrers', 'plain'] as const) {
  const how = registry === 'plain' ? 'fallback tags' : 'the referrers API';
  describe(`the closure of an image, through ${how}`, {
    skip: missing('go', 'skopeo', 'docker-registry', 'shared-data'),
  }, () => {
    let world: StoryWorld;
    let image: ClosureImage;

    before(async () => {
      world = await startStoryWorld({ registry });
      image = await pushClosure(world.source, join(world.folder, 'closure'), 'vendor/app');
    });
    after(async () => {
      await world?.stop();
    });

    async function assertWhole(repository: string, tag: string): Promise<Closure> {
      const expected = await closureOf(`http://${world.source.host}`, repository, tag);
      await acquired(world, `${repository}:${tag}`);
      const authorization = basic(world.server.admin);
      const found = await closureOf(world.server.url, `mirror/${repository}`, tag, authorization);
      assert.deepEqual(missingIn(found, withoutFallback(expected)), { manifests: [], blobs: [], tags: [] });
      for (const [digest, text] of expected.manifests) {
        assert.equal(found.manifests.get(digest) ?? text, text, `bytes of ${digest}`);
      }
      for (const [subject, listed] of expected.referrers) {
        const ours = found.referrers.get(subject) ?? [];
        assert.deepEqual(
          listed.filter((digest) => !ours.includes(digest)),
          [],
          `on ${subject}`,
        );
      }
      // Our registry has the API, so that the walk does not come by the lists that stand in its place.
      for (const [name, digest] of expected.tags) {
        const answer = await fetch(`${world.server.url}/v2/mirror/${repository}/manifests/${name}`, {
          headers: {
            authorization,
            accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json',
          },
        });
        assert.equal(digestOf(await answer.text()), digest, `what ${name} means`);
      }
      return found;
    }

    it('is here with every byte: platforms, attestations, bundles, signatures, an SBOM and its signature', async () => {
      const { manifests, tags } = await assertWhole(image.repository, image.tag);
      assert.ok(manifests.size >= 11, String(manifests.size));
      assert.ok(tags.size >= 2, String(tags.size));
    });

    it('is asked for again, and nothing is fetched that is here', async () => {
      world.source.proxy.forget();
      await acquired(world, `${image.repository}:${image.tag}`);
      assert.deepEqual(world.source.proxy.gets('/blobs/'), []);
    });

    for (const name of SIGNED) {
      it(`is here with every byte: ${name}`, async () => {
        await pushLayout(signedLayout(name), `http://${world.source.host}`, `vendor/${name}`);
        await assertWhole(`vendor/${name}`, '1.0');
      });
    }

    it('is not had with a part missing: what cannot be copied whole is not copied at all', async () => {
      const lost = await pushClosure(world.source, join(world.folder, 'lost'), 'vendor/lost');
      world.source.proxy.cut(`/v2/vendor/lost/manifests/${lost.amd64}`, 5, 1000);
      const { id } = await request(world, `vendor/lost:${lost.tag}`);
      await until('the first attempt to fail', async () => {
        const { reason, state } = (await world.ask('admin', 'GET', `/acquisitions/${id}`)) as ShownAcquisition;
        assert.ok(state !== 'judging' && state !== 'promoted', state);
        return reason !== '';
      });
      const as = world.server.admin;
      const tags = await world.server.request('/v2/mirror/vendor/lost/tags/list', { as });
      assert.ok(!(await tags.text()).includes(lost.tag), 'no tag means half an image');
      const manifest = await world.server.request(`/v2/mirror/vendor/lost/manifests/${lost.index}`, { as });
      assert.notEqual(manifest.status, 200);
    });
  });
}

/** Lists of the fallback are compared by their tags. */
function withoutFallback(closure: Closure): Closure {
  const fallbacks = [...closure.tags].filter(([name]) => !name.includes('.'));
  const digests = new Set(fallbacks.map(([, digest]) => digest));
  return {
    ...closure,
    manifests: new Map([...closure.manifests].filter(([digest]) => !digests.has(digest))),
    tags: new Map([...closure.tags].filter(([name]) => name.includes('.'))),
  };
}

function missingIn(
  found: Closure,
  expected: Closure,
): Readonly<Record<'manifests' | 'blobs' | 'tags', readonly string[]>> {
  return {
    manifests: [...expected.manifests.keys()].filter((digest) => !found.manifests.has(digest)),
    blobs: [...expected.blobs.keys()].filter((digest) => !found.blobs.has(digest)),
    tags: [...expected.tags].flatMap(([name, digest]) => (found.tags.get(name) === digest ? [] : [name])),
  };
}
