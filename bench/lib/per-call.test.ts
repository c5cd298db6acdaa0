import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { perCall } from './per-call.ts';

/** Calls that take as long as is said of each of their runs; the last goes for all further ones. */
function timed(durations: Readonly<Record<string, readonly number[]>>): {
  readonly calls: readonly { name: string; run: () => void }[];
  readonly now: () => number;
} {
  let time = 0;
  const calls = Object.entries(durations).map(([name, each]) => {
    let run = 0;
    return {
      name,
      run: () => {
        time += each[Math.min(run, each.length - 1)] ?? 0;
        run += 1;
      },
    };
  });
  return { calls, now: () => time };
}

describe('time per call', () => {
  it('is that of one call, whatever fits into a batch', () => {
    const { calls, now } = timed({ quick: [0.5], slow: [80] });
    assert.deepEqual(
      perCall(calls, 3, now),
      new Map([
        ['quick', 0.5],
        ['slow', 80],
      ]),
    );
  });

  it('is that of code that is warm', () => {
    const { calls, now } = timed({ compiled: [450, 40, 10] });
    assert.deepEqual(perCall(calls, 1, now), new Map([['compiled', 10]]));
  });

  it('is the median: a busy moment of the machine does not count', () => {
    const warmUp = Array.from({ length: 50 }, () => 10);
    const { calls, now } = timed({ disturbed: [...warmUp, 900, 10] });
    assert.deepEqual(perCall(calls, 3, now), new Map([['disturbed', 10]]));
  });
});
