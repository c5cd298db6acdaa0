import { quote } from '#base/error.ts';
import { CelError } from '../error.ts';
import type { Select } from '../parse/ast.ts';
import { CelMessage, CelOptional, type CelValue } from '../value.ts';
import type { Builder } from './builder.ts';
import { COST } from './cost.ts';
import type { Evaluate } from './frame.ts';
import { isMap } from './map.ts';

/** `a.b`, `a.?b`, `has(a.b)`. */
export function compileSelect(node: Select, builder: Builder): Evaluate {
  const operand = builder.compile(node.operand);
  const { field, offset } = node;
  if (node.test) {
    return (frame) => {
      const value = operand(frame);
      frame.meter.charge(COST.identifier);
      return hasField(value, field, offset);
    };
  }
  if (node.optional) {
    return (frame) => {
      const value = operand(frame);
      frame.meter.charge(COST.identifier);
      return selectOptionally(value, field, offset);
    };
  }
  return (frame) => {
    const value = operand(frame);
    frame.meter.charge(COST.identifier);
    return selectOne(value, field, offset);
  };
}

function selectOne(value: CelValue, field: string, offset: number): CelValue {
  if (value instanceof CelMessage) {
    const known = value.select(field);
    return known === undefined ? noSuchField(value, field, offset) : known;
  }
  return selectOther(value, field, offset);
}

function selectOther(value: CelValue, field: string, offset: number): CelValue {
  if (isMap(value)) {
    const member = value.get(field);
    if (member === undefined) {
      throw new CelError(`no such key: ${quote(field, 80)}`, offset);
    }
    return member;
  }
  if (value instanceof CelOptional) {
    return selectOptionally(value, field, offset);
  }
  throw noFields(value, field, offset);
}

function selectOptionally(value: CelValue, field: string, offset: number): CelOptional {
  const container = value instanceof CelOptional ? value.value : value;
  if (container === undefined || !hasField(container, field, offset)) {
    return CelOptional.none;
  }
  return new CelOptional(selectOne(container, field, offset));
}

/** Of a map, whether it has the key; of an object, whether there is something: neither null nor an empty text, list or map. */
function hasField(value: CelValue, field: string, offset: number): boolean {
  if (value instanceof CelMessage) {
    const member = value.select(field);
    return member === undefined ? noSuchField(value, field, offset) : isSomething(member);
  }
  if (isMap(value)) {
    return value.has(field);
  }
  if (value instanceof CelOptional) {
    return value.value !== undefined && hasField(value.value, field, offset);
  }
  throw noFields(value, field, offset);
}

function isSomething(value: CelValue): boolean {
  if (typeof value === 'string' || Array.isArray(value)) {
    return value.length > 0;
  }
  return value !== null && !(isMap(value) && value.size === 0);
}

function noSuchField(message: CelMessage, field: string, offset: number): never {
  throw new CelError(`no such field '${field}' in ${message.type.name}`, offset);
}

function noFields(value: CelValue, field: string, offset: number): CelError {
  const what = value === null ? 'null' : 'a value that is no object';
  return new CelError(`no such key: ${quote(field, 80)}: ${what} has no fields`, offset);
}
