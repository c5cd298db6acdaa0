import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CacheStatus, Pruned } from '#model/cache.ts';
import { type CacheScreen, renderCacheStatus, renderPruned } from './cache.ts';
import { createStyle } from './style.ts';

const NOON = Date.parse('2026-08-21T12:00:00Z');
const DAY = 86_400_000;
const screen: CacheScreen = { json: false, now: NOON, style: createStyle(false) };

const status: CacheStatus = {
  folder: '/home/a/cache',
  bytes: 1_347_584,
  limit: 2 ** 31,
  kinds: [
    { kind: 'facts', entries: 1234, bytes: 1_343_488 },
    { kind: 'documents', entries: 1, bytes: 4096 },
  ],
  oldest: NOON - 40 * DAY,
  newest: NOON - 1000,
  damaged: null,
};

const pruned: Pruned = {
  entries: 1,
  bytes: 4096,
  leftovers: 2,
  failed: [],
  remaining: { entries: 1200, bytes: 3 * 1024 ** 3 },
};

test('the state of the cache on the screen', () => {
  assert.equal(
    renderCacheStatus(status, screen),
    `/home/a/cache
  1.3 MiB of at most 2.0 GiB
  layer facts            1,234 entries  1.3 MiB
  manifests and configs        1 entry  4.0 KiB
  last used: the oldest entry 40 days ago, the newest today
`,
  );
  assert.ok(renderCacheStatus({ ...status, damaged: [] }, screen).endsWith('\n  nothing is damaged\n'));
});

test('damaged entries are named on the screen, ten of them, and nothing of a name reaches the terminal', () => {
  const damaged = Array.from({ length: 12 }, (_, index) => `/home/\u001b[31m/${index}`);
  const lines = renderCacheStatus({ ...status, damaged }, screen).split('\n');
  assert.equal(lines[5], '! 12 entries are damaged: not believed, and made again when needed');
  assert.equal(lines[6], '    /home/\\u{1b}[31m/0');
  assert.equal(lines[16], '    and 2 others');
});

test('what a pruning did on the screen', () => {
  assert.equal(
    renderPruned(pruned, screen).replaceAll('\n', ' '),
    'removed 1 entry, 4.0 KiB, and 2 leftovers of runs that died; kept 1,200 entries, 3.0 GiB ',
  );
  const failed = renderPruned({ ...pruned, leftovers: 0, failed: ['/home/a'] }, screen);
  assert.equal(
    failed,
    'removed 1 entry, 4.0 KiB; kept 1,200 entries, 3.0 GiB\n! 1 file could not be removed:\n    /home/a\n',
  );
});

test('colours only where the style has them', () => {
  const colours = { ...screen, style: createStyle(true) };
  assert.ok(renderCacheStatus({ ...status, damaged: [] }, colours).includes('\u001b[32mnothing is damaged\u001b[0m'));
  for (const text of [renderCacheStatus({ ...status, damaged: ['/x'] }, screen), renderPruned(pruned, screen)]) {
    assert.ok(!text.includes('\u001b'));
  }
});

test('JSON holds everything, instants as RFC 3339 says', () => {
  const json = JSON.parse(renderCacheStatus(status, { ...screen, json: true })) as unknown;
  assert.deepEqual(json, { ...status, oldest: '2026-07-12T12:00:00.000Z', newest: '2026-08-21T11:59:59.000Z' });
  assert.deepEqual(JSON.parse(renderPruned(pruned, { ...screen, json: true })), pruned);
});
