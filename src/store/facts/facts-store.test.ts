import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import type { Clock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import type { FactsKey } from '#model/ports.ts';
import { evidence } from '#test/evidence.ts';
import { openFactsStore } from './facts-store.ts';

evidence(
  'store/layer-facts',
  'self-made',
  'four processes of the operating system that write and read the same keys at once',
);

const MiB = 1024 * 1024;
const NOON = '2024-06-01T12:00:00Z';

function key(name: string, analyser = 'npm', version = 1, configuration = '{}'): FactsKey {
  return { diffId: digestOf(name), analyser, version, configuration };
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-facts-'));
  try {
    await use(join(folder, 'facts'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .toSorted();
}

/** A clock that goes on by a second with every look. */
function tickingClock(): Clock {
  let now = Date.parse(NOON);
  return { now: () => (now += 1000) };
}

test('what was put is got, per diffID, analyser, version and configuration, also by another store', async () => {
  await inFolder(async (folder) => {
    const store = openFactsStore(folder, { maxBytes: MiB });
    assert.equal(await store.get(key('a')), null);
    const others = [key('a', 'dpkg'), key('a', 'npm', 2), key('a', 'npm', 1, '{"x":1}')];
    const keys = [key('a'), key('b'), ...others, key('a', '__proto__'), key('a', '../../x')];
    for (const [index, item] of keys.entries()) {
      await store.put(item, Buffer.from(`content ${index}`));
    }
    await store.put(key('a'), Buffer.from('newer'));
    await store.put(key('empty'), Buffer.alloc(0));
    const other = openFactsStore(folder, { maxBytes: MiB });
    const found = await Promise.all(keys.map((item) => other.get(item)));
    assert.deepEqual(found.map(String), ['newer', ...keys.slice(1).map((_, index) => `content ${index + 1}`)]);
    assert.deepEqual(await other.get(key('empty')), Buffer.alloc(0));
    const files = filesIn(folder);
    assert.equal(files.length, keys.length + 1);
    for (const file of files) {
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.match(file.slice(folder.length), /^\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/);
    }
  });
});

test('a damaged entry reads as absent, whichever byte it is', async () => {
  await inFolder(async (folder) => {
    const store = openFactsStore(folder, { maxBytes: MiB });
    await store.put(key('a'), Buffer.from('some content of an entry'));
    const [file = ''] = filesIn(folder);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x20;
      writeFileSync(file, damaged);
      assert.equal(await store.get(key('a')), null, `byte ${at}`);
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        writeFileSync(file, bytes);
        assert.equal(await store.get(key('a')), null);
      }),
      { numRuns: 100 },
    );
    writeFileSync(file, whole.subarray(0, -1));
    assert.equal(await store.get(key('a')), null);
    writeFileSync(file, whole);
    assert.equal(String(await store.get(key('a'))), 'some content of an entry');
  });
});

test('an entry under the name of another reads as absent', async () => {
  await inFolder(async (folder) => {
    const store = openFactsStore(folder, { maxBytes: MiB });
    await store.put(key('a'), Buffer.from('a'));
    const [first = ''] = filesIn(folder);
    const content = readFileSync(first);
    await store.put(key('b'), Buffer.from('b'));
    const [second = ''] = filesIn(folder).filter((file) => file !== first);
    writeFileSync(second, content);
    assert.equal(await store.get(key('b')), null);
    assert.equal(String(await store.get(key('a'))), 'a');
  });
});

test('the least recently used entries go when the store is full', async () => {
  await inFolder(async (folder) => {
    const store = openFactsStore(folder, { maxBytes: 10_000, clock: tickingClock() });
    const content = Buffer.alloc(1800);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await store.put(key(name), content);
    }
    assert.ok((await store.get(key('a'))) !== null, 'reading is a use');
    await store.put(key('f'), content);
    const left: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      if ((await store.get(key(name))) !== null) {
        left.push(name);
      }
    }
    assert.deepEqual(left, ['a', 'd', 'e', 'f']);
    await store.put(key('huge'), Buffer.alloc(10_000));
    assert.equal(await store.get(key('huge')), null, 'what does not fit is not kept');
    assert.ok((await store.get(key('a'))) !== null);
  });
});

