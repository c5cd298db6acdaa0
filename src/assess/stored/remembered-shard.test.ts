import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Affected } from '#model/advisory.ts';
import type { OpenShard } from '#store/shards/index.ts';
import { rememberedShard } from './remembered-shard.ts';

/** One that says of a package as many things as its name tells, and counts how often it is asked. */
function counting(asked: string[]): OpenShard {
  const row = { ecosystem: 'npm' } as Affected;
  return {
    info: { revision: 'one' } as never,
    rows: () => 7,
    ecosystems: () => ['npm'],
    affected: (ecosystem, name) => {
      asked.push(`${ecosystem} ${name}`);
      return Array.from({ length: Number(name.slice(1)) }, () => row);
    },
    find: () => [],
    signals: () => [],
    releases: () => [],
    *modified() {},
    close: () => undefined,
  };
}

test('a shard is asked once about a package of an ecosystem', () => {
  const asked: string[] = [];
  const shard = counting(asked);
  const remembered = rememberedShard(shard);
  assert.equal(rememberedShard(shard), remembered);
  for (const [ecosystem, name] of [
    ['npm', 'a3'],
    ['npm', 'a3'],
    ['PyPI', 'a3'],
    ['npm', 'b0'],
    ['npm', 'b0'],
  ] as const) {
    assert.equal(remembered.affected(ecosystem, name).length, Number(name.slice(1)));
  }
  assert.deepEqual(asked, ['npm a3', 'PyPI a3', 'npm b0']);
});

test('what was not asked for longest is forgotten, and what is very much is not remembered', () => {
  const asked: string[] = [];
  const remembered = rememberedShard(counting(asked));
  for (let round = 0; round < 2; round += 1) {
    remembered.affected('npm', 'a700');
  }
  assert.equal(asked.length, 2);
  for (const letter of 'bcdefghijklmnop') {
    remembered.affected('npm', `${letter}400`);
    remembered.affected('npm', 'b400');
  }
  assert.equal(asked.filter((one) => one === 'npm b400').length, 1);
  remembered.affected('npm', 'c400');
  assert.equal(asked.filter((one) => one === 'npm c400').length, 2);
});
