import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ImageFacts, readImageFacts } from '#lib/layers/index.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Image } from '#model/image.ts';
import { evidence } from '#test/evidence.ts';
import { hostileAnalysers } from '#test/fixtures/hostile-analysers.ts';
import { imageOf, layerOf, memoryFacts } from '#test/fixtures/layers.ts';
import { temporaryFolder } from '#test/fixtures/open-images.ts';
import type { TarInput } from '#test/fixtures/tar-writer.ts';
import { type AnalysisProgram, CATALOGERS } from './command.ts';
import { createLayerProcesses, type LayerProcesses, type LayerProcessesOptions } from './layer-processes.ts';

evidence(
  'scan/isolation',
  'self-made',
  'analysers that do what one that was taken over could do, in processes as in production',
);

const MiB = 1024 * 1024;
const REQUIRE = { integrity: 'require' } as const;
const FIXTURES = resolve(import.meta.dirname, '../../../test');

/** The hostile analysers, which read their own folder beside what the catalogers read. */
const HOSTILE: AnalysisProgram = {
  entry: resolve(FIXTURES, 'fixtures/hostile-analysers-process.ts'),
  readable: [...CATALOGERS.readable, FIXTURES],
};

function processesFor(context: TestContext, options: Partial<LayerProcessesOptions> = {}): LayerProcesses {
  const processes = createLayerProcesses({
    processes: 2,
    program: HOSTILE,
    memoryBytes: 256 * MiB,
    stallSeconds: 60,
    ...options,
  });
  context.after(() => processes.close());
  return processes;
}

const file = (path: string, content: string | Uint8Array = path): TarInput => ({ path, content });

function analysers(...ids: readonly string[]): readonly Analyser[] {
  return ids.map((id) => {
    const analyser = hostileAnalysers.find((candidate) => candidate.id === id);
    assert.ok(analyser !== undefined, id);
    return analyser;
  });
}

function imageWith(...entries: readonly TarInput[]): Image {
  return imageOf(layerOf([file('good/before'), ...entries, file('good/after')]));
}

/** What was found and what could not be read, in one line each. */
function linesOf({ live, unreadable }: ImageFacts): readonly string[] {
  return [
    ...live.map(({ fact }) => `${fact.analyser}: ${fact.found.unknowns?.join() ?? ''}`),
    ...unreadable.map(({ analyser, path, reason }) => `${analyser} ${path}: ${reason}`),
  ];
}

const GOOD = ['good: good/after=good/after', 'good: good/before=good/before'];

/** Only of what hangs: on a machine that is busy elsewhere, the others may make no progress for longer than that. */
const STALL_SECONDS = 4;
const STALLED = /^the analysis process was stopped: no progress for 4 seconds$/;

