import type { Progress } from './engine.ts';

/** Room for the input at hand. */
const MAX_INPUT = 1 << 20;
const WORD = { turn: 0, length: 1, runs: 2, accepted: 3, corpus: 4, blocks: 5 } as const;
const HEADER = 64;

/**
 * What the thread that fuzzes lets the other one see without a message, which it would not get round to send when it
 * hangs or dies: the input at hand, and how far it is.
 */
export class Shared {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #input: Uint8Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(HEADER + MAX_INPUT)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, HEADER / 4);
    this.#input = new Uint8Array(buffer, HEADER);
  }

  begin(input: Uint8Array): void {
    const kept = input.subarray(0, MAX_INPUT);
    this.#input.set(kept);
    Atomics.store(this.#words, WORD.length, kept.length);
    Atomics.add(this.#words, WORD.turn, 1);
  }

  report({ runs, accepted, corpus, blocks }: Progress): void {
    Atomics.store(this.#words, WORD.runs, runs);
    Atomics.store(this.#words, WORD.accepted, accepted);
    Atomics.store(this.#words, WORD.corpus, corpus);
    Atomics.store(this.#words, WORD.blocks, blocks);
  }

  /** Another number for every input. */
  get turn(): number {
    return Atomics.load(this.#words, WORD.turn);
  }

  get input(): Uint8Array {
    return Uint8Array.from(this.#input.subarray(0, Atomics.load(this.#words, WORD.length)));
  }

  get progress(): Progress {
    const word = (at: number): number => Atomics.load(this.#words, at);
    return {
      runs: word(WORD.runs),
      accepted: word(WORD.accepted),
      corpus: word(WORD.corpus),
      blocks: word(WORD.blocks),
    };
  }
}
