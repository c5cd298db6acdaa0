import { CelError } from '../error.ts';
import type { FunctionDeclaration, Overload } from '../library.ts';
import type { Meter } from '../meter.ts';
import type { CelType } from '../type.ts';
import { CelDuration, CelOptional, CelTimestamp, CelUint, type CelValue } from '../value.ts';

export type Call = (args: readonly CelValue[], meter: Meter) => CelValue;

export function fn(name: string, description: string, ...overloads: readonly Overload[]): FunctionDeclaration {
  return { name, description, overloads };
}

/** `f(a, b)`. */
export function globalCall(id: string, parameters: readonly CelType[], result: CelType, call: Call): Overload {
  return { id, member: false, parameters, result, call };
}

/** `a.f(b)`. */
export function memberCall(id: string, parameters: readonly CelType[], result: CelType, call: Call): Overload {
  return { id, member: true, parameters, result, call };
}

export function toText(value: CelValue | undefined): string {
  if (typeof value !== 'string') {
    throw noSuchOverload();
  }
  return value;
}

export function toInt(value: CelValue | undefined): bigint {
  if (typeof value !== 'bigint') {
    throw noSuchOverload();
  }
  return value;
}

export function toUint(value: CelValue | undefined): bigint {
  if (!(value instanceof CelUint)) {
    throw noSuchOverload();
  }
  return value.value;
}

export function toDouble(value: CelValue | undefined): number {
  if (typeof value !== 'number') {
    throw noSuchOverload();
  }
  return value;
}

export function toBool(value: CelValue | undefined): boolean {
  if (typeof value !== 'boolean') {
    throw noSuchOverload();
  }
  return value;
}

export function toBytes(value: CelValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    throw noSuchOverload();
  }
  return value;
}

export function toList(value: CelValue | undefined): readonly CelValue[] {
  if (!isList(value)) {
    throw noSuchOverload();
  }
  return value;
}

export function toOptional(value: CelValue | undefined): CelOptional {
  if (!(value instanceof CelOptional)) {
    throw noSuchOverload();
  }
  return value;
}

export function toTimestamp(value: CelValue | undefined): CelTimestamp {
  if (!(value instanceof CelTimestamp)) {
    throw noSuchOverload();
  }
  return value;
}

export function toDuration(value: CelValue | undefined): CelDuration {
  if (!(value instanceof CelDuration)) {
    throw noSuchOverload();
  }
  return value;
}

/** A value of one of the libraries' own classes. */
export function toOpaque<T extends object>(value: CelValue | undefined, type: abstract new (...args: never[]) => T): T {
  if (!(value instanceof type)) {
    throw noSuchOverload();
  }
  return value;
}

export function isList(value: CelValue | undefined): value is readonly CelValue[] {
  return Array.isArray(value);
}

/** What CEL calls arguments of other types than those declared. */
export function noSuchOverload(): CelError {
  return new CelError('no such overload');
}
