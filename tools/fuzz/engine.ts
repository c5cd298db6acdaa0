import { isAppError } from '../../src/base/error.ts';
import type { Coverage } from './coverage.ts';
import { minimise } from './minimise.ts';
import { type Mutation, mutateBytes } from './mutate-bytes.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** An input with which something is wrong. */
export interface Finding {
  readonly kind: 'thrown' | 'slow' | 'hang' | 'died';
  readonly input: Uint8Array;
  /** What was thrown with its stack, or how long it took. */
  readonly reason: string;
}

export interface FuzzOptions {
  readonly seed: number;
  /** Inputs to run at most, and milliseconds. */
  readonly runs: number;
  readonly millis: number;
  /** Null for none: then every input comes from a seed. */
  readonly coverage: Coverage | null;
  /** False keeps no input, although coverage is counted: to measure what guidance is worth. */
  readonly guided: boolean;
  /** Called before every input, so that somebody else can tell on which it hangs. */
  before(input: Uint8Array): void;
  after(progress: Progress): void;
  found(finding: Finding): void;
}

export interface Progress {
  readonly runs: number;
  /** Inputs that were not refused. */
  readonly accepted: number;
  readonly corpus: number;
  readonly blocks: number;
}

interface Outcome {
  /** What was thrown and is no refusal, with its stack. */
  readonly thrown: string | null;
  readonly refused: boolean;
  readonly millis: number;
}

const BATCH = 128;
/** Groups that a batch, or a group of one, is taken apart into. */
const GROUPS = 8;
/** Inputs may become longer than the longest seed, so that repetition without end shows. */
const GROWTH = 4;
const MIN_MAX_LENGTH = 4096;
const MAX_MAX_LENGTH = 1 << 20;
/** A machine with other work to do: only what is slow every time is slow. */
const SLOW_TRIES = 4;
const MAX_FINDINGS = 20;

