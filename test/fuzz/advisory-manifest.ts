import assert from 'node:assert/strict';
import { LIMITS } from '#base/limits.ts';
import { ADVISORY_MANIFEST, EXPORTED, readAdvisoryManifest } from '#test/fixtures/advisory-manifest.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** Manifests of artifacts of advisories: what is read of them names no path, and nothing without bounds. */
export const advisoryManifest: FuzzTarget = {
  id: 'advisory-manifest',
  seeds: () => [Buffer.from(ADVISORY_MANIFEST)],
  maxMillis: 500,
  mutate: mutateStructure,
  dictionary: [
    'dev.plimsoll.advisories.',
    '..',
    '/',
    ':',
    '99999999999999',
    '-1',
    'sha256:',
    'npm',
    '"layers":',
    '[]',
    '{}',
  ],
  run: (input) => {
    const shards = readAdvisoryManifest(input, EXPORTED);
    invariant('names are no paths, and all is bounded', () => {
      assert.ok(shards.length > 0 && shards.length <= LIMITS.advisoryArtifactShards);
      for (const { claims, bytes, layer } of shards) {
        assert.match(`${claims.provider} ${claims.ecosystem}`, /^[a-z0-9-]+ [A-Za-z][A-Za-z0-9 ._:-]*$/);
        assert.ok(!claims.ecosystem.includes('..'));
        assert.ok(bytes <= LIMITS.advisoryShardBytes && layer.size <= LIMITS.advisoryLayerBytes);
      }
      const names = shards.map(({ claims }) => `${claims.provider} ${claims.ecosystem}`.toLowerCase());
      assert.equal(new Set(names).size, names.length);
    });
  },
};
