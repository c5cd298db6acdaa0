import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Image, Layer } from '#model/image.ts';
import type { LayerFacts } from '#model/layer.ts';
import { fakeProcess, poolOf, type Scripted, scripted } from '#test/fixtures/analysis-processes.ts';
import { imageOf, layerOf, memoryFacts, textAnalyser } from '#test/fixtures/layers.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import { type TarInput, writeTar } from '#test/fixtures/tar-writer.ts';
import { type ImageFacts, readImageFacts } from '../image/read-image.ts';
import type { LayerReader } from '../read-layer.ts';
import { encodeTable, type LayerTable } from '../table/codec.ts';
import { EMPTY_TABLE } from '../table/file-table.ts';
import { encodeFrame } from './frames.ts';
import { createIsolatedReader } from './isolated-reader.ts';
import type { AnalysisProcess } from './link.ts';
import { encodeVisit, FROM_PROCESS, PROTOCOL } from './protocol.ts';
import { LayerServer } from './serve.ts';

const LIMITS = { stallSeconds: 60, layerSeconds: 60 };
const file = (path: string, content: string | Uint8Array = path): TarInput => ({ path, content });

/** A reader whose processes work as they should, in this process. */
function readerWith(context: TestContext, analysers: readonly Analyser[]): LayerReader {
  const start = (): AnalysisProcess => fakeProcess((input, send) => new LayerServer(analysers, send).serve(input));
  return createIsolatedReader(poolOf(context, start), LIMITS);
}

const texts = (): Analyser => textAnalyser('texts', ({ path }) => path.endsWith('.txt'));
const release = (): Analyser =>
  textAnalyser('release', ({ path }) => path === 'etc/os-release', { knownPaths: ['etc/os-release', 'etc/release.d'] });
const picky = (): Analyser =>
  textAnalyser('picky', ({ size }) => size > 0, { accepts: (head) => head[0] === 0x41, maxFileBytes: 30 });

/** Everything that a reading gave, the tables included that layers have when they come from no cache. */
function wholeOf(facts: ImageFacts): unknown {
  const layers = (facts.layers as readonly LayerFacts[]).map((layer) => ({ ...layer, entries: [...layer.entries] }));
  return { layers, live: facts.live, unreadable: facts.unreadable, bytesRead: facts.bytesRead };
}

const IMAGES: Readonly<Record<string, (folder: string) => Image>> = {
  'files, links, whiteouts and duplicates': () =>
    imageOf(
      layerOf([
        { path: 'usr/', type: 'folder', mode: 0o755 },
        { ...file('usr/run.txt', '#!/bin/sh'), mode: 0o755 },
        file('usr/run.txt', 'A later one'),
        { path: 'usr/link', type: 'symlink', link: '../../run' },
        { path: 'usr/hard.txt', type: 'hardlink', link: 'usr/run.txt' },
        file('日本/ü.txt'),
      ]),
      layerOf([file('.wh.usr'), file('日本/.wh..wh..opq', ''), file('b.txt', 'A')]),
    ),
  'files that are read late, under the names that links give them': () =>
    imageOf(
      layerOf([file('opt/release', 'ID=a'), file('opt/d/one', '1'), file('opt/d/two', '2')]),
      layerOf([
        { path: 'etc/os-release', type: 'symlink', link: '../opt/release' },
        { path: 'etc/release.d', type: 'symlink', link: '/opt/d' },
      ]),
    ),
  'a layer that is larger than one message, and compressed': () =>
    imageOf(
      (() => {
        const tar = writeTar([file('large', Buffer.alloc(5_000_000, 'A large file')), file('a.txt')]);
        return layerOf(tar, { stored: gzipSync(tar) });
      })(),
    ),
  'files past an analyser’s limit and entries out of the root': () =>
    imageOf(layerOf([file('long', 'A'.repeat(31)), file('../../out', 'A'), file('short', 'A')])),
  'a tar without an end and without digests': () => {
    const tar = writeTar([file('a.txt')]);
    return imageOf({ ...layerOf(tar.subarray(0, 1024), { diffId: null }), digest: null });
  },
  'a layer that is not what was promised': () => imageOf(layerOf([file('a.txt')], { diffId: digestOf('other') })),
  'a blob that is not what was promised': () => imageOf(layerOf([file('a.txt')], { digest: digestOf('other') })),
  'a damaged tar': () => {
    const tar = Buffer.from(writeTar([file('a.txt'), file('b.txt')]));
    tar.fill('x', 1024, 1536);
    return imageOf(layerOf(tar));
  },
  'a damaged compressed layer': () => imageOf(layerOf([], { stored: gzipSync(Buffer.alloc(9000)).subarray(0, 25) })),
  'a missing blob': () => imageOf({ ...layerOf([]), content: { kind: 'missing' } }),
  'no content': () => imageOf(layerOf([], { stored: Buffer.alloc(0), diffId: digestOf('') })),
  'a folder': (folder) => {
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'etc/os-release'), 'ID=b');
    writeFileSync(join(folder, 'a.txt'), 'A');
    const layer: Layer = { ...layerOf([]), diffId: null, digest: null, content: { kind: 'folder', path: folder } };
    return imageOf(layer);
  },
};

