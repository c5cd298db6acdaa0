import type { CelError } from '../error.ts';
import type { Expression } from '../parse/ast.ts';
import { absorbed, type Builder, noSuchOverload } from './builder.ts';
import type { Evaluate } from './frame.ts';

/**
 * `&&` and `||` of any length (language definition, "Logical Operators"): one part that decides makes the result, whatever errors the others
 * came to; where none does, the first error is the result.
 */
export function compileLogic(parts: readonly Expression[], deciding: boolean, builder: Builder): Evaluate {
  const compiled = parts.map((part) => ({ evaluate: builder.compile(part), offset: part.offset }));
  const otherwise = !deciding;
  return (frame) => {
    let failure: CelError | null = null;
    for (const part of compiled) {
      try {
        const value = part.evaluate(frame);
        if (value === deciding) {
          return deciding;
        }
        if (value !== otherwise) {
          failure ??= noSuchOverload(part.offset);
        }
      } catch (error) {
        const found = absorbed(error, frame.meter);
        failure ??= found;
      }
    }
    if (failure !== null) {
      throw failure;
    }
    return otherwise;
  };
}

/** `a ? b : c`. */
export function compileConditional(parts: readonly Expression[], offset: number, builder: Builder): Evaluate {
  const [condition, yes, no] = parts.map((part) => builder.compile(part));
  if (condition === undefined || yes === undefined || no === undefined) {
    throw new TypeError('a conditional has three parts');
  }
  return (frame) => {
    const value = condition(frame);
    if (value === true) {
      return yes(frame);
    }
    if (value === false) {
      return no(frame);
    }
    throw noSuchOverload(offset);
  };
}
