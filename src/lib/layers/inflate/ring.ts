/** Slots in shared memory between one writer and one reader, each on a thread of its own. */
export interface RingShape {
  /** A power of two. */
  readonly slots: number;
  readonly slotBytes: number;
}

export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly content: SharedArrayBuffer;
}

/** What the writer passes on: `kind` is theirs to agree on, the bytes are valid until `release`. */
export interface Passed {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

const WRITTEN = 0;
const RELEASED = 1;
const CLOSED = 2;
const HEAD = 3;

export function createRingMemory({ slots, slotBytes }: RingShape): RingMemory {
  return {
    control: new SharedArrayBuffer((HEAD + 2 * slots) * Int32Array.BYTES_PER_ELEMENT),
    content: new SharedArrayBuffer(slots * slotBytes),
  };
}

/**
 * A queue without locks: both sides count, and wait for each other's count to move. A side that has no event loop to keep
 * waits in place (`Sync`), the other one with a promise.
 */
export class Ring {
  readonly #shape: RingShape;
  readonly #control: Int32Array;
  readonly #content: SharedArrayBuffer;

  constructor(shape: RingShape, memory: RingMemory) {
    this.#shape = shape;
    this.#control = new Int32Array(memory.control);
    this.#content = memory.content;
  }

  /** For the side with an event loop, when the other one is gone: whoever waits or will wait gets null. */
  close(): void {
    Atomics.store(this.#control, CLOSED, 1);
    Atomics.notify(this.#control, WRITTEN);
    Atomics.notify(this.#control, RELEASED);
  }

  /** The slot to fill next. */
  nextFreeSync(): Uint8Array {
    this.#waitSync(RELEASED, () => this.#waiting() < this.#shape.slots);
    return this.#slot(WRITTEN);
  }

  nextFree(): Uint8Array | null | Promise<Uint8Array | null> {
    const free = (): boolean => this.#waiting() < this.#shape.slots;
    return free()
      ? this.#slot(WRITTEN)
      : this.#wait(RELEASED, free).then((open) => (open ? this.#slot(WRITTEN) : null));
  }

  /** Hands over what `nextFree` gave: its first `length` bytes. */
  pass(kind: number, length: number): void {
    const index = HEAD + 2 * this.#index(WRITTEN);
    this.#control[index] = kind;
    this.#control[index + 1] = length;
    this.#advance(WRITTEN);
  }

  /** What was passed first and is not released yet. */
  nextPassedSync(): Passed {
    this.#waitSync(WRITTEN, () => this.#waiting() > 0);
    return this.#passed();
  }

  nextPassed(): Passed | null | Promise<Passed | null> {
    const any = (): boolean => this.#waiting() > 0;
    return any() ? this.#passed() : this.#wait(WRITTEN, any).then((open) => (open ? this.#passed() : null));
  }

  /** Gives the slot of the last `nextPassed` back to the writer. */
  release(): void {
    this.#advance(RELEASED);
  }

  #passed(): Passed {
    const index = HEAD + 2 * this.#index(RELEASED);
    const length = this.#control[index + 1] ?? 0;
    return { kind: this.#control[index] ?? 0, bytes: this.#slot(RELEASED).subarray(0, length) };
  }

  /** Counts wrap around at 32 bits, and so does their difference. */
  #waiting(): number {
    return (Atomics.load(this.#control, WRITTEN) - Atomics.load(this.#control, RELEASED)) | 0;
  }

  #index(counter: number): number {
    return (Atomics.load(this.#control, counter) >>> 0) % this.#shape.slots;
  }

  #slot(counter: number): Uint8Array {
    return new Uint8Array(this.#content, this.#index(counter) * this.#shape.slotBytes, this.#shape.slotBytes);
  }

  #advance(counter: number): void {
    Atomics.add(this.#control, counter, 1);
    Atomics.notify(this.#control, counter);
  }

  #waitSync(counter: number, ready: () => boolean): void {
    for (let seen = Atomics.load(this.#control, counter); !ready(); seen = Atomics.load(this.#control, counter)) {
      Atomics.wait(this.#control, counter, seen);
    }
  }

  async #wait(counter: number, ready: () => boolean): Promise<boolean> {
    for (;;) {
      const seen = Atomics.load(this.#control, counter);
      if (ready()) {
        // Also when the other side is gone: what it passed before may say why.
        return true;
      }
      if (Atomics.load(this.#control, CLOSED) !== 0) {
        return false;
      }
      await Atomics.waitAsync(this.#control, counter, seen).value;
    }
  }
}
