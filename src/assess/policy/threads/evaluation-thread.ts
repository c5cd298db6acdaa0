import { Worker } from 'node:worker_threads';
import type { EvaluateRequest } from '#lib/policy/index.ts';
import { FACT_PARTS } from '#model/facts.ts';
import type { PolicySet } from '#model/policy.ts';
import type { Verdict } from '#model/verdict.ts';
import type { FactTexts, FromThread, ToThread } from './protocol.ts';

/** Expressions within their budget need far less. */
const MEMORY_MB = 1024;
/** As many as the thread keeps. */
const MAX_SETS = 4;

/** A verdict, or why there is none. */
export type Answer = { readonly verdict: Verdict } | { readonly failure: string };

/** This side of one thread that evaluates. One request at a time; after one without an answer it is of no use any more. */
export class EvaluationThread {
  readonly #worker: Worker;
  readonly #limitMs: number;
  /** That it has, the latest last. */
  readonly #sets: number[] = [];
  #gone: string | null = null;
  #answered: (answer: Answer) => void = () => undefined;

  constructor(program: URL, limitMs: number) {
    this.#limitMs = limitMs;
    // Flags of the program, such as --eval, are not for the thread.
    this.#worker = new Worker(program, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    // While nothing is asked of it, it keeps nobody waiting.
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#take(message));
    this.#worker.on('error', (error: Error) => this.#end(`the thread failed: ${error.message}`));
    this.#worker.on('exit', () => this.#end('the thread has ended'));
  }

  /** True as long as it can be asked. */
  get sound(): boolean {
    return this.#gone === null;
  }

  /** Never rejects. `texts` are those of the facts, `id` is that of the set of the request. */
  async evaluate(request: EvaluateRequest, texts: FactTexts, id: number): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answered = resolve;
    if (this.#gone !== null) {
      return { failure: this.#gone };
    }
    const timer = setTimeout(() => {
      this.#end(`it took longer than ${this.#limitMs / 1000} s`);
      void this.#worker.terminate();
    }, this.#limitMs);
    this.#worker.ref();
    try {
      const { compiled, set, facts: _, ...rest } = request;
      this.#sendSet(set, id);
      const facts = FACT_PARTS.map((part) => texts.get(rest.manifest.parts[part]) ?? '');
      const environment = compiled.environment.name;
      this.#send({ kind: 'evaluate', set: id, environment, request: { ...rest, facts } });
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#worker.unref();
    }
  }

  async close(): Promise<void> {
    this.#end('the thread was closed');
    await this.#worker.terminate();
  }

  #sendSet(set: PolicySet, id: number): void {
    if (!this.#sets.includes(id)) {
      this.#send({ kind: 'set', id, set });
      this.#sets.splice(0, Math.max(0, this.#sets.push(id) - MAX_SETS));
    }
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** After a fault nobody knows what is left to come of it. */
  #take(message: FromThread): void {
    if (message.kind === 'verdict') {
      this.#answered({ verdict: message.verdict });
      return;
    }
    this.#end(message.message);
    void this.#worker.terminate();
  }

  #end(why: string): void {
    this.#gone ??= why;
    this.#answered({ failure: this.#gone });
  }
}
