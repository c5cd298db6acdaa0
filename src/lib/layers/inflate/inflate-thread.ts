import { Worker } from 'node:worker_threads';
import { feed } from './feed.ts';
import {
  type Failure,
  FROM_THREAD,
  fromFailure,
  INPUT,
  type Job,
  OUTPUT,
  type ThreadMemory,
  TO_THREAD,
} from './protocol.ts';
import { createRingMemory, Ring } from './ring.ts';

/** This side of one decompression thread. It takes one stream after the other; once a stream has broken off it is of no use any more. */
export class InflateThread {
  readonly #input: Ring;
  readonly #output: Ring;
  readonly #worker: Worker;
  #gone: Error | null = null;

  constructor() {
    const memory: ThreadMemory = { input: createRingMemory(INPUT), output: createRingMemory(OUTPUT) };
    this.#input = new Ring(INPUT, memory.input);
    this.#output = new Ring(OUTPUT, memory.output);
    // Flags of the program, such as --eval, are not for the thread.
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: memory, execArgv: [] });
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the decompression thread has ended')));
  }

  /** The tar of one stream, in pieces that are valid until the next one is asked for. */
  async *decompress(job: Job, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const feeding = this.#feed(job, source);
    for (;;) {
      const passed = await this.#output.nextPassed();
      if (passed === null) {
        throw (await feeding) ?? this.#gone ?? new Error('the decompression thread was closed');
      }
      if (passed.kind === FROM_THREAD.tar) {
        yield passed.bytes;
        this.#output.release();
        continue;
      }
      if (passed.kind === FROM_THREAD.failed) {
        const failure = JSON.parse(Buffer.from(passed.bytes).toString('utf8')) as Failure;
        this.#output.release();
        throw fromFailure(failure);
      }
      this.#output.release();
      const failure = await feeding;
      if (failure !== null) {
        throw failure;
      }
      return;
    }
  }

  async close(): Promise<void> {
    this.#end(new Error('the decompression thread was closed'));
    await this.#worker.terminate();
  }

  /** Never rejects: what goes wrong with the source ends the waiting on the other side, which then asks what it was. */
  async #feed(job: Job, source: AsyncIterable<Uint8Array>): Promise<Error | null> {
    try {
      const slot = await this.#input.nextFree();
      if (slot === null) {
        return null;
      }
      this.#input.pass(
        TO_THREAD.job,
        Buffer.from(slot.buffer, slot.byteOffset, slot.length).write(JSON.stringify(job)),
      );
      if ((await feed(this.#input, TO_THREAD.bytes, source)) && (await this.#input.nextFree()) !== null) {
        this.#input.pass(TO_THREAD.end, 0);
      }
      return null;
    } catch (error) {
      this.#output.close();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #end(error: Error): void {
    this.#gone ??= error;
    this.#input.close();
    this.#output.close();
  }
}
