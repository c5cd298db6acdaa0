import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Advisory, Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';
import type { ShardReader } from '#model/ports.ts';
import { matchPackages } from './match.ts';

const advisory: Advisory = {
  id: 'TEST-1',
  aliases: [],
  upstream: Array.from({ length: 2000 }, (_, index) => `CVE-2026-${index}`),
  summary: '',
  details: '',
  modified: '2026-01-01T00:00:00Z',
  ratings: [],
  references: [],
};

/** Whatever it is asked for, one advisory of two thousand vulnerabilities. */
const shard: ShardReader = {
  info: {
    ecosystem: 'npm',
    provider: 'osv',
    source: 'test',
    revision: `sha256:${'0'.repeat(64)}` as ShardReader['info']['revision'],
    count: 1,
    rejected: 0,
    rejectedNames: [],
    newest: 0,
    checked: 0,
  },
  rows: () => 1,
  ecosystems: () => ['npm'],
  affected: (ecosystem, name): readonly Affected[] => [
    { advisory, ecosystem, name, ranges: [], versions: ['1.0.0'], ratings: [] },
  ],
  find: () => [],
  close: () => undefined,
};

function packagesOf(count: number): readonly Package[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'npm',
    name: `p${index}`,
    version: '1.0.0',
    purl: `pkg:npm/p${index}@1.0.0`,
    licenses: [],
    layer: null,
    locations: [],
    cataloger: 'npm',
  }));
}

test('a package database cannot ask for findings without end', () => {
  const shards = new Map([['npm', shard]]);
  assert.equal(matchPackages(packagesOf(10), null, shards).findings.length, 20_000);
  assert.throws(() => matchPackages(packagesOf(1000), null, shards), { code: 'LIMIT_EXCEEDED' });
});
