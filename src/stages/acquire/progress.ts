import type { Clock } from '#base/clock.ts';
import type { AcquisitionProgress } from '#model/platform/acquisition.ts';

/** Between two writes: people look, and a store has other things to write. */
const EVERY_MS = 1000;

/**
 * Writes how far a copy is, at most every second and one after the other; what comes meanwhile is the next one's. What fails is told by `stop`, and by
 * `failed` as soon as it does.
 */
export class ProgressWriter {
  readonly #clock: Clock;
  readonly #write: (progress: AcquisitionProgress) => Promise<void>;
  readonly #failed = new AbortController();
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #latest: AcquisitionProgress | null = null;
  #writtenAt: number;

  constructor(clock: Clock, write: (progress: AcquisitionProgress) => Promise<void>) {
    this.#clock = clock;
    this.#write = write;
    this.#writtenAt = clock.now();
  }

  /** Aborts with the error of a write. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  report(progress: AcquisitionProgress): void {
    this.#latest = progress;
    if (!this.#isWriting && this.#clock.now() - this.#writtenAt >= EVERY_MS) {
      this.#begin();
    }
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    await this.#writing;
    this.#begin();
    await this.#writing;
    this.#failed.signal.throwIfAborted();
  }

  #begin(): void {
    const progress = this.#latest;
    if (progress === null || this.#failed.signal.aborted) {
      return;
    }
    this.#latest = null;
    this.#writtenAt = this.#clock.now();
    this.#isWriting = true;
    this.#writing = this.#keep(progress);
  }

  async #keep(progress: AcquisitionProgress): Promise<void> {
    try {
      await this.#write(progress);
    } catch (error) {
      this.#failed.abort(error);
    } finally {
      this.#isWriting = false;
    }
  }
}
