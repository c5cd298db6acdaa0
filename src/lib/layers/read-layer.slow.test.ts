import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import test from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Digest, digestOf } from '#base/digest.ts';
import { AppError, isAppError } from '#base/error.ts';
import type { Layer } from '#model/image.ts';
import { evidence } from '#test/evidence.ts';
import { chunksOf, layerOf, memoryFacts, textAnalyser } from '#test/fixtures/layers.ts';
import { extension, headerBlock, paxBody, type TarInput, writeTar } from '#test/fixtures/tar-writer.ts';
import { data, missing } from '#test/prerequisites.ts';
import { readLayer } from './read-layer.ts';

evidence('layers/reading', 'published', 'the root file systems of Alpine and BusyBox images');

class TestError extends AppError<'TEST'> {}

const REQUIRE = { integrity: 'require' } as const;
const REPORT = { integrity: 'report' } as const;
const zeros = `sha256:${'0'.repeat(64)}` as Digest;
const entries: readonly TarInput[] = [
  { path: 'bin', type: 'folder' },
  { path: 'bin/tool', content: '#!/bin/sh\n', mode: 0o755 },
  { path: 'bin/sh', type: 'symlink', link: 'tool' },
  { path: 'lib/data.txt', content: 'data' },
  { path: 'lib/empty.txt' },
  { path: 'lib/hard', type: 'hardlink', link: './lib/data.txt' },
  { path: 'lib/.wh.gone' },
  { path: 'cache/.wh..wh..opq' },
];
const texts = (file: { readonly path: string }): boolean => file.path.endsWith('.txt');

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return error.code;
  }
}

test('one reading gives the file table, the deletions and the facts', async () => {
  const analyser = textAnalyser('text', texts);
  for (const stored of [writeTar(entries), gzipSync(writeTar(entries)), zstdCompressSync(writeTar(entries))]) {
    const layer = layerOf(entries, { stored });
    const read = await readLayer(layer, [analyser], REQUIRE);
    assert.deepEqual(
      [...read.entries].map((entry) => [entry.path, entry.type, entry.link]),
      [
        ['bin', 'folder', undefined],
        ['bin/tool', 'file', undefined],
        ['bin/sh', 'symlink', 'tool'],
        ['lib/data.txt', 'file', undefined],
        ['lib/empty.txt', 'file', undefined],
        ['lib/hard', 'hardlink', 'lib/data.txt'],
      ],
    );
    assert.deepEqual([read.whiteouts, read.opaques], [['lib/gone'], ['cache']]);
    assert.deepEqual(read.facts, [
      { analyser: 'text', path: 'lib/data.txt', found: { unknowns: ['lib/data.txt=data'] } },
      { analyser: 'text', path: 'lib/empty.txt', found: { unknowns: ['lib/empty.txt='] } },
    ]);
    assert.deepEqual([read.unreadable, read.cached, read.actualDiffId], [[], false, layer.diffId]);
  }
});

test('executables, scripts and ELF binaries are hashed, other files are not', async () => {
  const sha256 = (content: string): string => createHash('sha256').update(content, 'latin1').digest('hex');
  const large = `\x7fELF${'x'.repeat(3_000_000)}`;
  const cases: readonly [string, string, number, boolean][] = [
    ['executable', 'text', 0o755, true],
    ['empty executable', '', 0o711, true],
    ['others only', 'text', 0o601, true],
    ['script', '#!/usr/bin/python', 0o644, true],
    ['library', '\x7fELF\x02', 0o644, true],
    ['large library', large, 0o644, true],
    ['text', 'text', 0o644, false],
    ['comment', '# text', 0o644, false],
    ['short', '#', 0o644, false],
    ['empty', '', 0o644, false],
  ];
  const layer = layerOf(
    cases.map(([path, content, mode]) => ({ path, content: Buffer.from(content, 'latin1'), mode })),
  );
  const read = await readLayer(layer, [], REQUIRE);
  assert.deepEqual(
    [...read.entries].map((entry) => [entry.path, entry.sha256]),
    cases.map(([path, content, , hashed]) => [path, hashed ? sha256(content) : undefined]),
  );
});

