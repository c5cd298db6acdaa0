import type { CallReference } from '../check/checked.ts';
import type { Overload } from '../library.ts';
import type { Meter } from '../meter.ts';
import type { Call, Expression } from '../parse/ast.ts';
import { CelOptional, type CelValue } from '../value.ts';
import { type Builder, located, noSuchOverload } from './builder.ts';
import { COST } from './cost.ts';
import type { Evaluate } from './frame.ts';
import { isOfType } from './type-of.ts';

/** A function of a library, on the overload that fits what the arguments turn out to be. */
export function compileCall(node: Call, reference: CallReference, builder: Builder): Evaluate {
  const nodes = reference.member && node.target !== null ? [node.target, ...node.arguments] : node.arguments;
  const args = nodes.map((argument) => builder.compile(argument));
  if (isOptionalOr(reference, nodes)) {
    return compileOr(reference.name === 'or', args, node.offset);
  }
  const call = dispatcher(reference, node.offset);
  const [first, second] = args;
  if (args.length === 1 && first !== undefined) {
    return (frame) => call([first(frame)], frame.meter);
  }
  if (args.length === 2 && first !== undefined && second !== undefined) {
    return (frame) => call([first(frame), second(frame)], frame.meter);
  }
  return (frame) =>
    call(
      args.map((argument) => argument(frame)),
      frame.meter,
    );
}

type Call1 = (args: readonly CelValue[], meter: Meter) => CelValue;

function dispatcher({ overloads, certain }: CallReference, offset: number): Call1 {
  const [only] = overloads;
  return (args, meter) => {
    meter.charge(COST.call);
    const overload = certain ? only : overloads.find((one) => fits(one, args));
    if (overload === undefined) {
      throw noSuchOverload(offset);
    }
    try {
      return overload.call(args, meter);
    } catch (error) {
      throw located(error, offset);
    }
  };
}

export function fits({ parameters }: Overload, args: readonly CelValue[]): boolean {
  return (
    parameters.length === args.length && parameters.every((type, index) => isOfType(args[index] as CelValue, type))
  );
}

/** `a.or(b)` and `a.orValue(b)` look at `b` only where `a` is none. */
function isOptionalOr({ name, overloads }: CallReference, args: readonly Expression[]): boolean {
  const known = (name === 'or' || name === 'orValue') && args.length === 2;
  return known && overloads.every(({ parameters: [target] }) => target?.kind === 'optional');
}

function compileOr(keepsOptional: boolean, args: readonly Evaluate[], offset: number): Evaluate {
  const [target, other] = args;
  if (target === undefined || other === undefined) {
    throw new TypeError('two arguments');
  }
  return (frame) => {
    const value = target(frame);
    frame.meter.charge(COST.call);
    if (!(value instanceof CelOptional)) {
      throw noSuchOverload(offset);
    }
    if (value.value !== undefined) {
      return keepsOptional ? value : value.value;
    }
    const instead = other(frame);
    if (keepsOptional && !(instead instanceof CelOptional)) {
      throw noSuchOverload(offset);
    }
    return instead;
  };
}
