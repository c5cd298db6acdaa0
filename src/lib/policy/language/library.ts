import type { Meter } from './meter.ts';
import type { CelType } from './type.ts';
import type { CelValue } from './value.ts';

/** Functions, macros and constants under one name: the standard ones, those of CEL's extensions, of Kubernetes, and our own. */
export interface Library {
  /** `strings`, `kubernetes.quantity`, `plimsoll.version`. */
  readonly name: string;
  /** One sentence for the reference page. */
  readonly description: string;
  readonly functions: readonly FunctionDeclaration[];
  /** Names with dots allowed: `severity.high`, `math.PI`. */
  readonly constants?: readonly ConstantDeclaration[];
}

export interface ConstantDeclaration {
  readonly name: string;
  readonly type: CelType;
  readonly value: CelValue;
}

export interface FunctionDeclaration {
  /** `startsWith`, `math.greatest`, `_+_`: operators under the names of the language definition. */
  readonly name: string;
  readonly description: string;
  readonly overloads: readonly Overload[];
}

export interface Overload {
  /** `string_starts_with_string`. */
  readonly id: string;
  /** Whether it is called on its first parameter: `a.f(b)`. */
  readonly member: boolean;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  /** Whether what it gives depends on the time of the context. */
  readonly readsTime?: true;
  /**
   * The value. Throws `CelError`. Arguments are of the declared types, checked by the caller where the checker could not; lists and maps only so far.
   * Charges what it costs beyond the 1 unit of every call, before the work.
   */
  readonly call: (args: readonly CelValue[], meter: Meter) => CelValue;
}