test('a store opened over a folder that is too large makes room with its first write', async () => {
  await inFolder(async (folder) => {
    const first = openFactsStore(folder, { maxBytes: MiB, clock: tickingClock() });
    for (let index = 0; index < 20; index += 1) {
      await first.put(key(`old ${index}`), Buffer.alloc(1000));
    }
    await openFactsStore(folder, { maxBytes: 5000 }).put(key('new'), Buffer.alloc(1000));
    const size = filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0);
    assert.ok(size <= 5000, `${size} bytes`);
    assert.ok((await first.get(key('new'))) !== null);
  });
});

test('leftovers of dead writers are removed after an hour', async () => {
  await inFolder(async (folder) => {
    const clock: Clock = { now: () => Date.parse(NOON) };
    await openFactsStore(folder, { maxBytes: MiB, clock }).put(key('a'), Buffer.from('a'));
    const [file = ''] = filesIn(folder);
    const leftover = (name: string, minutes: number): string => {
      const path = join(file, '..', name);
      writeFileSync(path, 'half');
      const time = clock.now() / 1000 - minutes * 60;
      utimesSync(path, time, time);
      return path;
    };
    const dead = leftover('tmp-1-dead', 61);
    const alive = leftover('tmp-2-alive', 59);
    await openFactsStore(folder, { maxBytes: MiB, clock }).put(key('b'), Buffer.from('b'));
    assert.deepEqual([existsSync(dead), existsSync(alive)], [false, true]);
  });
});

test('a store that cannot write keeps nothing and says nothing', async () => {
  await inFolder(async (folder) => {
    writeFileSync(folder, 'a file where the folder should be');
    const store = openFactsStore(folder, { maxBytes: MiB });
    await store.put(key('a'), Buffer.from('a'));
    assert.equal(await store.get(key('a')), null);
    chmodSync(folder, 0o600);
  });
});

/** Writes and reads twenty keys over and over; whatever is read must be whole. */
const WRITER = `
import { openFactsStore } from '#store/facts/index.ts';
import { digestOf } from '#base/digest.ts';
const [folder, id] = process.argv.slice(1);
const store = openFactsStore(folder, { maxBytes: 60_000 });
let found = 0;
for (let round = 0; round < 150; round += 1) {
  const name = String((round * 7 + Number(id)) % 20);
  const key = { diffId: digestOf(name), analyser: 'a', version: 1, configuration: '{}' };
  const bytes = await store.get(key);
  if (bytes !== null) {
    found += 1;
    const text = Buffer.from(bytes).toString();
    if (text.length !== 5000 || text !== text.charAt(0).repeat(5000)) { throw new Error('torn entry of ' + name); }
  }
  await store.put(key, Buffer.alloc(5000, 'a'.charCodeAt(0) + Number(id)));
}
console.log(found);
`;

test('several processes write, read and evict the same keys at once', async () => {
  await inFolder(async (folder) => {
    const writers = Array.from({ length: 5 }, async (_, id) => {
      const cwd = join(import.meta.dirname, '../../..');
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', WRITER, folder, String(id)], {
        cwd,
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const [status] = (await once(child, 'close')) as [number];
      assert.equal(status, 0, output);
      return Number(output);
    });
    const found = await Promise.all(writers);
    assert.ok(found.reduce((sum, count) => sum + count, 0) > 100, `${found.join()} entries were read`);
    assert.deepEqual(
      filesIn(folder).filter((file) => file.includes('tmp-')),
      [],
    );
    const size = filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0);
    assert.ok(size <= 60_000 + 5 * 5200, `${size} bytes`);
  });
});
