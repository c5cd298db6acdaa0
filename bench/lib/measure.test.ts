import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missing } from '#test/prerequisites.ts';
import { measure, median } from './measure.ts';

const script = (code: string): readonly string[] => ['-e', code];

describe('what a run of a program costs', { skip: missing('linux-x64') }, () => {
  it('is nothing of the program that measures', async () => {
    const cost = await measure('true', []);
    assert.ok(cost.cpuSeconds < 0.5, JSON.stringify(cost));
    assert.ok(cost.treeBytes < 50e6, `${cost.treeBytes} bytes`);
  });

  it('counts time on the processor, also of children', async () => {
    const burn =
      'for (let used = 0; used < 300_000; ) { const { user, system } = process.cpuUsage(); used = user + system; }';
    const cost = await measure(process.execPath, script(burn));
    assert.ok(cost.cpuSeconds > 0.29, JSON.stringify(cost));
    const child = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}])`;
    const both = await measure(process.execPath, script(child));
    assert.ok(both.cpuSeconds > 0.29, JSON.stringify(both));
  });

  it('adds up the memory of parent and children', async () => {
    const child = 'const held = Buffer.alloc(200e6, 1); setTimeout(() => held.length, 500);';
    const parent = `const held = Buffer.alloc(200e6, 1);
      require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]).on('exit', () => held.length);`;
    const { treeBytes, largestBytes } = await measure(process.execPath, script(parent));
    assert.ok(largestBytes > 200e6 && largestBytes < 400e6, `${largestBytes} bytes`);
    assert.ok(treeBytes > 400e6, `${treeBytes} bytes`);
  });

  it('throws what the program says when it fails', async () => {
    await assert.rejects(measure('ls', ['/nowhere/at/all']), /exited with 2: .*\/nowhere\/at\/all/);
  });
});

it('the median is the middle, or what lies between the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});
