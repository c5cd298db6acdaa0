import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ShardInfo } from '#model/ports.ts';
import { staleUnknown } from './advisories.ts';

const START = Date.parse('2024-06-01T00:00:00Z');
const HOUR = 3_600_000;

it('advisories: a feed whose newest record is older than 30 days is out of date', () => {
  const info = { ecosystem: 'npm', source: '/feeds', newest: START, count: 1, checked: START } as ShardInfo;
  assert.deepEqual(staleUnknown(info, START + 30 * 24 * HOUR), []);
  const [unknown] = staleUnknown(info, START + 30 * 24 * HOUR + 1);
  assert.equal(unknown?.kind, 'stale-advisories');
  assert.match(unknown?.reason ?? '', /npm advisories of \/feeds .* 2024-06-01/);
  assert.match(staleUnknown({ ...info, newest: 0, count: 0 }, START)[0]?.reason ?? '', /there is none/);
  const undated = { ...info, newest: 0 };
  assert.deepEqual(staleUnknown(undated, START + 30 * 24 * HOUR), []);
  assert.match(staleUnknown(undated, START + 31 * 24 * HOUR)[0]?.reason ?? '', /last looked at on 2024-06-01/);
});
