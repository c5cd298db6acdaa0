import type { CelType } from '../type.ts';

export interface Local {
  readonly slot: number;
  readonly type: CelType;
}

/** The variables of macros that are alive at a place, the inner before the outer of the same name. */
export class Scope {
  readonly #locals = new Map<string, Local[]>();
  #alive = 0;
  #most = 0;

  /** How many were alive at most. */
  get most(): number {
    return this.#most;
  }

  /** The slot that the next one gets. */
  get next(): number {
    return this.#alive;
  }

  find(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  names(): Iterable<string> {
    return this.#locals.keys();
  }

  enter(name: string, type: CelType): void {
    const same = this.#locals.get(name) ?? [];
    same.push({ slot: this.#alive, type });
    this.#locals.set(name, same);
    this.#alive += 1;
    this.#most = Math.max(this.#most, this.#alive);
  }

  leave(names: readonly string[]): void {
    for (const name of names) {
      const same = this.#locals.get(name);
      same?.pop();
      if (same?.length === 0) {
        this.#locals.delete(name);
      }
      this.#alive -= 1;
    }
  }
}
