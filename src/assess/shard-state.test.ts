import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { readShardState, writeShardState } from './shard-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-state-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'npm.json');
const state = { revision: digestOf('feed'), checked: 1_700_000_000_000, cursor: '"x"', failure: null };

test('a state that is damaged is as good as none', async () => {
  await writeShardState(path, state);
  assert.deepEqual(await readShardState(path), state);
  const brought = { ...state, cursor: null, origin: { reference: 'oci:x', digest: state.revision, unverified: null } };
  await writeShardState(path, brought);
  assert.deepEqual(await readShardState(path), brought);
  const damaged: readonly object[] = [
    { ...state, checked: 1e300 },
    { ...state, checked: 9e15 },
    { ...state, checked: null },
    { ...state, revision: 'sha256:' },
    { ...state, cursor: 1 },
    { ...state, origin: null },
    { ...state, origin: { ...brought.origin, digest: 'x' } },
    { ...state, origin: { ...brought.origin, unverified: 1 } },
    { ...state, cursor: 'x'.repeat(65_537) },
    { ...state, failure: 1 },
    [],
  ];
  for (const value of damaged) {
    writeFileSync(path, JSON.stringify(value));
    assert.equal(await readShardState(path), null, JSON.stringify(value));
  }
  for (const text of ['', '{', 'x'.repeat(600_000)]) {
    writeFileSync(path, text);
    assert.equal(await readShardState(path), null, text.slice(0, 10));
  }
});
