import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Finding } from './engine.ts';
import { supervise } from './supervise.ts';

const LIST = `data:text/javascript,${encodeURIComponent(`
  const seeds = () => [Uint8Array.of(1, 2, 3)];
  const hang = (input) => { while (input.includes(9)); };
  const deep = (input) => { if (input.includes(9)) { throw new TypeError('a nine'); } };
  export const fuzzTargets = [
    { id: 'hang', seeds, run: hang, maxMillis: 1e9 },
    { id: 'thrown', seeds, run: deep, maxMillis: 1e9 },
    { id: 'seedless', seeds: () => [], run: deep, maxMillis: 1e9 },
  ];`)}`;

async function kinds(target: string): Promise<readonly Finding[]> {
  const { findings, progress } = await supervise({
    list: LIST,
    target,
    seed: 1,
    runs: 3000,
    millis: 20_000,
    guided: true,
    hangMillis: 400,
    maxLost: 1,
    found: () => {},
    progress: () => {},
  });
  assert.ok(progress.runs <= 3000);
  return findings;
}

it('an input that never ends is caught and kept', async () => {
  const [finding] = await kinds('hang');
  assert.equal(finding?.kind, 'hang');
  assert.ok(finding.input.includes(9));
});

it('a finding of the thread reaches the one who watches', async () => {
  const [finding] = await kinds('thrown');
  assert.match(finding?.reason ?? '', /a nine/);
  assert.deepEqual([...(finding?.input ?? [])], [9]);
});

it('a target that cannot start is an error, not a finding', async () => {
  await assert.rejects(kinds('seedless'), /has no seeds/);
});
