import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesGlob } from './path-glob.ts';

test('globs of paths: * within a segment, ** across any', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['/usr/lib/x', '/usr/lib/x', true],
    ['/usr/lib/x', '/usr/lib/xy', false],
    ['/usr/lib', '/usr/lib/x', false],
    ['/usr/*/x', '/usr/lib/x', true],
    ['/usr/*/x', '/usr/lib/a/x', false],
    ['/usr/**/x', '/usr/lib/a/x', true],
    ['/usr/**/x', '/usr/x', true],
    ['/usr/**', '/usr/lib/a/x', true],
    ['/usr/**', '/usrlocal/x', false],
    ['/**/*.jar', '/opt/app/a.b.jar', true],
    ['/**/*.jar', '/opt/app/a.jar/x', false],
    ['/**/a/**/b', '/a/x/a/y/b', true],
    ['/**/a/**/b', '/a/x/b/y', false],
    ['/o*t/*a*b*', '/opt/xaybz', true],
    ['/o*t/*a*b*', '/opt/xbya', false],
    ['/a.b', '/a-b', false],
    ['/[a]', '/a', false],
  ];
  for (const [glob, path, matches] of cases) {
    assert.equal(matchesGlob(glob, path), matches, `${glob} ${path}`);
  }
});

test('globs of paths agree with regular expressions of the same meaning', () => {
  const segment = fc.stringMatching(/^[ab]{0,3}$/);
  const wild = fc.oneof(fc.stringMatching(/^[ab*]{1,4}$/), fc.constant('**'));
  fc.assert(
    fc.property(fc.array(wild, { maxLength: 4 }), fc.array(segment, { maxLength: 5 }), (glob, path) => {
      const parts = glob.map((part) => (part === '**' ? '(?:/[^/]*)*' : `/${part.replaceAll(/\*+/g, '[^/]*')}`));
      const text = path.map((part) => `/${part}`).join('');
      assert.equal(
        matchesGlob(`${glob.map((part) => `/${part}`).join('')}`, text),
        new RegExp(`^${parts.join('')}$`).test(text),
      );
    }),
    { numRuns: 2000 },
  );
});
