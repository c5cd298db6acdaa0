import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { watchMemory } from './memory.ts';

const MB = 1_000_000;

/** A process that holds so much until it is killed; it is there when this resolves. */
async function holding(bytes: number, context: TestContext): Promise<number> {
  const program = `const held = Buffer.alloc(${bytes}, 1); console.log(held.length); setInterval(() => held.length, 1e6)`;
  const child: ChildProcess = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  assert.ok(child.stdout !== null && child.pid !== undefined);
  await once(child.stdout, 'data');
  return child.pid;
}

test('of two processes the one that holds more than it may is noticed', { timeout: 60_000 }, async (context) => {
  const [large, small] = [await holding(300 * MB, context), await holding(MB, context)];
  const noticed: string[] = [];
  const seen = Promise.withResolvers<void>();
  const unwatch = [
    watchMemory(small, 250 * MB, () => noticed.push('small')),
    watchMemory(large, 250 * MB, () => {
      noticed.push('large');
      seen.resolve();
    }),
  ];
  context.after(() => unwatch.forEach((end) => end()));
  await seen.promise;
  assert.deepEqual(noticed, ['large']);
});
