import { type AppError, isAppError } from '#base/error.ts';

/** Each has come only after every retry, and after the longest wait that there is. */
const OUT_OF_REACH: readonly string[] = ['REGISTRY_TIMEOUT', 'REGISTRY_UNREACHABLE', 'REGISTRY_RATE_LIMITED'];
const MAX_FAILURES = 3;

/** Stops asking a registry that is out of reach, or does not want to be asked: what is left fails as the last one did. */
export class Patience {
  #failures = 0;
  #last: AppError | null = null;

  async attempt<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#last !== null && this.#failures >= MAX_FAILURES) {
      throw this.#last;
    }
    try {
      return await ask();
    } catch (error) {
      if (isAppError(error) && OUT_OF_REACH.includes(error.code)) {
        this.#failures += 1;
        this.#last = error;
      }
      throw error;
    }
  }
}