/** Runs a target on its seeds and on what mutations make of them, and of what reached something new. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<Progress> {
  return await new Fuzzing(target, options).run();
}

class Fuzzing {
  readonly #target: FuzzTarget;
  readonly #options: FuzzOptions;
  readonly #random: Random;
  readonly #corpus: Uint8Array[] = [];
  readonly #mutation: Mutation;
  readonly #signatures = new Set<string>();
  readonly #end: number;
  #runs = 0;
  #accepted = 0;
  #blocks = 0;

  constructor(target: FuzzTarget, options: FuzzOptions) {
    const seeds = target.seeds();
    if (seeds.length === 0) {
      throw new RangeError(`target ${target.id} has no seeds`);
    }
    const longest = Math.max(...seeds.map((seed) => seed.length));
    this.#target = target;
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#corpus.push(...seeds);
    this.#end = performance.now() + options.millis;
    this.#mutation = {
      random: this.#random,
      others: this.#corpus,
      dictionary: (target.dictionary ?? []).map((text) => Buffer.from(text, 'latin1')),
      maxLength: Math.min(Math.max(longest * GROWTH, MIN_MAX_LENGTH), MAX_MAX_LENGTH),
    };
  }

  async run(): Promise<Progress> {
    for (const seed of this.#corpus) {
      await this.#try(seed);
    }
    this.#options.coverage?.news(true);
    this.#blocks = this.#options.coverage?.blocks ?? 0;
    while (this.#runs < this.#options.runs && performance.now() < this.#end && this.#signatures.size < MAX_FINDINGS) {
      const batch: Uint8Array[] = [];
      while (batch.length < BATCH && this.#runs < this.#options.runs && performance.now() < this.#end) {
        const input = this.#next();
        batch.push(input);
        await this.#try(input);
      }
      await this.#keepNews(batch);
      this.#options.after(this.#progress());
    }
    return this.#progress();
  }

  /** Keeps the inputs of a batch that reached something new. */
  async #keepNews(batch: readonly Uint8Array[]): Promise<void> {
    const { coverage, guided } = this.#options;
    if (coverage === null || !coverage.news(!guided)) {
      return;
    }
    if (guided) {
      await this.#isolate(batch, coverage);
    }
    this.#blocks = coverage.blocks;
  }

  /** Runs the inputs again, group by group, and those with something new in smaller groups, until each is by itself. */
  async #isolate(inputs: readonly Uint8Array[], coverage: Coverage): Promise<void> {
    const size = Math.ceil(inputs.length / GROUPS);
    for (let from = 0; from < inputs.length; from += size) {
      const group = inputs.slice(from, from + size);
      for (const input of group) {
        await this.#once(input);
      }
      if (coverage.news(size === 1)) {
        if (size > 1) {
          await this.#isolate(group, coverage);
        } else {
          this.#corpus.push(...group);
        }
      }
    }
  }

  #next(): Uint8Array {
    const base = this.#base();
    const bytes = (inner: Uint8Array): Uint8Array => mutateBytes(inner, this.#mutation);
    const target = this.#target;
    // Some of everything: bytes without sense, and lengths that are left wrong.
    const mutated = (this.#random.oneIn(4) ? null : target.mutate?.(base, this.#random, bytes)) ?? bytes(base);
    const fixed = (this.#random.oneIn(4) ? null : target.fixUp?.(mutated, this.#random)) ?? mutated;
    return fixed.subarray(0, this.#mutation.maxLength);
  }

  /** What came last is looked at more often: it reached something new, and what is behind that is not explored. */
  #base(): Uint8Array {
    const recent = this.#random.oneIn(2) ? Math.ceil(this.#corpus.length / 8) : this.#corpus.length;
    return this.#corpus[this.#corpus.length - 1 - this.#random.below(recent)] ?? this.#random.pick(this.#corpus);
  }

  async #try(input: Uint8Array): Promise<void> {
    this.#runs += 1;
    const finding = await this.#judge(input);
    if (finding === null) {
      return;
    }
    const signature = signatureOf(finding);
    if (this.#signatures.has(signature)) {
      return;
    }
    this.#signatures.add(signature);
    const smaller = await minimise(input, async (candidate) => {
      const other = await this.#judge(candidate);
      return other !== null && signatureOf(other) === signature;
    });
    this.#options.found({ ...finding, input: smaller });
  }

  async #judge(input: Uint8Array): Promise<Finding | null> {
    const { thrown, refused, millis } = await this.#once(input);
    this.#accepted += thrown === null && !refused ? 1 : 0;
    if (thrown !== null) {
      return { kind: 'thrown', input, reason: thrown };
    }
    let fastest = millis;
    for (let again = 1; again < SLOW_TRIES && fastest > this.#target.maxMillis; again += 1) {
      fastest = Math.min(fastest, (await this.#once(input)).millis);
    }
    return fastest > this.#target.maxMillis ? { kind: 'slow', input, reason: `${Math.round(fastest)} ms` } : null;
  }

  async #once(input: Uint8Array): Promise<Outcome> {
    // The reader gets a copy: that it does not write into its input is not what is at stake here.
    const copy = new Uint8Array(input);
    this.#options.before(copy);
    const start = performance.now();
    let thrown: string | null = null;
    let refused = false;
    try {
      const running = this.#target.run(copy);
      if (running !== undefined) {
        await running;
      }
    } catch (error) {
      refused = isAppError(error);
      thrown = refused ? null : described(error);
    }
    return { thrown, refused, millis: performance.now() - start };
  }

  #progress(): Progress {
    return { runs: this.#runs, accepted: this.#accepted, corpus: this.#corpus.length, blocks: this.#blocks };
  }
}

function described(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`;
}

/** Findings with one cause have one: the text without numbers and quoted input, and the place in the source. */
function signatureOf({ kind, reason }: Finding): string {
  const [text = '', ...stack] = reason.split('\n');
  const place = stack.find((line) => line.includes('/src/') || line.includes('/test/')) ?? '';
  return `${kind} ${kind === 'slow' ? '' : text.replace(/["'0-9].*/, '')} ${place}`;
}
