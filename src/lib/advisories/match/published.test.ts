import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Package } from '#model/package.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { matchPackages } from './match.ts';

const DEBIAN = 'Debian:11';
const curl: Package = {
  type: 'deb',
  name: 'curl',
  version: '7.74.0-1',
  purl: 'pkg:deb/curl@7.74.0-1',
  licenses: [],
  layer: null,
  locations: [],
  cataloger: 'dpkg',
};

it('a vulnerability became known when the earliest of the advisories that matched says, in one form', () => {
  const publishedOf = (...dates: readonly (string | undefined)[]): string | undefined => {
    const rows = dates.map((published, index) => {
      const about = { id: `DSA-${index}`, upstream: ['CVE-2021-1'] };
      return affectedOf(advisoryOf(published === undefined ? about : { ...about, published }), DEBIAN, 'curl', '8');
    });
    const shards = new Map([['Debian', memoryShard(rows)]]);
    const os = { id: 'debian', versionId: '11', idLike: [] };
    return matchPackages([curl], os, shards).findings[0]?.published;
  };
  assert.equal(publishedOf('2021-03-01T00:00:00Z', '2021-02-01T01:00:00+01:00'), '2021-02-01T00:00:00.000Z');
  assert.equal(publishedOf(undefined, '2021-03-01T00:00:00Z'), '2021-03-01T00:00:00.000Z');
  assert.equal(publishedOf('+275000-01-01T00:00:00Z', 'soon'), undefined);
  assert.equal(publishedOf(undefined), undefined);
});
