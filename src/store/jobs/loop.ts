import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';

export interface LoopOptions {
  readonly everyMs: number;
  readonly log: Log;
  /** Whether it was woken, or its time has come. What it throws is logged, and the next turn comes as if nothing were. */
  readonly turn: (isWoken: boolean) => Promise<void>;
}

/** Does something again and again, one turn after the other: after a while, or as soon as it is woken. Starts woken. */
export class Loop {
  readonly #options: LoopOptions;
  readonly #ended: Promise<void>;
  #isWoken = true;
  #isStopped = false;
  #wakeUp: () => void = () => undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  wake(): void {
    this.#isWoken = true;
    this.#wakeUp();
  }

  /** Resolves after the turn at hand. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeUp();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { turn, log } = this.#options;
    while (!this.#isStopped) {
      const isWoken = this.#isWoken;
      this.#isWoken = false;
      try {
        await turn(isWoken);
      } catch (error) {
        log.warn('jobs cannot be reached, trying again', { error: messageOf(error) });
      }
      await this.#wait();
    }
  }

  async #wait(): Promise<void> {
    if (this.#isWoken || this.#isStopped) {
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#options.everyMs);
    this.#wakeUp = resolve;
    await promise;
    clearTimeout(timer);
  }
}
