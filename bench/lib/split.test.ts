import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { splitTree } from './split.ts';

describe('splitting a tree into layers', () => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-split-'));
  after(() => rmSync(root, { recursive: true }));
  const files = Array.from({ length: 400 }, (_, index) => `usr/lib/p${index >> 4}/file-${index}`);
  for (const [index, file] of files.entries()) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), 'x'.repeat((index % 7) * 1000));
  }
  mkdirSync(join(root, 'empty'));
  symlinkSync('usr/lib', join(root, 'lib'));
  linkSync(join(root, files[0] ?? ''), join(root, 'zz-linked'));
  const layers = splitTree(root, 4);

  it('puts every file into exactly one layer', () => {
    const all = layers.flat();
    for (const file of [...files, 'lib', 'zz-linked']) {
      assert.equal(all.filter((path) => path === file).length, 1, file);
    }
    assert.ok(all.includes('empty'));
  });

  it('puts folders in front of what is in them', () => {
    for (const layer of layers) {
      const seen = new Set<string>();
      for (const path of layer) {
        assert.ok(dirname(path) === '.' || seen.has(dirname(path)), path);
        assert.ok(!seen.has(path), `${path} twice`);
        seen.add(path);
      }
    }
  });

  it('keeps hard links with what they link to', () => {
    const [first = ''] = files;
    const layer = layers.find((paths) => paths.includes(first));
    assert.ok(layer?.includes('zz-linked'));
  });

  it('gives layers of about the same size', () => {
    const sizes = layers.map((paths) => paths.filter((path) => path.includes('file-')).length);
    assert.ok(Math.max(...sizes) < Math.min(...sizes) * 1.5, sizes.join(' '));
  });
});
