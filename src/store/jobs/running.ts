import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '#base/error.ts';

/** How a job ended: `aborted` was not its own doing, and does not count as an attempt. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'aborted' };

interface RunningJob {
  readonly controller: AbortController;
  readonly giveUp: () => void;
  readonly ended: Promise<unknown>;
}

const ABORTED: Outcome = { kind: 'aborted' };
/** An error may quote what it could not read. */
const MAX_ERROR_CHARS = 4096;

/** The jobs that a runner has at hand. */
export class RunningJobs {
  readonly #jobs = new Map<string, RunningJob>();

  get size(): number {
    return this.#jobs.size;
  }

  get ids(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /** How the job ended, once `settle` has written that; it is at hand until then. Throws only what `settle` does. */
  async run(
    id: string,
    work: (signal: AbortSignal) => Promise<void>,
    settle: (outcome: Outcome) => Promise<void>,
  ): Promise<Outcome> {
    const controller = new AbortController();
    const { promise: givenUp, resolve } = Promise.withResolvers<Outcome>();
    const ended = settled(Promise.race([outcomeOf(work, controller.signal), givenUp]), settle);
    this.#jobs.set(id, { controller, giveUp: () => resolve(ABORTED), ended });
    try {
      return await ended;
    } finally {
      this.#jobs.delete(id);
    }
  }

  abort(id: string): void {
    this.#jobs.get(id)?.controller.abort();
  }

  /** Waits for all jobs; after `graceMs` their signals abort, and `settleMs` later those that do not mind are given up. */
  async drain(graceMs: number, settleMs: number): Promise<void> {
    await this.#ended(graceMs);
    for (const { controller } of this.#jobs.values()) {
      controller.abort();
    }
    await this.#ended(settleMs);
    for (const { giveUp } of this.#jobs.values()) {
      giveUp();
    }
    await this.#all();
  }

  async #ended(withinMs: number): Promise<void> {
    const timer = new AbortController();
    const timeout = sleep(withinMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([this.#all(), timeout]);
    timer.abort();
  }

  async #all(): Promise<void> {
    await Promise.allSettled([...this.#jobs.values()].map(({ ended }) => ended));
  }
}

async function settled(ending: Promise<Outcome>, settle: (outcome: Outcome) => Promise<void>): Promise<Outcome> {
  const outcome = await ending;
  await settle(outcome);
  return outcome;
}

async function outcomeOf(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<Outcome> {
  try {
    await work(signal);
    return { kind: 'done' };
  } catch (error) {
    return signal.aborted ? ABORTED : { kind: 'failed', message: messageOf(error).slice(0, MAX_ERROR_CHARS) };
  }
}
