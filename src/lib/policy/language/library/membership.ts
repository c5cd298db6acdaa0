import type { Meter } from '../meter.ts';
import { equals } from '../run/equality.ts';
import { CelUint, type CelValue } from '../value.ts';
import { chargeElements } from './charges.ts';

type Key = string | bigint | boolean;

/** Values to which others are held by CEL's equality: at once where all are texts, ints and bools, one by one where they are not. */
export class Membership {
  readonly #meter: Meter;
  readonly #keys = new Set<Key>();
  readonly #others: CelValue[] = [];

  constructor(meter: Meter, values: readonly CelValue[] = []) {
    this.#meter = meter;
    for (const value of values) {
      this.add(value);
    }
  }

  add(value: CelValue): void {
    chargeElements(this.#meter, 1);
    const key = keyOf(value);
    if (key === undefined) {
      this.#others.push(value);
    } else {
      this.#keys.add(key);
    }
  }

  has(value: CelValue): boolean {
    chargeElements(this.#meter, 1);
    const key = keyOf(value);
    if (key !== undefined && this.#keys.has(key)) {
      return true;
    }
    if (typeof value === 'number') {
      // 1.0 is 1; by numbers, as doubles beside ints are.
      chargeElements(this.#meter, this.#keys.size);
      for (const known of this.#keys) {
        if (typeof known === 'bigint' && Number(known) === value) {
          return true;
        }
      }
    }
    chargeElements(this.#meter, this.#others.length);
    return this.#others.some((other) => equals(other, value, this.#meter));
  }
}

function keyOf(value: CelValue): Key | undefined {
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') {
    return value;
  }
  return value instanceof CelUint ? value.value : undefined;
}