for (const [name, make] of Object.entries(IMAGES)) {
  for (const integrity of ['report', 'require'] as const) {
    test(`${name}: read in another process is the same (integrity: ${integrity})`, async (context) => {
      const analysers = [texts(), release(), picky()];
      const image = make(temporaryFolder(context));
      const reader = readerWith(context, [texts(), release(), picky()]);
      const [here, there] = await Promise.allSettled([
        readImageFacts(image, analysers, { integrity }),
        readImageFacts(image, analysers, { integrity, reader }),
      ]);
      if (here.status === 'fulfilled') {
        assert.ok(there.status === 'fulfilled', there.status === 'rejected' ? String(there.reason) : '');
        assert.deepEqual(wholeOf(there.value), wholeOf(here.value));
      } else {
        assert.ok(there.status === 'rejected');
        assert.ok(isAppError(here.reason) && isAppError(there.reason));
        assert.deepEqual([there.reason.code, there.reason.message], [here.reason.code, here.reason.message]);
      }
    });
  }
}

test('facts are kept, and found again without a process', async (context) => {
  const [facts, analysers] = [memoryFacts(), [texts(), picky()]];
  const image = imageOf(layerOf([file('a.txt', 'A')]));
  const first = await readImageFacts(image, analysers, {
    integrity: 'require',
    facts,
    reader: readerWith(context, [texts(), picky()]),
  });
  const again = await readImageFacts(image, analysers, {
    integrity: 'require',
    facts,
    reader: () => Promise.reject(new Error('a process was asked')),
  });
  assert.deepEqual(again.live, first.live);
  assert.equal(again.layers[0]?.cached, true);
});

test('what a process says of other bytes than those it was given is believed of nothing', async (context) => {
  const facts = memoryFacts();
  const honest = layerOf([file('a.txt', 'A')]);
  // A hostile image names the diffID of a layer that many images have, and its own bytes; the process that these took over agrees.
  const lie = layerOf([file('b.txt', 'B')], { diffId: honest.diffId });
  const table = encodeFrame(FROM_PROCESS.table, encodeTable(NO_TABLE));
  const done = { actual: { tar: honest.diffId, ended: true }, failure: null, internal: [] };
  const answer = Buffer.concat([table, encodeFrame(FROM_PROCESS.done, JSON.stringify(done))]);
  const processes = scripted(context, [texts()], () => [answer, 'hangs']);
  const reader = createIsolatedReader(processes.pool, LIMITS);
  const lied = await readImageFacts(imageOf(lie), [texts()], { integrity: 'require', facts, reader });
  assert.deepEqual(lied.live, []);
  for (const more of [{}, { reader: readerWith(context, [texts()]) }]) {
    const read = await readImageFacts(imageOf(honest), [texts()], { integrity: 'require', facts, ...more });
    assert.deepEqual(
      read.live.map(({ path }) => path),
      ['a.txt'],
    );
  }
});

const enter = (analyser: number, path: string): Buffer =>
  encodeFrame(FROM_PROCESS.enter, encodeVisit({ analyser, file: path, path }));
const leave = encodeFrame(FROM_PROCESS.leave, '');

async function readWith({ pool }: Scripted, image: Image, analysers: readonly Analyser[]): Promise<ImageFacts> {
  const reader = createIsolatedReader(pool, LIMITS);
  return await readImageFacts(image, analysers, { integrity: 'require', reader });
}

function problemsOf(facts: ImageFacts): readonly string[] {
  return facts.unreadable.map(({ analyser, path, reason }) => `${analyser} ${path}: ${reason}`);
}

const CRASH = 'the analysis process crashed: ended by SIGABRT';

test('the file that ended a process is left out of the next, then its analyser, and the rest is read', async (context) => {
  const analysers = [texts(), picky()];
  const deaths = [enter(0, 'a.txt'), enter(0, 'b.txt')];
  const processes = scripted(context, analysers, (count) => {
    const answer = deaths[count - 1];
    return answer === undefined ? null : [answer, 'dies'];
  });
  const facts = await readWith(
    processes,
    imageOf(layerOf(['a.txt', 'b.txt', 'c.txt', 'A'].map((path) => file(path)))),
    analysers,
  );
  assert.deepEqual(
    processes.jobs.map(({ skip, without }) => [skip.map(({ path }) => path), without]),
    [
      [[], []],
      [['a.txt'], []],
    ],
  );
  assert.equal(processes.pool.started, 3);
  assert.deepEqual(problemsOf(facts), [`texts null: ${CRASH}`, `texts a.txt: ${CRASH}`]);
  assert.deepEqual(
    facts.live.map(({ path }) => path),
    ['A'],
  );
});