test('analysers see the head first, and only what they can hold', async () => {
  const heads: number[] = [];
  const large = textAnalyser('large', () => true, {
    maxFileBytes: 100,
    accepts: (head) => {
      heads.push(head.length);
      return head[0] !== 0x6e;
    },
  });
  const all = textAnalyser('all', () => true);
  const files = [
    ['a', 10],
    ['n', 10],
    ['b', 101],
    ['n2', 5000],
    ['c', 0],
    ['d', 64],
    ['e', 100],
  ] as const;
  const tar = writeTar(files.map(([path, size]) => ({ path, content: Buffer.alloc(size, path.charAt(0)) })));
  for (const chunk of [1, 7, 512, 1_000_000]) {
    heads.length = 0;
    const layer: Layer = { ...layerOf(tar), content: { kind: 'tar', open: () => chunksOf(tar, chunk) } };
    const read = await readLayer(layer, [large, all], REQUIRE);
    assert.ok(
      heads.every((length, index) => length >= Math.min(64, files[index]?.[1] ?? 0)),
      heads.join(),
    );
    assert.deepEqual(
      read.facts.filter((fact) => fact.analyser === 'large').map((fact) => fact.path),
      ['a', 'c', 'd', 'e'],
    );
    assert.deepEqual(
      read.facts.filter((fact) => fact.analyser === 'all').map((fact) => fact.found.unknowns?.[0]),
      files.map(([path, size]) => `${path}=${path.charAt(0).repeat(size)}`),
    );
    assert.deepEqual(read.unreadable, [
      { path: 'b', analyser: 'large', reason: 'file of 101 bytes, at most 100 are read' },
    ]);
  }
});

test('an analyser that throws gives an unreadable entry and the walk goes on', async () => {
  const fails = (error: Error, id: string): ReturnType<typeof textAnalyser> =>
    textAnalyser(id, texts, {
      read: () => {
        throw error;
      },
    });
  const facts = memoryFacts();
  const analysers = [
    fails(new TestError('TEST', 'not readable'), 'own'),
    fails(new TypeError('a bug'), 'bug'),
    textAnalyser('text', texts),
  ];
  const read = await readLayer(layerOf([{ path: 'a.txt', content: 'a' }]), analysers, { ...REQUIRE, facts });
  assert.deepEqual(read.unreadable, [
    { path: 'a.txt', analyser: 'own', reason: 'not readable' },
    { path: 'a.txt', analyser: 'bug', reason: 'internal error: a bug' },
  ]);
  assert.deepEqual(
    read.facts.map((fact) => fact.analyser),
    ['text'],
  );
  // In any order: they are kept at once.
  const kept = new Set([...facts.entries.keys()].map((key) => key.split('@')[0]));
  assert.deepEqual(kept, new Set(['own', 'text', 'layers/file-table']), 'the result of a bug is not kept');
  const broken = textAnalyser('wants', () => {
    throw new TypeError('a bug');
  });
  assert.equal((await readLayer(layerOf(entries), [broken], REQUIRE)).unreadable.length, 3);
});

test('a later entry of a path takes the place of the earlier one', async () => {
  const twice: readonly TarInput[] = [
    { path: 'a.txt', content: 'first' },
    { path: 'b.txt', content: 'only' },
    { path: './a.txt', content: 'second' },
    { path: 'b.txt', type: 'symlink', link: 'a.txt' },
  ];
  const read = await readLayer(layerOf(twice), [textAnalyser('text', texts)], REQUIRE);
  assert.deepEqual(
    read.facts.map((fact) => fact.found.unknowns),
    [['a.txt=second']],
  );
  assert.equal(read.entries.length, 4);
});

test('names that cannot be used are unreadable entries', async () => {
  const hostile = [
    headerBlock({ name: '../../etc/passwd', flag: '0' }),
    headerBlock({ name: '/etc/shadow', flag: '0' }),
    headerBlock({ name: 'a/.wh.', flag: '0' }),
    headerBlock({ name: 'x', flag: '1', link: '../x' }),
    headerBlock({ name: 'y', flag: 'M' }),
    extension('x', paxBody({ path: 'deep/'.repeat(5000) })),
    headerBlock({ name: 'deep', flag: '5' }),
    extension('x', paxBody({ path: 'd/'.repeat(1000) })),
    headerBlock({ name: 'deep', flag: '5' }),
    extension('K', Buffer.from(`${'t'.repeat(5000)}\0`)),
    headerBlock({ name: 'link', flag: '2' }),
    headerBlock({ name: './', flag: '2', link: 'a' }),
  ];
  const read = await readLayer(layerOf(Buffer.concat([...hostile, writeTar([])])), [], REQUIRE);
  assert.deepEqual(
    [...read.entries].map((entry) => entry.path),
    ['etc/shadow'],
  );
  const patterns = [
    /leaves the root: "..\/..\/etc\/passwd"/,
    /whiteout that names no file/,
    /hardlink to a path that leaves/,
    /unknown type "M"/,
    /25000 characters/,
    /more than 512 folders/,
    /5000 characters/,
    /root of the layer/,
  ];
  assert.equal(read.unreadable.length, patterns.length);
  for (const [index, pattern] of patterns.entries()) {
    assert.match(read.unreadable[index]?.reason ?? '', pattern);
    assert.equal(read.unreadable[index]?.analyser, 'layers');
  }
});

