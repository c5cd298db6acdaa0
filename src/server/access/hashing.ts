import { tooMany } from './attempts.ts';

/** Passwords that are hashed at once: each takes a thread of the pool that files are read by as well, and 19 MiB. */
const AT_ONCE = 2;
const WAITING = 32;

/** Lets so many hashes run at a time and so many wait; past that it throws `TOO_MANY_ATTEMPTS`. */
export class HashingQueue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING) {
        throw tooMany(1);
      }
      // Whoever ends hands its place over, so that the count stays.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) {
        this.#running -= 1;
      } else {
        next();
      }
    }
  }
}
