import { Worker } from 'node:worker_threads';
import { messageOf } from '../../src/base/error.ts';
import type { Finding, Progress } from './engine.ts';
import { Shared } from './shared.ts';
import type { Assignment } from './worker.ts';

export interface FuzzOutcome {
  readonly progress: Progress;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

export interface SuperviseOptions extends Omit<Assignment, 'shared'> {
  /** How long one input may keep the thread; far longer than a target's `maxMillis`, as only what never ends counts. */
  readonly hangMillis: number;
  /** Threads that may hang or die before it is no use to go on. */
  readonly maxLost: number;
  readonly found: (finding: Finding) => void;
  readonly progress: (progress: Progress, seconds: number) => void;
}

/** V8's heap of the thread, in MiB: growth without end ends here. */
const HEAP_MIB = 512;
const LOOK_MILLIS = 200;

/** Fuzzes in a thread that is watched, and in another one when that hangs or dies. */
export async function supervise(options: SuperviseOptions): Promise<FuzzOutcome> {
  const start = performance.now();
  const findings: Finding[] = [];
  const total = { runs: 0, accepted: 0, corpus: 0, blocks: 0 };
  for (let lost = 0; lost < options.maxLost; lost += 1) {
    const spent = performance.now() - start;
    const { progress, end } = await watch(
      {
        ...options,
        seed: options.seed + lost,
        runs: options.runs - total.runs,
        millis: options.millis - spent,
        found: (finding) => {
          findings.push(finding);
          options.found(finding);
        },
      },
      start,
    );
    total.runs += progress.runs;
    total.accepted += progress.accepted;
    total.corpus = Math.max(total.corpus, progress.corpus);
    total.blocks = Math.max(total.blocks, progress.blocks);
    if (end === null || total.runs >= options.runs || performance.now() - start >= options.millis) {
      break;
    }
  }
  return { progress: total, findings, seconds: (performance.now() - start) / 1000 };
}

/** One thread until it is done (`end` is null), hangs or dies. */
function watch(
  options: SuperviseOptions,
  start: number,
): Promise<{ readonly progress: Progress; readonly end: Finding | null }> {
  const { found, progress, hangMillis, maxLost: _, ...assignment } = options;
  const shared = new Shared();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...assignment, shared: shared.buffer } satisfies Assignment,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  return new Promise((done, failed) => {
    let end: Finding | null = null;
    let turn = shared.turn;
    let since = performance.now();
    const lose = (kind: Finding['kind'], reason: string): void => {
      if (end === null) {
        end = { kind, input: shared.input, reason };
        found(end);
      }
    };
    const timer = setInterval(() => {
      const now = performance.now();
      progress(shared.progress, (now - start) / 1000);
      if (shared.turn !== turn || turn === 0) {
        turn = shared.turn;
        since = now;
      } else if (end === null && now - since > hangMillis) {
        lose('hang', `no end after ${Math.round(now - since)} ms`);
        void worker.terminate();
      }
    }, LOOK_MILLIS);
    worker.on('message', (finding: Finding) => found(finding));
    worker.on('error', (error) => {
      if (shared.turn === 0) {
        // Before the first input: that is the harness, or the target's seeds.
        failed(new Error(messageOf(error), { cause: error }));
      } else {
        lose('died', error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
    });
    worker.on('exit', () => {
      clearInterval(timer);
      done({ progress: shared.progress, end });
    });
  });
}