test('a layer whose digest lies is an error that names both', async () => {
  const stored = gzipSync(writeTar(entries));
  const layer = layerOf(entries, { stored, digest: zeros });
  await assert.rejects(readLayer(layer, [], REQUIRE), (error) => {
    assert.ok(isAppError(error));
    assert.deepEqual([error.code, error.expected, error.found], ['DIGEST_MISMATCH', zeros, digestOf(stored)]);
    return true;
  });
});

test('a layer whose diffID lies is an error that names both', async () => {
  const layer = layerOf(entries, { stored: gzipSync(writeTar(entries)), diffId: zeros });
  await assert.rejects(readLayer(layer, [], REQUIRE), (error) => {
    assert.ok(isAppError(error));
    assert.deepEqual(
      [error.code, error.expected, error.found],
      ['DIFF_ID_MISMATCH', zeros, digestOf(writeTar(entries))],
    );
    return true;
  });
});

test('a large layer is verified by the hashing thread', async () => {
  const tar = writeTar([{ path: 'a', content: Buffer.alloc(20_000_000, 'content') }]);
  for (const stored of [tar, gzipSync(tar, { level: 0 })]) {
    assert.equal(await codeOf(readLayer(layerOf(tar, { stored }), [], REQUIRE)), 'no error');
    assert.equal(await codeOf(readLayer(layerOf(tar, { stored, digest: zeros }), [], REQUIRE)), 'DIGEST_MISMATCH');
    assert.equal(await codeOf(readLayer(layerOf(tar, { stored, diffId: zeros }), [], REQUIRE)), 'DIFF_ID_MISMATCH');
    const sha512 = layerOf(tar, { stored, digest: digestOf(stored, 'sha512') });
    assert.equal(await codeOf(readLayer(sha512, [], REQUIRE)), 'no error');
  }
});

test('a mismatch that is only reported is an unreadable entry, and nothing of the layer is kept', async () => {
  const facts = memoryFacts();
  const layer = layerOf(entries, { digest: zeros, diffId: zeros });
  const read = await readLayer(layer, [textAnalyser('text', texts)], { ...REPORT, facts });
  assert.deepEqual(
    read.unreadable.map((entry) => [entry.path, entry.analyser]),
    [
      [null, 'integrity'],
      [null, 'integrity'],
    ],
  );
  assert.equal(read.facts.length, 2);
  assert.equal(read.actualDiffId, digestOf(writeTar(entries)));
  assert.equal(facts.entries.size, 0);
});

test('a layer that is cut is an error, or what could be read of it', async () => {
  const tar = writeTar(entries);
  const cases: readonly [Uint8Array, string][] = [
    [gzipSync(tar).subarray(0, 150), 'LAYER_CORRUPT'],
    [tar.subarray(0, 3 * 512 + 100), 'TAR_MALFORMED'],
  ];
  for (const [stored, code] of cases) {
    const layer = layerOf(tar, { stored });
    assert.equal(await codeOf(readLayer(layer, [], REQUIRE)), code);
    const facts = memoryFacts();
    const read = await readLayer(layer, [], { ...REPORT, facts });
    assert.deepEqual(
      read.unreadable.map((entry) => entry.analyser),
      ['integrity'],
    );
    assert.match(read.unreadable[0]?.reason ?? '', new RegExp(`^layer ${layer.digest}: `));
    assert.deepEqual([read.actualDiffId, facts.entries.size], [null, 0]);
  }
});

test('a layer that is not there', async () => {
  const layer: Layer = { ...layerOf(entries), content: { kind: 'missing' } };
  assert.equal(await codeOf(readLayer(layer, [], REQUIRE)), 'LAYER_MISSING');
  const read = await readLayer(layer, [], REPORT);
  assert.deepEqual([read.entries.length, read.facts, read.cached], [0, [], false]);
});

