import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { isAppError } from '#base/error.ts';
import type { Layer } from '#model/image.ts';
import type { LayerFacts } from '#model/layer.ts';
import { imageOf, layerOf, textAnalyser } from '#test/fixtures/layers.ts';
import { readImageFacts } from '../image/read-image.ts';
import { readLayer } from '../read-layer.ts';

function folderLayer(path: string): Layer {
  return { ...layerOf([]), digest: null, diffId: null, size: null, content: { kind: 'folder', path } };
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-folder-')));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function listed(facts: LayerFacts): readonly (readonly [string, string])[] {
  return [...facts.entries].map(({ path, type }) => [path, type]);
}

test('a folder is walked in the order of names, links and pipes left alone', async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'b/deep'), { recursive: true });
    writeFileSync(join(folder, 'b/deep/x.txt'), 'x');
    writeFileSync(join(folder, 'b/.wh.y'), '');
    writeFileSync(join(folder, 'a'), '#!/bin/sh', { mode: 0o755 });
    writeFileSync(join(folder, 'large.txt'), Buffer.alloc(2_500_000, 'l'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x7a, 0xff])]), 'bytes');
    symlinkSync('..', join(folder, 'b/loop'));
    symlinkSync('self', join(folder, 'self'));
    symlinkSync('/etc', join(folder, 'etc'));
    assert.equal(spawnSync('mkfifo', [join(folder, 'pipe')]).status, 0);
    const analyser = textAnalyser('text', ({ path }) => path.endsWith('.txt') || path.startsWith('z'), {
      maxFileBytes: 3_000_000,
    });
    const facts = await readLayer(folderLayer(folder), [analyser], { integrity: 'require' });
    assert.deepEqual(listed(facts), [
      ['', 'folder'],
      ['a', 'file'],
      ['b', 'folder'],
      ['b/.wh.y', 'file'],
      ['b/deep', 'folder'],
      ['b/deep/x.txt', 'file'],
      ['b/loop', 'symlink'],
      ['etc', 'symlink'],
      ['large.txt', 'file'],
      ['pipe', 'fifo'],
      ['self', 'symlink'],
      ['z\\xff', 'file'],
    ]);
    assert.deepEqual(
      facts.facts.map(({ path, found }) => [path, found.unknowns?.[0]?.length]),
      [
        ['b/deep/x.txt', 14],
        ['large.txt', 2_500_010],
        ['z\\xff', 11],
      ],
    );
    assert.deepEqual([facts.unreadable, facts.whiteouts, facts.actualDiffId], [[], [], null]);
    assert.deepEqual(
      [...facts.entries].filter(({ sha256 }) => sha256 !== undefined).map(({ path }) => path),
      ['a'],
    );
  });
});

test('a file that nobody wants is not read to its end', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'a'), Buffer.alloc(5_000_000));
    writeFileSync(join(folder, 'b'), Buffer.alloc(1000));
    let read = 0;
    const progress = (bytes: number): void => {
      read = bytes;
    };
    await readLayer(folderLayer(folder), [], { integrity: 'require', progress });
    assert.equal(read, 64 * 1024 + 1000);
  });
});

test('files and folders without permission are unreadable entries', async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'closed'));
    writeFileSync(join(folder, 'closed.txt'), 'x');
    const analyser = textAnalyser('text', ({ path }) => path.endsWith('.txt'));
    const facts = await asNobody([join(folder, 'closed'), join(folder, 'closed.txt'), folder], () =>
      readLayer(folderLayer(folder), [analyser], { integrity: 'require' }),
    );
    assert.deepEqual(facts.unreadable, [
      { path: 'closed', analyser: 'layers', reason: 'cannot be read: EACCES: permission denied' },
      { path: 'closed.txt', analyser: 'text', reason: 'cannot be read: EACCES: permission denied' },
    ]);
  });
});

/** Closes all paths but the last to everyone, and acts as a user that this means something to: root may read anything. */
async function asNobody<Value>(paths: readonly string[], act: () => Promise<Value>): Promise<Value> {
  const root = process.getuid?.() === 0;
  for (const [index, path] of paths.entries()) {
    chmodSync(path, index === paths.length - 1 ? 0o755 : 0o000);
  }
  if (root) {
    process.seteuid?.(65_534);
  }
  try {
    return await act();
  } finally {
    if (root) {
      process.seteuid?.(0);
    }
    paths.forEach((path) => chmodSync(path, 0o700));
  }
}

test('a folder too deep is an unreadable entry', async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'd/'.repeat(600)), { recursive: true });
    const facts = await readLayer(folderLayer(folder), [], { integrity: 'require' });
    assert.equal(facts.entries.length, 513);
    assert.match(facts.unreadable[0]?.reason ?? '', /more than 512 folders/);
  });
});

test('a folder that is not there is an error', async () => {
  await assert.rejects(
    readLayer(folderLayer('/nowhere/at/all'), [], { integrity: 'require' }),
    (error) => isAppError(error) && error.code === 'LAYER_MISSING',
  );
});

test('known paths of a folder are followed inside it only', async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'opt/x'), { recursive: true });
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'opt/x/release'), 'inside');
    symlinkSync('/opt/x/release', join(folder, 'etc/os-release'));
    symlinkSync('../../../../etc/hostname', join(folder, 'etc/other'));
    const analyser = textAnalyser('release', () => false, { knownPaths: ['etc/os-release', 'etc/other'] });
    const facts = await readImageFacts(imageOf(folderLayer(folder)), [analyser], { integrity: 'require' });
    assert.deepEqual(
      facts.live.map(({ path, fact }) => [path, fact.found.unknowns]),
      [['etc/os-release', ['etc/os-release=inside']]],
    );
  });
});