test('an end outside of all analysers is tried once more with more said, then the layer is not read', async (context) => {
  const analysers = [texts()];
  const dead = Buffer.concat([enter(0, 'a.txt'), leave]);
  const image = imageOf(layerOf([file('a.txt'), file('b.txt')]));
  const once = scripted(context, analysers, (count) => (count === 1 ? [dead, 'dies'] : null));
  const read = await readWith(once, image, analysers);
  assert.deepEqual([problemsOf(read), read.live.length], [[], 2]);
  const twice = scripted(context, analysers, (count) => (count <= 2 ? [dead, 'dies'] : null));
  const facts = await readWith(twice, image, analysers);
  assert.deepEqual(
    twice.jobs.map(({ careful }) => careful),
    [false, true],
  );
  assert.deepEqual([problemsOf(facts), facts.live], [[`layers null: ${CRASH}`], []]);
});

test('a layer cannot use up processes without end', async (context) => {
  const analysers = Array.from({ length: 20 }, (_, index) => textAnalyser(`a${index}`, () => true));
  const processes = scripted(context, analysers, (count) => [enter(count % 20, 'a'), 'dies']);
  const facts = await readWith(processes, imageOf(layerOf([file('a')])), analysers);
  assert.equal(processes.pool.started, 9);
  assert.deepEqual(problemsOf(facts).slice(0, 1), [`layers null: ${CRASH}`]);
});

test('a late reading that fails is an entry of every file that it was for', async (context) => {
  const analysers = [release()];
  const image = imageOf(
    layerOf([file('opt/release', 'ID=a'), { path: 'etc/os-release', type: 'symlink', link: '/opt/release' }]),
  );
  const processes = scripted(context, analysers, (count) => (count === 1 ? null : [leave, 'dies']));
  const facts = await readWith(processes, image, analysers);
  assert.deepEqual(problemsOf(facts), [`release etc/os-release: ${CRASH}`]);
  assert.equal(facts.live.length, 0);
});

test('whatever a process answers, the scan ends: with what is there, or with an entry that says what is not', async (context) => {
  const type = fc.constantFrom(...Object.values(FROM_PROCESS), 0, 255);
  const json = fc.oneof(
    fc.json(),
    fc.constant('{"actual":null,"failure":null,"internal":[]}'),
    fc.constant(`{"actual":{"tar":"${digestOf('')}","ended":true},"failure":null,"internal":[0]}`),
    fc.constant('{"analyser":0,"visit":null,"facts":[{"analyser":"texts","path":"x","found":{"packages":[{}]}}]}'),
    fc.constant('{"analyser":0,"visit":null,"unreadable":[{"analyser":"picky","path":"x","reason":""}]}'),
    fc.constant('{"visit":{"analyser":0,"file":"a.txt","path":"a.txt"},"message":"m"}'),
  );
  const frame = fc.oneof(
    fc.tuple(type, json).map(([of, text]) => encodeFrame(of, text)),
    fc.tuple(type, fc.uint8Array()).map(([of, bytes]) => encodeFrame(of, bytes)),
    fc.constant(encodeFrame(FROM_PROCESS.table, encodeTable(NO_TABLE))),
    fc.constant(enter(0, 'a.txt')),
  );
  const image = imageOf(layerOf([file('a.txt')]));
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 4 }), async (frames) => {
      const processes = scripted(context, [texts()], () => [Buffer.concat(frames), 'dies']);
      const reader = createIsolatedReader(processes.pool, LIMITS);
      const { live, unreadable } = await readImageFacts(image, [texts()], { integrity: 'report', reader });
      assert.ok(unreadable.length > 0 || live.length > 0);
    }),
    { numRuns: 150 },
  );
});

test('a process that says the layer has ended before it can know is not believed', async (context) => {
  const done = encodeFrame(
    FROM_PROCESS.done,
    `{"actual":{"tar":"${digestOf('')}","ended":true},"failure":null,"internal":[]}`,
  );
  const pool = poolOf(context, () =>
    fakeProcess(async (input, send) => {
      send(encodeFrame(FROM_PROCESS.ready, String(PROTOCOL)));
      for await (const _chunk of input) {
        send(Buffer.concat([encodeFrame(FROM_PROCESS.table, encodeTable(NO_TABLE)), done]));
      }
    }),
  );
  const layer = layerOf([], { diffId: digestOf('') });
  const slow: Layer = { ...layer, digest: null, content: { kind: 'tar', open: () => neverEnding() } };
  const reader = createIsolatedReader(pool, LIMITS);
  const facts = await readImageFacts(imageOf(slow), [texts()], { integrity: 'require', reader });
  assert.match(problemsOf(facts)[0] ?? '', /^layers null: .*sent an end before it had everything$/);
});