test('facts are kept per analyser and version, and what is kept is not read again', async () => {
  const facts = memoryFacts();
  const layer = layerOf(entries, { stored: gzipSync(writeTar(entries)) });
  const one = textAnalyser('one', texts);
  const first = await readLayer(layer, [one], { ...REQUIRE, facts });
  const second = await readLayer(layer, [one], { ...REQUIRE, facts });
  assert.equal(layer.opened, 1);
  assert.deepEqual([first.cached, second.cached], [false, true]);
  assert.deepEqual(
    { ...second, cached: false, entries: [...second.entries] },
    { ...first, entries: [...first.entries] },
  );
  assert.equal(second.entries.length, 6);

  const two = textAnalyser('two', texts);
  const third = await readLayer(layer, [one, two], { ...REQUIRE, facts });
  assert.deepEqual(
    [layer.opened, third.cached, one.seen.length, two.seen.length],
    [2, false, 2, 2],
    'only the new one runs',
  );
  assert.deepEqual(
    third.facts.map((fact) => fact.analyser),
    ['one', 'one', 'two', 'two'],
  );

  const newer = textAnalyser('one', texts, { version: 2 });
  await readLayer(layer, [newer], { ...REQUIRE, facts });
  assert.deepEqual([layer.opened, newer.seen.length], [3, 2]);
});

test('facts are kept per configuration: another cap on files, or other known paths', async () => {
  const facts = memoryFacts();
  const layer = layerOf(entries, { stored: gzipSync(writeTar(entries)) });
  const small = await readLayer(layer, [textAnalyser('one', texts, { maxFileBytes: 1 })], { ...REQUIRE, facts });
  assert.ok(small.unreadable.length > 0);
  const other = textAnalyser('one', texts);
  const large = await readLayer(layer, [other], { ...REQUIRE, facts });
  assert.deepEqual([layer.opened, large.cached, other.seen.length, large.unreadable], [2, false, 2, []]);
  const elsewhere = textAnalyser('one', texts, { knownPaths: ['etc/elsewhere'] });
  await readLayer(layer, [elsewhere], { ...REQUIRE, facts });
  assert.deepEqual([layer.opened, elsewhere.seen.length], [3, 2]);
});

test('kept facts that are damaged are read again', async () => {
  const facts = memoryFacts();
  const layer = layerOf(entries);
  const analyser = textAnalyser('text', texts);
  const first = await readLayer(layer, [analyser], { ...REQUIRE, facts });
  for (const [key, bytes] of facts.entries) {
    for (const damaged of [bytes.subarray(0, bytes.length / 2), Buffer.alloc(0), Buffer.from('{}'), flipped(bytes)]) {
      facts.entries.set(key, damaged);
      const again = await readLayer(layer, [analyser], { ...REQUIRE, facts });
      assert.equal(again.cached, false);
      assert.deepEqual({ ...again, entries: [...again.entries] }, { ...first, entries: [...first.entries] });
    }
  }
});

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[copy.length - 8] = (copy.at(-8) ?? 0) ^ 1;
  return copy;
}

test('aborting ends the reading with the reason', async () => {
  const controller = new AbortController();
  const tar = writeTar([{ path: 'a', content: Buffer.alloc(1_000_000) }]);
  const reading = readLayer(layerOf(tar), [], {
    ...REPORT,
    signal: controller.signal,
    progress: () => controller.abort(new Error('enough')),
  });
  await assert.rejects(reading, /^Error: enough$/);
});

test('progress counts the bytes as stored', async () => {
  const stored = gzipSync(writeTar(entries));
  const seen: number[] = [];
  await readLayer(layerOf(entries, { stored }), [], { ...REQUIRE, progress: (bytes) => seen.push(bytes) });
  assert.equal(seen.at(-1), stored.length);
});

test('real root file systems are read without a problem', { skip: missing('shared-data') }, async () => {
  const files = ['alpine-3.8.5-x86_64', 'alpine-3.20.3-aarch64', 'busybox-1.38.0-glibc-x86_64'];
  let count = 0;
  for (const name of files) {
    const path = data(`rootfs/${name}.tar.gz`);
    const open = (): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: 1 << 20 });
    const layer: Layer = { ...layerOf([]), digest: null, diffId: null, size: null, content: { kind: 'tar', open } };
    const read = await readLayer(layer, [textAnalyser('os', ({ path: file }) => file === 'etc/os-release')], REQUIRE);
    assert.deepEqual(read.unreadable, []);
    count += read.entries.length;
  }
  assert.ok(count > 1000, `${count} entries`);
});
