import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Io } from './io.ts';
import { assertWritable, type Output, writeOutput } from './outputs.ts';

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-outputs-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** For outputs that go into files. */
const io: Io = {
  out: () => assert.fail('nothing goes to standard output'),
  err: () => undefined,
  stdout: { isTerminal: false, columns: 80 },
  stderr: { isTerminal: false, columns: 80 },
  clock: { now: () => 0 },
  signal: new AbortController().signal,
  secret: async () => await Promise.resolve(null),
  ask: async () => await Promise.resolve(null),
  input: async () => await Promise.resolve(new Uint8Array()),
  interrupted: () => null,
  close: () => undefined,
};

function json(file: string): Output<'json'> {
  return { format: 'json', file };
}

test('a file is written whole, over the one that was there, and nothing is left beside it', async (context) => {
  const folder = temporaryFolder(context);
  const file = join(folder, 'a.json');
  for (const text of ['longer text', 'short']) {
    await assertWritable([json(file)]);
    await writeOutput(json(file), text, io);
    assert.equal(readFileSync(file, 'utf8'), text);
  }
  assert.deepEqual(readdirSync(folder), ['a.json']);
});

test('a link stays a link: what it leads to is written', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'real.json'), 'old');
  symlinkSync('real.json', join(folder, 'link.json'));
  await writeOutput(json(join(folder, 'link.json')), 'new', io);
  assert.ok(lstatSync(join(folder, 'link.json')).isSymbolicLink());
  assert.equal(readFileSync(join(folder, 'real.json'), 'utf8'), 'new');
});

test('what is no regular file is written to and not replaced', async (context) => {
  const pipe = join(temporaryFolder(context), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await assertWritable([json(pipe)]);
  const reader = Promise.withResolvers<string>();
  execFile('cat', [pipe], (error, out) => (error === null ? reader.resolve(out) : reader.reject(error)));
  await writeOutput(json(pipe), 'report', io);
  assert.equal(await reader.promise, 'report');
  assert.ok(lstatSync(pipe).isFIFO());
});

test('what cannot be written is noticed before the work starts', async (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, 'folder'));
  for (const name of ['no/such/a.json', 'folder']) {
    const output = json(join(folder, name));
    const expected = { code: 'OUTPUT_UNWRITABLE', object: output.file };
    await assert.rejects(assertWritable([output]), expected);
    await assert.rejects(writeOutput(output, 'x', io), expected);
  }
  await assertWritable([{ format: 'table', file: null }]);
});
