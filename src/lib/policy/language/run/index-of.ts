import { quote } from '#base/error.ts';
import { CelError } from '../error.ts';
import { CelMessage, CelOptional, CelUint, type CelValue } from '../value.ts';
import type { Operation } from './arithmetic.ts';
import { COST } from './cost.ts';
import { equals } from './equality.ts';
import { isMap } from './map.ts';

/** `container[key]`. Of an optional, an optional. */
export const index: Operation = (container, key) => {
  if (container instanceof CelOptional) {
    return elementOfOptional(container, key);
  }
  const element = elementOf(container, key);
  if (element === undefined && Array.isArray(container)) {
    throw new CelError(`invalid argument: index ${shown(key)} out of bounds, there are ${container.length} elements`);
  }
  if (element === undefined && isContainer(container)) {
    throw new CelError(`no such key: ${shown(key)}`);
  }
  return element;
};

/** `container[?key]`. */
export const indexOptionally: Operation = (container, key) => {
  if (container instanceof CelOptional) {
    return elementOfOptional(container, key);
  }
  const element = elementOf(container, key);
  if (element === undefined) {
    return isContainer(container) ? CelOptional.none : undefined;
  }
  return new CelOptional(element);
};

/** `key in container`. */
export const contains: Operation = (key, container, meter) => {
  if (Array.isArray(container)) {
    const elements = container as readonly CelValue[];
    meter.charge(Math.max(0, elements.length - COST.call));
    return elements.some((element) => equals(key, element, meter));
  }
  return isMap(container) ? container.has(key) : undefined;
};

function elementOfOptional({ value }: CelOptional, key: CelValue): CelValue | undefined {
  return value === undefined ? CelOptional.none : optionalOf(elementOf(value, key), value);
}

function optionalOf(element: CelValue | undefined, container: CelValue): CelValue | undefined {
  if (element !== undefined) {
    return new CelOptional(element);
  }
  return isContainer(container) ? CelOptional.none : undefined;
}

function isContainer(value: CelValue): boolean {
  return Array.isArray(value) || isMap(value);
}

/** Undefined where there is none. Throws `CelError` for a key that no list has. */
function elementOf(container: CelValue, key: CelValue): CelValue | undefined {
  if (Array.isArray(container)) {
    return (container as readonly CelValue[])[positionOf(key)];
  }
  return isMap(container) ? container.get(key) : undefined;
}

function positionOf(key: CelValue): number {
  const position = key instanceof CelUint ? key.value : key;
  if (typeof position === 'bigint' || (typeof position === 'number' && Number.isInteger(position))) {
    return Number(position);
  }
  throw new CelError(`invalid argument: ${shown(key)} is no index of a list`);
}

function shown(key: CelValue): string {
  const plain = key instanceof CelUint ? key.value : key;
  switch (typeof plain) {
    case 'string':
      return quote(plain, 80);
    case 'object':
      return plain instanceof CelMessage ? plain.type.name : 'of another type';
    default:
      return String(plain);
  }
}
