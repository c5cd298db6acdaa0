import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { FeedEntry } from '#model/ports.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import { buildShard, compareShards, type ShardDifference } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'plimsoll-compare-'));
after(() => rmSync(root, { recursive: true, force: true }));
const signal = new AbortController().signal;
let count = 0;

async function shard(entries: readonly FeedEntry[]): Promise<string> {
  count += 1;
  const path = join(root, `${count}.sqlite`);
  const origin = { ecosystem: 'npm', provider: 'osv', source: '/feeds', revision: digestOf(`${count}`), checked: 1 };
  await buildShard(path, origin, entries);
  return path;
}

interface Said {
  readonly name?: string;
  readonly ecosystem?: string;
  readonly fixed?: string;
  readonly modified?: string;
  readonly details?: string;
  readonly summary?: string;
}

function record(id: string, said: Said = {}): FeedEntry {
  const {
    name = 'lodash',
    ecosystem = 'npm',
    fixed = '1.0.0',
    modified = '2024-01-01T00:00:00Z',
    details = '',
    summary = '',
  } = said;
  const advisory = { ...advisoryOf({ id, summary, details }), modified };
  return { kind: 'record', record: { advisory, affected: [affectedOf(advisory, ecosystem, name, fixed)] } };
}

function epss(id: string, probability: number): FeedEntry {
  return { kind: 'signal', id, signal: { kind: 'epss', probability, percentile: 0.5, date: '2024-01-01' } };
}

function kev(id: string): FeedEntry {
  return {
    kind: 'signal',
    id,
    signal: { kind: 'known-exploited', catalogue: 'CISA', added: '2024-01-01', due: null, ransomware: false },
  };
}

function release(product: string, endOfLife: string): FeedEntry {
  const dates = { codename: null, released: null, extendedUntil: null, ended: false, latest: null };
  return { kind: 'lifecycle', release: { product, release: '1', endOfLife, ...dates } };
}

function told({ advisories, packages, signals, products }: ShardDifference): unknown {
  const names = [...packages].flatMap(([ecosystem, own]) => [...own].map((name) => `${ecosystem} ${name}`));
  return [names, [...advisories], [...signals], [...products]].map((list) => list.join(', '));
}

for (const [what, before, now, expected] of [
  ['nothing', [record('A')], [record('A')], ['', '', '', '']],
  ['one more', [record('A')], [record('A'), record('B', { name: 'left-pad' })], ['npm left-pad', 'B', '', '']],
  ['one less', [record('A'), record('B', { name: 'left-pad' })], [record('A')], ['npm left-pad', 'B', '', '']],
  ['another range', [record('A')], [record('A', { fixed: '2.0.0' })], ['npm lodash', 'A', '', '']],
  ['another name', [record('A')], [record('A', { name: 'other' })], ['npm other, npm lodash', 'A', '', '']],
  ['another release', [record('A')], [record('A', { ecosystem: 'npm:2' })], ['npm:2 lodash, npm lodash', 'A', '', '']],
  ['another summary', [record('A')], [record('A', { summary: 'worse' })], ['npm lodash', 'A', '', '']],
  ['a later date alone', [record('A')], [record('A', { modified: '2024-02-02T00:00:00Z' })], ['', '', '', '']],
  ['another text for people alone', [record('A')], [record('A', { details: 'more' })], ['', '', '', '']],
  ['a vulnerability that is exploited', [], [kev('CVE-1')], ['', '', 'CVE-1', '']],
  ['a much greater probability', [epss('CVE-1', 0.1)], [epss('CVE-1', 0.9)], ['', '', 'CVE-1', '']],
  ['hardly another probability', [epss('CVE-1', 0.101)], [epss('CVE-1', 0.102)], ['', '', '', '']],
  [
    'other dates of support',
    [release('debian', '2024-01-01')],
    [release('debian', '2025-01-01')],
    ['', '', '', 'debian'],
  ],
] as const) {
  test(`two revisions of a shard differ by ${what}`, async () => {
    assert.deepEqual(told(await compareShards(await shard(before), await shard(now), signal)), expected);
  });
}

test('a damaged shard is compared with nothing', async () => {
  const damaged = join(root, 'damaged.sqlite');
  writeFileSync(damaged, 'no shard');
  await assert.rejects(compareShards(damaged, await shard([]), signal), { code: 'SHARD_DAMAGED' });
});
