import { LIMITS } from '#base/limits.ts';
import { ParseFailure } from './failure.ts';

export interface NodePlace {
  readonly id: number;
  readonly offset: number;
  readonly length: number;
}

/** Numbers the nodes of one expression and keeps them within limits: how many, and how many inside each other. */
export class Nodes {
  readonly #depths: number[] = [];

  get count(): number {
    return this.#depths.length;
  }

  /** For a node from `offset` to `end` that holds `children`. Throws `ParseFailure`. */
  place(offset: number, end: number, children: readonly { readonly id: number }[] = []): NodePlace {
    let depth = 0;
    for (const child of children) {
      depth = Math.max(depth, this.#depths[child.id] ?? 0);
    }
    const id = this.#depths.push(depth + 1) - 1;
    if (depth + 1 > LIMITS.expressionDepth) {
      throw tooDeep(offset, end);
    }
    if (id >= LIMITS.expressionNodes) {
      throw new ParseFailure(`the expression has more than ${LIMITS.expressionNodes} parts`, offset, end - offset);
    }
    return { id, offset, length: end - offset };
  }
}

export function tooDeep(offset: number, end: number): ParseFailure {
  return new ParseFailure(
    `the expression has more than ${LIMITS.expressionDepth} parts inside each other`,
    offset,
    end - offset,
  );
}
