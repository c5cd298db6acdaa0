import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base/limits.ts';
import { baseOf, joinPath, normalisePath, parentOf } from './paths.ts';

test('paths are relative to the root', () => {
  const cases: Readonly<Record<string, string>> = {
    'usr/bin/env': 'usr/bin/env',
    './usr//bin/./env': 'usr/bin/env',
    'usr/lib/../bin/': 'usr/bin',
    '/etc/passwd': 'etc/passwd',
    '//etc/passwd': 'etc/passwd',
    '': '',
    '.': '',
    './': '',
    '/': '',
    'a/..': '',
    '...': '...',
    '..a/.b/c..': '..a/.b/c..',
  };
  for (const [name, path] of Object.entries(cases)) {
    assert.deepEqual(normalisePath(name), { path }, name);
  }
});

test('paths that leave the root, hold a NUL, or are too long or deep are refused', () => {
  const cases: readonly [string, RegExp][] = [
    ['..', /leaves the root/],
    ['../etc/passwd', /leaves the root/],
    ['a/../../etc/passwd', /leaves the root/],
    ['/../etc', /leaves the root/],
    ['a\0b', /NUL/],
    ['a'.repeat(LIMITS.pathBytes + 1), /characters/],
    ['a/'.repeat(5000), /characters/],
    ['a/'.repeat(LIMITS.pathDepth + 1), /folders/],
    [`${'a/'.repeat(LIMITS.pathDepth)}a`, /folders/],
  ];
  for (const [name, problem] of cases) {
    const result = normalisePath(name);
    assert.match('problem' in result ? result.problem : '', problem, name.slice(0, 40));
  }
});

test('a normal path stays as it is, and parent and base make it up', () => {
  const part = fc.constantFrom('a', 'b', '.', '..', '', 'c.d', '...');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      const result = normalisePath(parts.join('/'));
      if ('path' in result) {
        assert.deepEqual(normalisePath(result.path), result);
        assert.ok(!result.path.split('/').some((name) => name === '.' || name === '..'));
        assert.equal(joinPath(parentOf(result.path), baseOf(result.path)), result.path);
      }
    }),
  );
});
