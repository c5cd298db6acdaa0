import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { namedFile } from './named-file.ts';

test('a folder in place of a file is wrong usage, and is named', async () => {
  await assert.rejects(namedFile(tmpdir()), { code: 'USAGE', object: tmpdir(), found: 'a folder' });
  await assert.rejects(namedFile('/nowhere/at all'), { code: 'ENOENT', path: '/nowhere/at all' });
});
