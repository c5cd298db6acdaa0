import { CelError } from '../error.ts';
import type { Expression, ListLiteral, MapLiteral } from '../parse/ast.ts';
import { CelOptional, type CelValue } from '../value.ts';
import { type Builder, located } from './builder.ts';
import { COST } from './cost.ts';
import type { Evaluate, Frame } from './frame.ts';
import { MapBuilder } from './map.ts';

/** `[a, ?b]`. One whose elements are all constants is made once. */
export function compileList(node: ListLiteral, builder: Builder): Evaluate {
  const constants = constantsOf(node);
  if (constants !== null) {
    return (frame) => {
      frame.meter.charge(COST.listCreate);
      return constants;
    };
  }
  const elements = node.elements.map(({ value, optional }) => ({ ...compiled(value, builder), optional }));
  return (frame) => {
    const list: CelValue[] = [];
    for (const element of elements) {
      const value = element.evaluate(frame);
      const present = element.optional ? unwrap(value, element.offset) : value;
      if (present !== undefined) {
        list.push(present);
      }
    }
    frame.meter.charge(COST.listCreate);
    return list;
  };
}

/** The values of a list literal of nothing but constants; null for others. */
export function constantsOf(node: Expression): readonly CelValue[] | null {
  if (node.kind !== 'list') {
    return null;
  }
  const values: CelValue[] = [];
  for (const { value, optional } of node.elements) {
    if (value.kind !== 'constant' || optional) {
      return null;
    }
    values.push(value.value);
  }
  return values;
}

/** `{k: v, ?k: v}`. */
export function compileMap(node: MapLiteral, builder: Builder): Evaluate {
  const entries = node.entries.map(({ key, value, optional }) => ({
    key: compiled(key, builder),
    value: compiled(value, builder),
    optional,
  }));
  return (frame) => {
    const map = new MapBuilder();
    for (const { key, value, optional } of entries) {
      const name = key.evaluate(frame);
      const member = value.evaluate(frame);
      const present = optional ? unwrap(member, value.offset) : member;
      if (present !== undefined) {
        addEntry(map, name, present, key.offset);
      }
    }
    frame.meter.charge(COST.mapCreate);
    return map.map();
  };
}

function addEntry(map: MapBuilder, key: CelValue, value: CelValue, offset: number): void {
  try {
    map.add(key, value);
  } catch (error) {
    throw located(error, offset);
  }
}

function compiled(node: Expression, builder: Builder): { evaluate: (frame: Frame) => CelValue; offset: number } {
  return { evaluate: builder.compile(node), offset: node.offset };
}

function unwrap(value: CelValue, offset: number): CelValue | undefined {
  if (value instanceof CelOptional) {
    return value.value;
  }
  throw new CelError('no such overload: an optional was expected after ?', offset);
}
