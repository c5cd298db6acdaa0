import { availableParallelism } from 'node:os';
import { type CompiledEnvironment, type EvaluateRequest, evaluate, evaluateWithin } from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';
import type { Verdict } from '#model/verdict.ts';
import { type Answer, EvaluationThread } from './evaluation-thread.ts';
import type { FactTexts } from './protocol.ts';

export interface EvaluationsOptions {
  /** How many requests may be evaluated side by side away from the main thread. */
  readonly threads?: number;
  /** Past it a thread is ended, and the verdict is a refusal. The budget is spent long before. */
  readonly limitMs?: number;
  /** Units of cost that the main thread may spend on a request. */
  readonly trial?: number;
  /** The program of the threads. */
  readonly program?: URL;
}

/** Ten milliseconds or so. What ships takes a tenth of it for an image of 500 packages, and not all of it for one of 5,000. */
const TRIAL = 150_000;
const LIMIT_MS = 60_000;
const MAX_THREADS = 4;
/** Requests that go elsewhere without a trial after one that failed: few enough that one odd image does not slow down all others. */
const UNTRIED = 50;

/**
 * Evaluates requests without keeping the main thread for long: what costs more than a little there is evaluated again in a thread of
 * its own. The verdict is the same wherever it was made.
 */
export class Evaluations {
  readonly #options: Required<EvaluationsOptions>;
  /** Those that do nothing. */
  readonly #idle: EvaluationThread[] = [];
  readonly #all = new Set<EvaluationThread>();
  readonly #waiting: ((thread: EvaluationThread) => void)[] = [];
  readonly #ids = new WeakMap<PolicySet, number>();
  /** How many packages and findings were too many for the main thread. */
  readonly #tooMany = new WeakMap<CompiledEnvironment, { readonly size: number; untried: number }>();
  #sets = 0;

  constructor(options: EvaluationsOptions = {}) {
    const program = new URL('./thread.ts', import.meta.url);
    // One core is left for the main thread.
    const threads = Math.min(MAX_THREADS, Math.max(1, availableParallelism() - 1));
    this.#options = { threads, limitMs: LIMIT_MS, trial: TRIAL, program, ...options };
  }

  async evaluate(request: EvaluateRequest, texts: FactTexts): Promise<Verdict> {
    return this.#here(request) ?? (await this.#elsewhere(request, texts));
  }

  /** Ends all threads. What they are at comes to a refusal. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map(async (thread) => await thread.close()));
  }

  /** Not tried for some time for images that are no smaller than one that was too large. */
  #here(request: EvaluateRequest): Verdict | null {
    const { facts, compiled } = request;
    const size = facts.packages.length + facts.findings.length;
    const known = this.#tooMany.get(compiled);
    if (known !== undefined && known.untried > 0 && size >= known.size) {
      known.untried -= 1;
      return null;
    }
    const verdict = evaluateWithin(request, this.#options.trial);
    if (verdict === null) {
      this.#tooMany.set(compiled, { size, untried: UNTRIED });
    }
    return verdict;
  }

  async #elsewhere(request: EvaluateRequest, texts: FactTexts): Promise<Verdict> {
    const thread = await this.#take();
    const answer: Answer = await thread.evaluate(request, texts, this.#idOf(request.set));
    this.#give(thread);
    return 'verdict' in answer ? answer.verdict : refusal(request, answer.failure);
  }

  async #take(): Promise<EvaluationThread> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.sound) {
        return idle;
      }
      this.#all.delete(idle);
    }
    if (this.#all.size < this.#options.threads) {
      return this.#start();
    }
    return await new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** To the next who waits; a thread that has ended makes room for another. */
  #give(thread: EvaluationThread): void {
    if (!thread.sound) {
      this.#all.delete(thread);
    }
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next(thread.sound ? thread : this.#start());
    } else if (thread.sound) {
      this.#idle.push(thread);
    }
  }

  #start(): EvaluationThread {
    const thread = new EvaluationThread(this.#options.program, this.#options.limitMs);
    this.#all.add(thread);
    return thread;
  }

  #idOf(set: PolicySet): number {
    const known = this.#ids.get(set);
    if (known !== undefined) {
      return known;
    }
    this.#sets += 1;
    this.#ids.set(set, this.#sets);
    return this.#sets;
  }
}

/** Nothing was decided, so that every rule is an error. */
function refusal(request: EvaluateRequest, failure: string): Verdict {
  const verdict = evaluate({ ...request, budget: { perRule: 0, perEvaluation: 0 } });
  const message = `could not be evaluated: ${failure}`;
  return { ...verdict, rules: verdict.rules.map((rule) => (rule.outcome === 'error' ? { ...rule, message } : rule)) };
}
