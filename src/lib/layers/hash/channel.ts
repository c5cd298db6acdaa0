import { Worker } from 'node:worker_threads';
import type { Digest } from '#base/digest.ts';
import { type FromThread, SLOT_BYTES, SLOTS, type ToThread } from './protocol.ts';

interface Waiter<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

/** This side of the hashing thread: hands out slots of the shared memory and matches answers to questions. */
export class HashChannel {
  readonly #memory = new SharedArrayBuffer(SLOT_BYTES * SLOTS);
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, slot) => slot);
  readonly #forSlot: Waiter<number>[] = [];
  readonly #forDigest = new Map<number, Waiter<Digest>>();
  readonly #worker: Worker;
  #failure: Error | null = null;

  constructor() {
    // Flags of the program, such as --eval, are not for the thread.
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: this.#memory, execArgv: [] });
    this.#worker.on('message', (message: FromThread) => this.#answer(message));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the hashing thread has ended')));
  }

  send(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** A slot to fill, at once or when the thread gives one back. */
  slot(): number | Promise<number> {
    return (
      this.#free.pop() ?? this.#failed() ?? new Promise((resolve, reject) => this.#forSlot.push({ resolve, reject }))
    );
  }

  bytesOf(slot: number): Uint8Array {
    return new Uint8Array(this.#memory, slot * SLOT_BYTES, SLOT_BYTES);
  }

  digest(lane: number): Promise<Digest> {
    return (
      this.#failed() ??
      new Promise((resolve, reject) => {
        this.#forDigest.set(lane, { resolve, reject });
        this.send({ kind: 'close', lane });
      })
    );
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(message: FromThread): void {
    if (message.kind === 'digest') {
      this.#forDigest.get(message.lane)?.resolve(message.digest);
      this.#forDigest.delete(message.lane);
      return;
    }
    const next = this.#forSlot.shift();
    if (next === undefined) {
      this.#free.push(message.slot);
    } else {
      next.resolve(message.slot);
    }
  }

  #failed(): Promise<never> | null {
    return this.#failure === null ? null : Promise.reject(this.#failure);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiter of [...this.#forSlot.splice(0), ...this.#forDigest.values()]) {
      waiter.reject(error);
    }
    this.#forDigest.clear();
  }
}
