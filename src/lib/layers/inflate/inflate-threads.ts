import type { Digest } from '#base/digest.ts';
import type { InflateThread } from './inflate-thread.ts';
import type { Job } from './protocol.ts';

/** Below this many stored bytes, starting a thread would take longer than decompressing. */
const WORTH_A_THREAD = 2 * 1024 * 1024;

/** Decompression threads, started as streams need them and reused. To be closed. */
export class InflateThreads {
  readonly #idle: InflateThread[] = [];
  readonly #all = new Set<InflateThread>();
  #prepared: Promise<InflateThread> | undefined;

  /** `size` in stored bytes; null when nobody knows. */
  isWorthIt(size: number | null): boolean {
    return size === null || size > WORTH_A_THREAD;
  }

  /** Like `InflateThread.decompress`, on a thread that is free. */
  async *decompress(job: Job, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, Digest> {
    const thread = this.#idle.pop() ?? (await this.#take());
    let whole = false;
    try {
      const digest = yield* thread.decompress(job, source);
      whole = true;
      return digest;
    } finally {
      if (whole) {
        this.#idle.push(thread);
      } else {
        // A stream that broke off leaves content in the thread's memory that nobody takes out again.
        this.#all.delete(thread);
        await thread.close();
      }
    }
  }

  async close(): Promise<void> {
    await this.#prepared?.catch(() => undefined);
    this.#prepared = undefined;
    this.#idle.length = 0;
    const threads = [...this.#all];
    this.#all.clear();
    await Promise.all(threads.map((thread) => thread.close()));
  }

  /** Has a thread start while a stream of so many stored bytes is still being opened, where it is worth one. */
  prepare(size: number | null): void {
    if (this.isWorthIt(size)) {
      this.#prepared ??= this.#start();
      // Whoever takes it hears why there is none.
      this.#prepared.catch(() => undefined);
    }
  }

  /** The one that was prepared, once, else a new one. */
  async #take(): Promise<InflateThread> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return await (prepared ?? this.#start());
  }

  async #start(): Promise<InflateThread> {
    const { InflateThread } = await import('./inflate-thread.ts');
    const thread = new InflateThread();
    this.#all.add(thread);
    return thread;
  }
}
