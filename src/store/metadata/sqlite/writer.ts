import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { MetadataError } from '../error.ts';
import { errorOf } from './failure.ts';
import type { WriterAnswer, WriterRequest, WriterSettings } from './protocol.ts';
import type { StatementResult } from './statements.ts';

const PROGRAM = new URL('./writer-thread.ts', import.meta.url);

interface Waiting {
  readonly resolve: (result: StatementResult) => void;
  readonly reject: (error: Error) => void;
}

type Unnumbered = WriterRequest extends infer Request ? (Request extends unknown ? Omit<Request, 'id'> : never) : never;

/** This side of the thread that writes. Transactions have it one after the other, in the order in which they asked. */
export class Writer {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #lastTurn: Promise<void> = Promise.resolve();
  #gone: string | null = null;

  constructor(settings: WriterSettings) {
    this.#path = settings.path;
    // Flags of the program, such as --eval, are not for the thread.
    this.#worker = new Worker(PROGRAM, { execArgv: [], workerData: settings });
    this.#worker.unref();
    this.#worker.on('message', (answer: WriterAnswer) => this.#take(answer));
    this.#worker.on('error', (error: Error) => this.#end(error.message));
    this.#worker.on('exit', () => this.#end('it was closed'));
  }

  /** Waits until it is the caller's, who gives it back with the function. */
  async acquire(): Promise<() => void> {
    const before = this.#lastTurn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastTurn = promise;
    await before;
    return resolve;
  }

  begin(): Promise<StatementResult> {
    return this.#ask({ kind: 'begin' });
  }

  commit(): Promise<StatementResult> {
    return this.#ask({ kind: 'commit' });
  }

  rollback(): Promise<StatementResult> {
    return this.#ask({ kind: 'rollback' });
  }

  execute(
    sql: string,
    parameters: readonly SQLInputValue[],
    isAlone: boolean,
    isHasty = false,
  ): Promise<StatementResult> {
    return this.#ask({ kind: 'execute', sql, parameters, isAlone, isHasty });
  }

  /** Whether the thread is there. */
  async probe(): Promise<void> {
    await this.#ask({ kind: 'probe' });
  }

  /** After the transactions that wait already. */
  async close(): Promise<void> {
    const release = await this.acquire();
    if (this.#gone === null) {
      await this.#ask({ kind: 'close' });
      await this.#worker.terminate();
    }
    release();
  }

  #ask(request: Unnumbered): Promise<StatementResult> {
    if (this.#gone !== null) {
      return Promise.reject(this.#unavailable(this.#gone));
    }
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult>();
    this.#lastId += 1;
    const id = this.#lastId;
    this.#waiting.set(id, { resolve, reject });
    // While something is asked of it, the process does not end.
    this.#worker.ref();
    this.#worker.postMessage({ ...request, id });
    return promise;
  }

  #take(answer: WriterAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) {
      this.#worker.unref();
    }
    if ('failure' in answer) {
      waiting?.reject(errorOf(answer.failure, this.#path));
    } else {
      waiting?.resolve(answer.result);
    }
  }

  #end(reason: string): void {
    this.#gone ??= reason;
    for (const { reject } of this.#waiting.values()) {
      reject(this.#unavailable(reason));
    }
    this.#waiting.clear();
  }

  #unavailable(found: string): MetadataError {
    return new MetadataError('METADATA_UNAVAILABLE', 'the database was closed', { object: this.#path, found });
  }
}
