import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { evidence } from '#test/evidence.ts';
import { BLOCK, inFolder } from '#test/fixtures/cache.ts';
import { openCache } from './cache.ts';

evidence(
  'scan/cache',
  'self-made',
  'processes of the operating system that write, read, evict and prune the same entries at once',
);

const PROGRAM = `
import { openCache } from '#store/cache/index.ts';
import { digestOf } from '#base/digest.ts';
const [folder, id, maxBytes] = process.argv.slice(1);
const cache = openCache(folder, { maxBytes: Number(maxBytes) });
`;

/** Writes and reads twenty keys and documents over and over; whatever is read must be whole. */
const WRITER = `${PROGRAM}
let found = 0;
for (let round = 0; round < 150; round += 1) {
  const name = String((round * 7 + Number(id)) % 20);
  const key = { diffId: digestOf(name), analyser: 'a', version: 1, configuration: '{}' };
  const bytes = await cache.facts.get(key);
  if (bytes !== null) {
    found += 1;
    const text = Buffer.from(bytes).toString();
    if (text.length !== 5000 || text !== text.charAt(0).repeat(5000)) { throw new Error('torn entry of ' + name); }
  }
  await cache.facts.put(key, Buffer.alloc(5000, 'a'.charCodeAt(0) + Number(id)));
  const document = Buffer.from('document ' + name);
  const kept = await cache.documents.get(digestOf(document));
  if (kept !== null && !document.equals(kept)) { throw new Error('another document than ' + name); }
  await cache.documents.put(digestOf(document), document);
}
console.log(found);
`;

const PRUNER = `${PROGRAM}
let removed = 0;
for (let round = 0; round < 60; round += 1) {
  const pruned = await cache.prune({ kind: 'all' });
  if (pruned.failed.length > 0) { throw new Error('not removed: ' + pruned.failed.join()); }
  removed += pruned.entries;
  await cache.status({ verify: true }).then(({ damaged }) => { if (damaged.length > 0) { throw new Error('damaged: ' + damaged.join()); } });
}
console.log(removed);
`;

async function runAll(folder: string, programs: readonly string[], maxBytes: number): Promise<readonly number[]> {
  return await Promise.all(
    programs.map(async (program, id) => {
      const child = spawn(
        process.execPath,
        ['--input-type=module-typescript', '-e', program, folder, String(id), String(maxBytes)],
        { cwd: join(import.meta.dirname, '../../..') },
      );
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const [status] = (await once(child, 'close')) as [number];
      assert.equal(status, 0, output);
      return Number(output);
    }),
  );
}

function assertNoTemporaries(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    names.filter((name) => name.includes('tmp-')),
    [],
  );
}

test('several processes write, read and evict the same keys at once', async () => {
  await inFolder(async (folder) => {
    const limit = 20 * BLOCK;
    const found = await runAll(folder, [WRITER, WRITER, WRITER, WRITER, WRITER], limit);
    assert.ok(found.reduce((sum, count) => sum + count, 0) > 100, `${found.join()} entries were read`);
    assertNoTemporaries(folder);
    const { bytes, damaged } = await openCache(folder, { maxBytes: limit }).status({ verify: true });
    // What others write while one counts may be missed until the next count.
    assert.ok(bytes <= limit + 10 * 2 * BLOCK, `${bytes} bytes`);
    assert.deepEqual(damaged, []);
  });
});

test('several processes prune everything while others write and read', async () => {
  await inFolder(async (folder) => {
    const [, , , ...removed] = await runAll(folder, [WRITER, WRITER, WRITER, PRUNER, PRUNER], 1000 * BLOCK);
    assert.ok(removed.reduce((sum, count) => sum + count, 0) > 50, `${removed.join()} entries were removed`);
    assertNoTemporaries(folder);
  });
});
