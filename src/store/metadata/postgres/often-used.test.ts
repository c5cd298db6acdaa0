import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OftenUsed } from './often-used.ts';

function named(often: OftenUsed, sql: string, times: number): readonly (string | null)[] {
  return Array.from({ length: times }, () => often.nameOf(sql));
}

test('a statement has a name once it was executed often, always the same', () => {
  const often = new OftenUsed();
  const names = named(often, 'select "id" from "images" where "digest" = $1', 30);
  assert.deepEqual(new Set(names.slice(0, 19)), new Set([null]));
  assert.equal(new Set(names.slice(19)).size, 1);
  assert.match(names.at(-1) ?? '', /^plimsoll_[0-9a-f]{16}$/);
});

test('whole rows have none: their columns may be others tomorrow', () => {
  const often = new OftenUsed();
  assert.deepEqual(new Set(named(often, 'select * from "approvals"', 50)), new Set([null]));
  assert.deepEqual(new Set(named(often, 'select "b".* from "blobs" as "b"', 50)), new Set([null]));
});

test('connections keep so many at most', () => {
  const often = new OftenUsed();
  const names = Array.from({ length: 300 }, (_, index) => named(often, `select ${index}`, 20).at(-1));
  assert.equal(names.filter((name) => name !== null).length, 200);
});