/** The deed, and what is said of it; null where it is prevented without the analyser noticing. */
const DEEDS: readonly (readonly [id: string, said: RegExp | null])[] = [
  ['loop', STALLED],
  ['asked', STALLED],
  ['accepting', STALLED],
  ['buffers', /^the analysis process was stopped: used more than 256 MiB of memory$/],
  ['objects', /^the analysis process was stopped: used more than 256 MiB of memory$/],
  ['abort', /^the analysis process crashed: ended by SIGABRT$/],
  ['exit', /^the analysis process ended before its work was done: exit code 0$/],
  ['throw', /^internal error: of the analyser$/],
  ['later', /^the analysis process was stopped: error that nobody caught: "after it had returned"$/],
  ['garbage', /^the analysis process was stopped: sent a message of the unknown type 116: "this is no message/],
  ['forge', /^the analysis process was stopped: sent a file table that is none$/],
  ['giant', /too large: expected at most 67108864 bytes of facts from one layer/],
  ['socket', /error that nobody caught: "connect ERR_ACCESS_DENIED/],
  ['write', /^internal error: Access to this API has been restricted/],
  ['database', /^internal error: /],
  ['read', /^internal error: Access to this API has been restricted/],
  ['spawn', /^internal error: Access to this API has been restricted/],
  ['thread', /^internal error: Access to this API has been restricted/],
  ['signal', /^internal error: process.kill is not a function$/],
  ['environment', null],
];

for (const [id, said] of DEEDS) {
  test(`an analyser that does ${id} is contained, and another scan goes on beside it`, async (context) => {
    // Buffers would fill the machine if nobody watched them.
    const hangs = said === STALLED || id === 'buffers';
    const processes = processesFor(context, hangs ? { stallSeconds: STALL_SECONDS } : {});
    const loot = resolve(temporaryFolder(context), 'loot');
    const visitors = await listen(context);
    const content = id === 'socket' ? String(visitors.port) : id === 'read' ? '/etc/passwd' : loot;
    const facts = memoryFacts();
    const [read, other] = await Promise.all([
      readImageFacts(imageWith(file(`hostile/${id}`, content)), analysers('good', id), {
        ...REQUIRE,
        facts,
        reader: processes.read,
      }),
      readImageFacts(imageWith(file('good/other')), analysers('good', 'loop'), { ...REQUIRE, reader: processes.read }),
    ]);
    assert.deepEqual(linesOf(other), [...GOOD, 'good: good/other=good/other']);
    if (said === null) {
      assert.deepEqual(linesOf(read), [...GOOD, 'environment: {}']);
    } else {
      assert.deepEqual(linesOf(read).slice(0, 2), GOOD);
      const [entry, ...more] = read.unreadable;
      assert.deepEqual([entry?.analyser, entry?.path, more], [id, `hostile/${id}`, []]);
      assert.match(entry?.reason ?? '', said);
      // The second reading finds the good analyser's facts, and tries the other one again.
      const kept = [...facts.entries.keys()].map((key) => key.split('@')[0]);
      // Too much is found every time; whatever else ends a process may not do so the next time.
      assert.deepEqual(new Set(kept), new Set(['good', 'layers/file-table', ...(id === 'giant' ? ['giant'] : [])]));
    }
    assert.equal(existsSync(loot), false, 'nothing was written');
    assert.equal(visitors.count(), 0);
  });
}

/** A server on loopback that nobody should find. */
async function listen(context: TestContext): Promise<{ readonly port: number; readonly count: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  context.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { port: address.port, count: () => count };
}

test('what ends a process again and again is left out of the layer, which is named, and the rest is read', async (context) => {
  const { read } = processesFor(context);
  const image = imageWith(
    ...['hostile/stubborn-1', 'hostile/stubborn-2', 'hostile/stubborn-3'].map((path) => file(path)),
  );
  const facts = await readImageFacts(image, analysers('good', 'stubborn'), { ...REQUIRE, reader: read });
  const reason = 'the analysis process ended before its work was done: exit code 7';
  assert.deepEqual(linesOf(facts), [...GOOD, `stubborn null: ${reason}`, `stubborn hostile/stubborn-1: ${reason}`]);
});

test('one process serves many layers, and a folder is read by one that may read nothing else', async (context) => {
  const { read } = processesFor(context, { processes: 1 });
  const folder = temporaryFolder(context);
  mkdirSync(resolve(folder, 'good'));
  mkdirSync(resolve(folder, 'hostile'));
  writeFileSync(resolve(folder, 'good/file'), 'in the folder');
  writeFileSync(resolve(folder, 'hostile/read'), '/etc/hostname');
  const layer = { ...layerOf([]), diffId: null, digest: null, content: { kind: 'folder', path: folder } } as const;
  const large = layerOf([file('large', Buffer.alloc(9 * MiB, 'no thread may be started')), file('good/1')]);
  const facts = await readImageFacts(imageOf(large, layerOf([file('good/2')]), layer), analysers('good', 'read'), {
    ...REQUIRE,
    reader: read,
  });
  assert.deepEqual(
    facts.live.map(({ fact }) => fact.found.unknowns?.join()),
    ['good/1=good/1', 'good/2=good/2', 'good/file=in the folder'],
  );
  assert.match(facts.unreadable[0]?.reason ?? '', /^internal error: Access to this API has been restricted/);
});

test('a process that cannot be started is an error that says why', async (context) => {
  const { read } = processesFor(context, { program: { ...HOSTILE, readable: [] } });
  await assert.rejects(readImageFacts(imageWith(), analysers('good'), { ...REQUIRE, reader: read }), {
    code: 'ANALYSIS_PROCESS_FAILED',
    message: /exit code 1 "[^]*Access to this API has been restricted/,
  });
});
