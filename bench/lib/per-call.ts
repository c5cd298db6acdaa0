import { median } from './measure.ts';

/** Something that takes less time than a process would to start. */
export interface Call {
  readonly name: string;
  run(): void;
}

const WARM_UP_MS = 500;
const BATCH_MS = 50;

/**
 * Milliseconds of one call each, warm, in turns so that a busy moment of the machine hits all alike: the median of as many
 * batches as there are rounds. They are CPU time of all threads, garbage collection included: on a machine with nothing else
 * to do no less than wall time, and with other work the same.
 */
export function perCall(
  calls: readonly Call[],
  rounds: number,
  now: () => number = cpuMilliseconds,
): ReadonlyMap<string, number> {
  const sizes = new Map(calls.map((call) => [call.name, batchSize(call, now)]));
  const times = new Map<string, number[]>(calls.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const call of calls) {
      times.get(call.name)?.push(timeOf(call, sizes.get(call.name) ?? 1, now));
    }
  }
  return new Map([...times].map(([name, each]) => [name, median(each)]));
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Calls that fill a batch, found while the code gets warm. */
function batchSize(call: Call, now: () => number): number {
  const start = now();
  let calls = 0;
  while (now() - start < WARM_UP_MS) {
    call.run();
    calls += 1;
  }
  return Math.max(1, Math.round((calls * BATCH_MS) / WARM_UP_MS));
}

function timeOf(call: Call, times: number, now: () => number): number {
  const start = now();
  for (let count = 0; count < times; count += 1) {
    call.run();
  }
  return (now() - start) / times;
}
