import type { Meter } from '../meter.ts';
import {
  CelDuration,
  type CelMap,
  CelMessage,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
} from '../value.ts';
import { COST, chargeTraversal } from './cost.ts';
import { tellTurn } from './drift.ts';
import { isMap } from './map.ts';
import { isOpaque } from './opaque.ts';
import { typeName } from './type-of.ts';

/**
 * `==` of the language definition ("Equality"): never an error. Numbers are one number line, lists and maps are compared to the bottom, values of
 * different types differ. Charges for the characters and elements that it looks at; tells the meter when the answer turns.
 */
export function equals(left: CelValue, right: CelValue, meter: Meter): boolean {
  switch (typeof left) {
    case 'string':
      if (typeof right !== 'string') {
        return false;
      }
      chargeTraversal(Math.min(left.length, right.length), meter);
      return left === right;
    case 'boolean':
      return left === right;
    case 'bigint':
    case 'number':
      return equalNumbers(left, right);
    default:
      if (left === null || right === null) {
        return left === right;
      }
      return equalObjects(left, right, meter);
  }
}

/** A number that an int, uint or double stands for; null for other values. */
export function numberOf(value: CelValue): bigint | number | null {
  if (typeof value === 'bigint' || typeof value === 'number') {
    return value;
  }
  return value instanceof CelUint ? value.value : null;
}

function equalNumbers(left: bigint | number, right: CelValue): boolean {
  const other = numberOf(right);
  if (other === null) {
    return false;
  }
  // An int beside a double is taken as one, as cel-go does, which is not exact past 2^53.
  return typeof left === typeof other ? left === other : Number(left) === Number(other);
}

type Objects = Exclude<CelValue, null | string | boolean | bigint | number>;

function equalObjects(left: Objects, right: CelValue, meter: Meter): boolean {
  if (left instanceof CelUint) {
    return equalNumbers(left.value, right);
  }
  if (left instanceof CelTimestamp || left instanceof CelDuration) {
    return equalTimes(left, right, meter);
  }
  if (Array.isArray(left)) {
    return Array.isArray(right) && equalLists(left as readonly CelValue[], right as readonly CelValue[], meter);
  }
  if (left instanceof Uint8Array) {
    return right instanceof Uint8Array && equalBytes(left, right, meter);
  }
  if (left instanceof CelMessage) {
    return right instanceof CelMessage && equalMessages(left, right, meter);
  }
  if (left instanceof CelOptional) {
    return right instanceof CelOptional && equalOptionals(left, right, meter);
  }
  if (left instanceof CelTypeValue) {
    return right instanceof CelTypeValue && typeName(left.type) === typeName(right.type);
  }
  if (isMap(left)) {
    return isMap(right) && equalMaps(left, right, meter);
  }
  return isOpaque(left) && left.equals(right);
}

function equalTimes(left: CelTimestamp | CelDuration, right: CelValue, meter: Meter): boolean {
  const comparable = left instanceof CelTimestamp ? right instanceof CelTimestamp : right instanceof CelDuration;
  if (!comparable) {
    return false;
  }
  const other = right as CelTimestamp | CelDuration;
  tellTurn(left, other, '==', meter);
  return left.nanoseconds === other.nanoseconds;
}

function equalLists(left: readonly CelValue[], right: readonly CelValue[], meter: Meter): boolean {
  if (left.length !== right.length) {
    return false;
  }
  meter.charge(left.length * COST.call);
  return left.every((element, index) => equals(element, right[index] as CelValue, meter));
}

function equalBytes(left: Uint8Array, right: Uint8Array, meter: Meter): boolean {
  chargeTraversal(Math.min(left.length, right.length), meter);
  return Buffer.compare(left, right) === 0;
}

function equalOptionals(left: CelOptional, right: CelOptional, meter: Meter): boolean {
  if (left.value === undefined || right.value === undefined) {
    return left.value === right.value;
  }
  return equals(left.value, right.value, meter);
}

function equalMaps(left: CelMap, right: CelMap, meter: Meter): boolean {
  if (left.size !== right.size) {
    return false;
  }
  meter.charge(left.size * COST.call);
  for (const [key, value] of left.entries()) {
    const other = right.get(key);
    if (other === undefined || !equals(value, other, meter)) {
      return false;
    }
  }
  return true;
}

function equalMessages(left: CelMessage, right: CelMessage, meter: Meter): boolean {
  if (left.type.name !== right.type.name) {
    return false;
  }
  meter.charge(left.type.fields.size * COST.call);
  for (const name of left.type.fields.keys()) {
    if (!equals(left.select(name) ?? null, right.select(name) ?? null, meter)) {
      return false;
    }
  }
  return true;
}
