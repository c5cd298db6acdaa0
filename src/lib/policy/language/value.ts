import type { CelType, MessageType } from './type.ts';

/**
 * Values of CEL at run time. `int` is a bigint within 64 bits, `double` a number, `string` a string of well-formed Unicode, `bytes` a
 * Uint8Array, a list an array.
 */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTimestamp
  | CelDuration
  | CelMap
  | CelOptional
  | CelTypeValue
  | CelMessage
  | CelOpaque
  | readonly CelValue[];

export class CelUint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/**
 * An instant. `drift` is how fast it moves as the time of the context does: 1 for that time itself and what is counted from it, 0 for
 * all others. Whoever compares values of different drift tells the meter when the answer turns (see `Meter.turns`): so it is known
 * how long a verdict holds.
 */
export class CelTimestamp {
  /** Nanoseconds since 1970 UTC, from year 1 to 9999. */
  readonly nanoseconds: bigint;
  readonly drift: number;

  constructor(nanoseconds: bigint, drift = 0) {
    this.nanoseconds = nanoseconds;
    this.drift = drift;
  }
}

/** A length of time; an age has the drift 1, what is left until an instant -1. */
export class CelDuration {
  readonly nanoseconds: bigint;
  readonly drift: number;

  constructor(nanoseconds: bigint, drift = 0) {
    this.nanoseconds = nanoseconds;
    this.drift = drift;
  }
}

/** A map. Keys are bool, int, uint and string; 1, 1u and 1.0 are one key. Insertion order is kept and never seen by equality. */
export interface CelMap {
  readonly kind: 'map';
  readonly size: number;
  /** Undefined where there is none. */
  get(key: CelValue): CelValue | undefined;
  has(key: CelValue): boolean;
  keys(): Iterable<CelValue>;
  entries(): Iterable<readonly [CelValue, CelValue]>;
}

export class CelOptional {
  static readonly none: CelOptional = new CelOptional(undefined);
  /** Undefined for `optional.none()`. */
  readonly value: CelValue | undefined;

  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export class CelTypeValue {
  readonly type: CelType;

  constructor(type: CelType) {
    this.type = type;
  }
}

/** An object of the schema over plain JSON, whose fields are read when they are asked for, once. */
export class CelMessage {
  readonly type: MessageType;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly #read = new Map<string, CelValue>();

  constructor(type: MessageType, raw: Readonly<Record<string, unknown>>) {
    this.type = type;
    this.raw = raw;
  }

  /** Undefined where the type has no such field. */
  select(name: string): CelValue | undefined {
    const known = this.#read.get(name);
    if (known !== undefined) {
      return known;
    }
    const field = this.type.fields.get(name);
    if (field === undefined) {
      return undefined;
    }
    const value = field.read(this.raw) as CelValue;
    this.#read.set(name, value);
    return value;
  }
}

/** A value of a library: immutable. */
export interface CelOpaque {
  readonly kind: 'opaque';
  readonly type: CelType;
  equals(other: CelValue): boolean;
  /** As text for people, in what a rule saw. */
  show(): string;
}
