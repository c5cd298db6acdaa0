import assert from 'node:assert/strict';
import test from 'node:test';
import { parseWhiteout } from './whiteouts.ts';

test('whiteouts, opaque folders and AUFS book-keeping are told apart', () => {
  const deleted = (path: string): object => ({ kind: 'delete', path });
  const opaque = (path: string): object => ({ kind: 'opaque', path });
  const cases: Readonly<Record<string, object | null>> = {
    'etc/.wh.passwd': deleted('etc/passwd'),
    '.wh.etc': deleted('etc'),
    'a/.wh..hidden': deleted('a/.hidden'),
    'a/.wh..wh.': { kind: 'metadata' },
    'a/.wh..wh..opq': opaque('a'),
    '.wh..wh..opq': opaque(''),
    '.wh..wh.aufs': { kind: 'metadata' },
    '.wh..wh.plnk/12.34': { kind: 'metadata' },
    'a/.wh..wh.orph': { kind: 'metadata' },
    which: null,
    'usr/bin/which': null,
    'lib/wheel': null,
    'a/xwh.b': null,
    'a/b.wh.c': null,
    'a/.wh.d/b': null,
    '': null,
  };
  for (const [path, expected] of Object.entries(cases)) {
    assert.deepEqual(parseWhiteout(path), expected, path);
  }
});

test('a whiteout that names no file is invalid', () => {
  for (const path of ['.wh.', 'a/.wh.', 'a/.wh..', 'a/.wh...']) {
    assert.equal(parseWhiteout(path)?.kind, 'invalid', path);
  }
});
