import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsInPath, fileNameOf } from './paths.ts';

test('the last part of a path', () => {
  for (const [path, name] of [
    ['a/b.c', 'b.c'],
    ['b.c', 'b.c'],
    ['a/', ''],
    ['', ''],
  ] as const) {
    assert.equal(fileNameOf(path), name, path);
  }
});

test('a path ends in whole parts only', () => {
  for (const [path, parts, end, ends] of [
    ['x/a/b', 'a/b', 5, true],
    ['a/b', 'a/b', 3, true],
    ['xa/b', 'a/b', 4, false],
    ['b', 'a/b', 1, false],
    ['', 'a', 0, false],
    ['x/a/b', 'a', 3, true],
    ['x/a/b', 'a', 2, false],
    ['x/a/b', 'a', -1, false],
  ] as const) {
    assert.equal(endsInPath(path, parts, end), ends, `${path} ${parts} ${end}`);
  }
  assert.ok(endsInPath('x/a', 'a'));
});
