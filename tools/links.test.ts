import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { it } from 'node:test';
import { listFiles, root } from './lib/files.ts';

it('links between documents lead somewhere', () => {
  const dangling = listFiles('.', '.md').flatMap((path) => {
    const links = [...readFileSync(resolve(root, path), 'utf8').matchAll(/\]\(([^()\s]+)\)/g)].map(([, to = '']) => to);
    return links
      .filter(
        (to) => !/^(https?:|mailto:|#)/.test(to) && !existsSync(resolve(root, dirname(path), to.replace(/#.*$/, ''))),
      )
      .map((to) => `${path}: ${to}`);
  });
  assert.deepEqual(dangling, []);
});
