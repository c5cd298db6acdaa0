import type { Visit } from './protocol.ts';
import { type StopCause, wordsOf } from './stop-cause.ts';

/** Processes that one layer may use up beyond its first. */
const MAX_RESTARTS = 8;

/**
 * What is left out of one layer because processes ended over it. The first end in an analyser takes out the file, the
 * second the analyser. The first end outside of all analysers has the next process say more, the second takes out the layer.
 */
export class Containment {
  readonly #skipped: { readonly visit: Visit; readonly reason: string }[] = [];
  readonly #dropped = new Map<number, string>();
  #layer: string | null = null;
  #ends = 0;
  #careful = false;

  /** Called with every end of a process, and the visit that it was in. */
  ended(cause: StopCause, visit: Visit | null): void {
    const reason = wordsOf(cause);
    this.#ends += 1;
    if (this.#ends > MAX_RESTARTS || (visit === null && this.#careful)) {
      this.#layer = reason;
    } else if (visit === null) {
      this.#careful = true;
    } else if (this.#skipped.some((other) => other.visit.analyser === visit.analyser)) {
      this.#dropped.set(visit.analyser, reason);
    } else {
      this.#skipped.push({ visit, reason });
    }
  }

  /** Why nothing of the layer could be read; null as long as that is not so. */
  get layer(): string | null {
    return this.#layer;
  }

  /** Why an analyser of the job could not read a file, or with null not the rest of the layer. */
  reasons(analyser: number): readonly { readonly visit: Visit | null; readonly reason: string }[] {
    const dropped = this.#dropped.get(analyser);
    return [
      ...this.#skipped.filter(({ visit }) => visit.analyser === analyser),
      ...(dropped === undefined ? [] : [{ visit: null, reason: dropped }]),
    ];
  }

  /** What the next process is told. */
  get orders(): { readonly skip: readonly Visit[]; readonly without: readonly number[]; readonly careful: boolean } {
    return {
      skip: this.#skipped.map(({ visit }) => visit),
      without: [...this.#dropped.keys()],
      careful: this.#careful,
    };
  }
}
