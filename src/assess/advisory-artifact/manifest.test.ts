import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { advisoryProviders, OTHER_SHARDS } from '#lib/advisories/index.ts';
import { ADVISORY_MANIFEST, EXPORTED, readAdvisoryManifest } from '#test/fixtures/advisory-manifest.ts';
import type { ArtifactShard } from './manifest.ts';

const DAY_MS = 86_400_000;

function read(text: string, now = EXPORTED): readonly ArtifactShard[] {
  return readAdvisoryManifest(Buffer.from(text), now);
}

it('a manifest says which shards there are, of what, and how old', () => {
  assert.deepEqual(
    read(ADVISORY_MANIFEST).map(({ claims, checked, bytes }) => [
      claims.provider,
      claims.ecosystem,
      claims.count,
      claims.newest,
      checked,
      bytes,
    ]),
    [
      ['osv', 'npm', 17, EXPORTED - DAY_MS, EXPORTED, 40_960],
      ['alpine-secdb', 'Alpine:v3.20', 17, EXPORTED - DAY_MS, EXPORTED, 40_960],
    ],
  );
});

it('a shard has the name of itself with every provider, so that it is found again where it is put', () => {
  const needed = [
    'npm',
    'Debian:12',
    'Alpine:v3.20',
    'Ubuntu:22.04:LTS',
    'Red Hat',
    'Wolfi',
    'Chainguard',
    ...OTHER_SHARDS,
  ];
  for (const provider of advisoryProviders) {
    const shards = needed.flatMap((name) => provider.shardFor(name) ?? []);
    assert.ok(shards.length > 0, provider.id);
    assert.deepEqual(
      shards.map((shard) => provider.shardFor(shard)),
      shards,
      provider.id,
    );
  }
});

it('a clock that is a day behind the exporter is no reason to refuse, one that is further behind is', () => {
  assert.equal(read(ADVISORY_MANIFEST, EXPORTED - DAY_MS).length, 2);
  assert.throws(() => read(ADVISORY_MANIFEST, EXPORTED - DAY_MS - 1), { message: /ahead of the clock/ });
});

it('more layers than there are shards in the world are refused, and names that differ in case alone are one', () => {
  const manifest = JSON.parse(ADVISORY_MANIFEST) as { readonly layers: readonly object[] };
  const [first = {}] = manifest.layers;
  const many = { ...manifest, layers: Array.from({ length: LIMITS.advisoryArtifactShards + 1 }, () => first) };
  assert.throws(() => read(JSON.stringify(many)), { code: 'LIMIT_EXCEEDED' });
  assert.throws(() => read(JSON.stringify({ ...manifest, layers: [] })), { message: /a layer for each shard/ });
  const folded = ADVISORY_MANIFEST.replace('"Alpine:v3.20"', '"NPM"').replace('"alpine-secdb"', '"osv"');
  assert.throws(() => read(folded), { message: /"osv npm" again/ });
});

it('whatever is changed in a manifest, what is read of it is bounded and has a name that is no path', () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.nat(ADVISORY_MANIFEST.length),
      fc.nat(12),
      fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('"', '..', '/', '0', '9', '99999', 'e9', '\\u0000', '-')),
      (at, cut, text) => {
        try {
          for (const { claims, bytes, checked, layer } of read(
            ADVISORY_MANIFEST.slice(0, at) + text + ADVISORY_MANIFEST.slice(at + cut),
          )) {
            assert.match(claims.ecosystem, /^[A-Za-z0-9 ._:-]{1,121}$/);
            assert.match(claims.provider, /^[a-z0-9-]+$/);
            assert.ok(!claims.ecosystem.includes('..'));
            assert.ok(bytes <= LIMITS.advisoryShardBytes && layer.size <= LIMITS.advisoryLayerBytes);
            assert.ok([claims.newest, claims.count, checked].every((number) => Number.isSafeInteger(number)));
            assert.ok(Math.max(claims.newest, checked) <= EXPORTED + DAY_MS);
          }
          accepted += 1;
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(accepted > 0);
});
