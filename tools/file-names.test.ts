import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { it } from 'node:test';
import { listFiles } from './lib/files.ts';

/** Lower-case words with hyphens, then extensions: `parse-status.test.ts`, `0001-runtime.md`. */
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const BY_CUSTOM = new Set(['README.md']);

it('file names are kebab-case', () => {
  const files = ['src', 'test', 'tools', 'bench', 'docs'].flatMap((folder) => listFiles(folder));
  assert.ok(files.length >= 30, `found only ${files.length} files`);
  const odd = files.filter((file) => !KEBAB_CASE.test(basename(file)) && !BY_CUSTOM.has(basename(file)));
  assert.deepEqual(odd, []);
});