test('a process that sends a table in crumbs, each of which would hold on to a chunk, is stopped', async (context) => {
  const image = imageOf(layerOf([file('a.txt')]));
  for (const crumbs of [['x', 'y'], ['']]) {
    const answer = Buffer.concat(crumbs.map((crumb) => encodeFrame(FROM_PROCESS.table, crumb)));
    const processes = scripted(context, [texts()], () => [answer, 'hangs']);
    const facts = await readWith(processes, image, [texts()]);
    assert.match(problemsOf(facts)[0] ?? '', /^layers null: .*sent a file table in crumbs$/);
  }
});

test('a process that has neither a digest nor a reason why not is not believed', async (context) => {
  const answer = Buffer.concat([
    encodeFrame(FROM_PROCESS.table, encodeTable(NO_TABLE)),
    encodeFrame(FROM_PROCESS.done, '{"actual":null,"failure":null,"internal":[]}'),
  ]);
  const processes = scripted(context, [texts()], () => [answer, 'hangs']);
  const facts = await readWith(processes, imageOf(layerOf([file('a.txt')])), [texts()]);
  assert.match(problemsOf(facts)[0] ?? '', /^layers null: .*sent an end without a digest and without a reason$/);
});

async function* neverEnding(): AsyncGenerator<Uint8Array> {
  for (;;) {
    await new Promise((next) => setTimeout(next, 1));
    yield Buffer.alloc(512);
  }
}

test('errors of the source pass through, and a signal ends the reading', async (context) => {
  const broken = new Error('the network is gone');
  const layer = layerOf([file('a.txt')]);
  const failing: Layer = {
    ...layer,
    content: {
      kind: 'tar',
      open: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(broken) }) }),
    },
  };
  const reader = readerWith(context, [texts()]);
  await assert.rejects(readImageFacts(imageOf(failing), [texts()], { integrity: 'report', reader }), broken);
  const endless: Layer = { ...layer, content: { kind: 'tar', open: () => neverEnding() } };
  const stop = new AbortController();
  const reading = readImageFacts(imageOf(endless), [texts()], {
    integrity: 'report',
    reader,
    signal: stop.signal,
    progress: () => stop.abort(new Error('enough')),
  });
  await assert.rejects(reading, /enough/);
});

test('a process that takes nothing and says nothing is stopped, one that waits for bytes is not', async (context) => {
  const analysers = [texts()];
  const limits = { stallSeconds: 2, layerSeconds: 60 };
  const hung = scripted(context, analysers, (count) => (count === 1 ? [enter(0, 'a.txt'), 'hangs'] : null));
  const image = imageOf(layerOf([file('a.txt'), file('b.txt')]));
  const facts = await readImageFacts(image, analysers, {
    integrity: 'require',
    reader: createIsolatedReader(hung.pool, limits),
  });
  assert.deepEqual(problemsOf(facts), ['texts a.txt: the analysis process was stopped: no progress for 2 seconds']);
  const tar = writeTar([file('a.txt')]);
  const slow: Layer = {
    ...layerOf(tar),
    content: {
      kind: 'tar',
      async *open() {
        yield tar.subarray(0, 512);
        await new Promise((next) => setTimeout(next, 2500));
        yield tar.subarray(512);
      },
    },
  };
  const patient = scripted(context, analysers, () => null);
  const read = await readImageFacts(imageOf(slow), analysers, {
    integrity: 'require',
    reader: createIsolatedReader(patient.pool, limits),
  });
  assert.deepEqual([problemsOf(read), read.live.length, patient.pool.started], [[], 1, 1]);
});

test('a process that is never done is stopped after its time', async (context) => {
  const pool = poolOf(context, () =>
    fakeProcess(async (_input, send, isOpen) => {
      send(encodeFrame(FROM_PROCESS.ready, String(PROTOCOL)));
      while (isOpen()) {
        await new Promise((next) => setTimeout(next, 20));
        send(leave);
      }
    }),
  );
  const reader = createIsolatedReader(pool, { ...LIMITS, layerSeconds: 0.3 });
  const facts = await readImageFacts(imageOf(layerOf([file('a.txt')])), [texts()], { integrity: 'require', reader });
  assert.deepEqual(problemsOf(facts), [
    'layers null: the analysis process was stopped: worked on the layer for more than 0.3 seconds',
  ]);
});

const NO_TABLE: LayerTable = { table: EMPTY_TABLE, whiteouts: [], opaques: [], unreadable: [] };
