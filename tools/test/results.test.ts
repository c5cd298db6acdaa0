import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { failuresIn, refusedSkips, runTests } from './results.ts';

const SAMPLE = `
import { describe, it } from 'node:test';
describe('outer', () => {
  it('passes', () => {});
  it('fails', () => { throw new Error('no'); });
  it('lacks a tool', { skip: 'needs a tool' }, () => {});
  it('is lazy', { skip: true }, () => {});
  it('is not skipped', { skip: false }, () => {});
  it('is to do', { todo: 'later' }, () => { throw new Error('not yet'); });
});
describe('whole suite', { skip: 'slow' }, () => { it('inside', () => {}); });
`;

describe('a test run', () => {
  it('tells what became of each test', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-run-'));
    try {
      const file = join(folder, 'sample.test.ts');
      writeFileSync(file, SAMPLE);
      const { status, output, results } = await runTests(['--test-isolation=none', file]);
      assert.equal(status, 1);
      assert.match(failuresIn(output), /^✖ failing tests:[\s\S]*fails/);
      assert.deepEqual(
        results.map(({ name, kind, state, reason }) => [name, kind, state, reason]),
        [
          ['passes', 'test', 'passed', ''],
          ['fails', 'test', 'failed', ''],
          ['lacks a tool', 'test', 'skipped', 'needs a tool'],
          ['is lazy', 'test', 'skipped', ''],
          ['is not skipped', 'test', 'passed', ''],
          ['is to do', 'test', 'skipped', 'later'],
          ['outer', 'suite', 'failed', ''],
          ['whole suite', 'suite', 'skipped', 'slow'],
        ],
      );
      assert.deepEqual(refusedSkips(results, false), [
        'is lazy: skipped without a reason',
        'is to do: skipped because it later',
        'whole suite: skipped because it slow',
      ]);
      assert.equal(refusedSkips(results, true).length, 4);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
