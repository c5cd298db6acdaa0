import type { InflateThread } from './inflate-thread.ts';
import type { Job } from './protocol.ts';

/** Below this many stored bytes, starting a thread would take longer than decompressing. */
const WORTH_A_THREAD = 2 * 1024 * 1024;

/** Decompression threads, started as streams need them and reused. To be closed. */
export class InflateThreads {
  readonly #idle: InflateThread[] = [];
  readonly #all = new Set<InflateThread>();

  /** `size` in stored bytes; null when nobody knows. */
  isWorthIt(size: number | null): boolean {
    return size === null || size > WORTH_A_THREAD;
  }

  /** Like `InflateThread.decompress`, on a thread that is free. */
  async *decompress(job: Job, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const thread = this.#idle.pop() ?? (await this.#start());
    let whole = false;
    try {
      yield* thread.decompress(job, source);
      whole = true;
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
    this.#idle.length = 0;
    await Promise.all([...this.#all].map((thread) => thread.close()));
    this.#all.clear();
  }

  async #start(): Promise<InflateThread> {
    const { InflateThread } = await import('./inflate-thread.ts');
    const thread = new InflateThread();
    this.#all.add(thread);
    return thread;
  }
}
