import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Digest, digestOf } from '#base/digest.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import { chunksOf, imageOf, layerOf, textAnalyser } from '#test/fixtures/layers.ts';
import { type TarInput, writeTar } from '#test/fixtures/tar-writer.ts';
import { readImageFacts } from '../image/read-image.ts';
import { readLayer } from '../read-layer.ts';
import { LayerThreads } from './layer-threads.ts';

const PROGRAM = new URL('../../../../test/fixtures/text-analysers-thread.ts', import.meta.url);
const REQUIRE = { integrity: 'require' } as const;
const MiB = 1024 * 1024;

const analysers: readonly Analyser[] = [
  textAnalyser('text', ({ path }) => path.endsWith('.txt')),
  {
    ...textAnalyser('broken', ({ path }) => path.endsWith('.broken')),
    read: () => {
      throw new TypeError('a bug');
    },
  },
];
const file = (path: string, content: string | Uint8Array = path): TarInput => ({ path, content });

function threadsFor(context: TestContext, limit = 2): LayerThreads {
  const threads = new LayerThreads(PROGRAM, limit);
  context.after(() => threads.close());
  return threads;
}

/** Text, links, deletions, executables and something that fills a few slots. */
function layers(): readonly Layer[] {
  const tar = writeTar([
    file('a.txt'),
    { ...file('run', '#!/bin/sh'), mode: 0o755 },
    { path: 'link', type: 'symlink', link: 'a.txt' },
    { path: 'hard', type: 'hardlink', link: 'a.txt' },
    file('.wh.gone', ''),
    file('dir/.wh..wh..opq', ''),
    file('x.broken'),
    file('noise', randomBytes(5 * MiB)),
    file('b.txt'),
  ]);
  return [layerOf(tar), layerOf(tar, { stored: gzipSync(tar) }), layerOf(tar, { stored: zstdCompressSync(tar) })];
}

test('a layer read on a thread is the same as one read here', async (context) => {
  const threads = threadsFor(context);
  await Promise.all(
    layers().map(async (layer) => {
      const there = await readLayer(layer, analysers, { ...REQUIRE, reader: threads.read });
      const here = await readLayer(layer, analysers, REQUIRE);
      assert.deepEqual({ ...there, entries: [...there.entries] }, { ...here, entries: [...here.entries] });
      assert.deepEqual(there.facts.length, 2);
      assert.equal(there.sound, false, 'an internal error is not kept');
    }),
  );
});

test('layers wait for a thread when there are more of them', async (context) => {
  const threads = threadsFor(context, 1);
  const many = Array.from({ length: 6 }, (_, index) => layerOf([file(`${index}.txt`)]));
  const read = await Promise.all(
    many.map((layer) => readLayer(layer, analysers, { ...REQUIRE, reader: threads.read })),
  );
  assert.deepEqual(
    read.map(({ facts }) => facts.map(({ path }) => path)),
    many.map((_, index) => [`${index}.txt`]),
  );
});

test('layers that are not what they should be end as here, and the next ones are read', async (context) => {
  const threads = threadsFor(context, 1);
  const [plain, packed] = layers();
  assert.ok(plain !== undefined && packed?.content.kind === 'tar');
  const stored = gzipSync(writeTar([file('noise', randomBytes(5 * MiB))]));
  const wrong = digestOf('wrong');
  const cases: readonly Layer[] = [
    { ...plain, digest: wrong },
    { ...packed, diffId: wrong },
    layerOf([], { stored: stored.subarray(0, 4 * MiB), diffId: wrong }),
    layerOf([], { stored: Buffer.concat([stored, Buffer.from('junk')]), diffId: wrong }),
    layerOf(Buffer.alloc(3 * MiB, 'no tar'), { diffId: wrong }),
  ];
  for (const layer of cases) {
    for (const integrity of ['require', 'report'] as const) {
      const [here, there] = await Promise.allSettled([
        readLayer(layer, analysers, { integrity }),
        readLayer(layer, analysers, { integrity, reader: threads.read }),
      ]);
      assert.deepEqual(outcome(there), outcome(here));
    }
    assert.equal((await readLayer(plain, analysers, { ...REQUIRE, reader: threads.read })).entries.length, 7);
  }
});

function outcome(settled: PromiseSettledResult<Awaited<ReturnType<typeof readLayer>>>): unknown {
  return settled.status === 'rejected'
    ? String(settled.reason)
    : { ...settled.value, entries: [...settled.value.entries] };
}

test('errors of the source and aborting pass through', async (context) => {
  const threads = threadsFor(context, 1);
  const [layer] = layers();
  assert.ok(layer?.content.kind === 'tar');
  const { open } = layer.content;
  const failing: Layer = {
    ...layer,
    content: {
      kind: 'tar',
      open: async function* () {
        yield* chunksOf(new Uint8Array(100_000));
        throw new Error('connection lost');
      },
    },
  };
  await assert.rejects(readLayer(failing, analysers, { ...REQUIRE, reader: threads.read }), /^Error: connection lost$/);
  const controller = new AbortController();
  const aborting: Layer = {
    ...layer,
    content: {
      kind: 'tar',
      open: async function* () {
        for await (const chunk of open()) {
          yield chunk;
          controller.abort(new Error('enough'));
        }
      },
    },
  };
  const options = { ...REQUIRE, reader: threads.read, signal: controller.signal };
  await assert.rejects(readLayer(aborting, analysers, options), /enough/);
  assert.equal((await readLayer(layer, analysers, { ...REQUIRE, reader: threads.read })).facts.length, 2);
});

test('an analyser that the thread does not have is a fault of the program', async (context) => {
  const threads = threadsFor(context, 1);
  const other = textAnalyser('other', () => true);
  await assert.rejects(readLayer(layerOf([file('a')]), [other], { ...REQUIRE, reader: threads.read }), /found others/);
});

test('an image of several large layers is read on threads, and is the same as without', async () => {
  const noise = (seed: string): Layer => {
    const tar = writeTar([file(`${seed}.txt`), file('noise', randomBytes(17 * MiB))]);
    return layerOf(tar);
  };
  const image = imageOf(noise('a'), noise('b'), noise('c'));
  const [here, there] = await Promise.all([
    readImageFacts(image, analysers, REQUIRE),
    readImageFacts(image, analysers, { ...REQUIRE, thread: PROGRAM }),
  ]);
  const plain = (facts: typeof here): unknown => ({
    ...facts,
    layers: facts.layers.map(({ diffId }) => diffId as Digest),
  });
  assert.deepEqual(plain(there), plain(here));
  assert.equal(there.live.length, 3);
});
