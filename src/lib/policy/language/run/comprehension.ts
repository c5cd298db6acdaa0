import { CelError } from '../error.ts';
import type { Comprehension } from '../parse/ast.ts';
import type { CelMap, CelValue } from '../value.ts';
import { absorbed, type Builder, noSuchOverload } from './builder.ts';
import { ELEMENT_COST } from './cost.ts';
import type { Evaluate, Frame } from './frame.ts';
import { isMap, MapBuilder } from './map.ts';

interface Loop {
  readonly range: Evaluate;
  readonly condition: Evaluate | null;
  readonly result: Evaluate;
  readonly first: number;
  /** -1 where there is one variable. */
  readonly second: number;
  readonly macro: Comprehension['macro'];
  readonly offset: number;
  readonly resultOffset: number;
}

/** The macros over lists and maps. Each element is charged before it is looked at, so that a budget stops any of them. */
export function compileComprehension(node: Comprehension, builder: Builder): Evaluate {
  const range = builder.compile(node.range);
  const first = builder.newSlot();
  const second = node.variables.length === 2 ? builder.newSlot() : -1;
  const locals = [first, second].filter((slot) => slot >= 0).map((slot) => ({ slot, late: null }));
  const [condition, result] = builder.within(node, locals, () => [
    node.condition === null ? null : builder.compile(node.condition),
    builder.compile(node.result),
  ]);
  const { macro, offset } = node;
  const loop: Loop = { range, condition, result, first, second, macro, offset, resultOffset: node.result.offset };
  switch (macro) {
    case 'all':
      return (frame) => decide(loop, frame, false);
    case 'exists':
      return (frame) => decide(loop, frame, true);
    case 'existsOne':
      return (frame) => existsOne(loop, frame);
    case 'filter':
      return (frame) => filter(loop, frame);
    case 'map':
      return (frame) => mapped(loop, frame);
    case 'transformMap':
    case 'transformMapEntry':
      return (frame) => transformed(loop, frame);
  }
}

/**
 * Calls `visit` for each element with the variables set, until it says to stop. The element of one variable is that of a list or the key of a
 * map; of two, the place or the key comes first.
 */
function each(loop: Loop, frame: Frame, visit: (key: CelValue | number, element: CelValue) => boolean): void {
  const range = loop.range(frame);
  const cost = ELEMENT_COST[loop.macro].each;
  const { meter, slots } = frame;
  const { first, second } = loop;
  if (Array.isArray(range)) {
    const elements = range as readonly CelValue[];
    for (let place = 0; place < elements.length; place++) {
      const element = elements[place] as CelValue;
      meter.charge(cost);
      slots[first] = second < 0 ? element : BigInt(place);
      if (second >= 0) {
        slots[second] = element;
      }
      if (visit(place, element)) {
        return;
      }
    }
    return;
  }
  if (!isMap(range)) {
    throw new CelError('no such overload: a list or a map was expected to go over', loop.offset);
  }
  eachEntry(loop, frame, range, visit);
}

function eachEntry(
  { macro, first, second }: Loop,
  { meter, slots }: Frame,
  range: CelMap,
  visit: (key: CelValue | number, element: CelValue) => boolean,
): void {
  const cost = ELEMENT_COST[macro].each;
  for (const [key, value] of range.entries()) {
    meter.charge(cost);
    slots[first] = key;
    if (second >= 0) {
      slots[second] = value;
    }
    if (visit(key, key)) {
      return;
    }
  }
}

/** `all` and `exists`: as `&&` and `||` of the predicate for all elements. */
function decide(loop: Loop, frame: Frame, deciding: boolean): boolean {
  const { result, resultOffset } = loop;
  // The first alone is kept.
  const failures: CelError[] = [];
  let decided = false;
  each(loop, frame, () => {
    try {
      const value = result(frame);
      if (value === deciding) {
        decided = true;
      } else if (typeof value !== 'boolean') {
        failures[0] ??= noSuchOverload(resultOffset);
      }
    } catch (error) {
      const found = absorbed(error, frame.meter);
      failures[0] ??= found;
    }
    return decided;
  });
  if (decided) {
    return deciding;
  }
  const [failure] = failures;
  if (failure !== undefined) {
    throw failure;
  }
  return !deciding;
}

function existsOne(loop: Loop, frame: Frame): boolean {
  let count = 0;
  each(loop, frame, () => {
    if (isTrue(loop.result(frame), loop.resultOffset)) {
      frame.meter.charge(ELEMENT_COST.existsOne.kept);
      count++;
    }
    return false;
  });
  return count === 1;
}

function filter(loop: Loop, frame: Frame): readonly CelValue[] {
  const kept: CelValue[] = [];
  each(loop, frame, (_, element) => {
    if (isTrue(loop.result(frame), loop.resultOffset)) {
      frame.meter.charge(ELEMENT_COST.filter.kept);
      kept.push(element);
    }
    return false;
  });
  return kept;
}

function mapped(loop: Loop, frame: Frame): readonly CelValue[] {
  const list: CelValue[] = [];
  each(loop, frame, () => {
    if (counts(loop, frame)) {
      frame.meter.charge(ELEMENT_COST.map.kept);
      list.push(loop.result(frame));
    }
    return false;
  });
  return list;
}

function transformed(loop: Loop, frame: Frame): CelMap {
  const map = new MapBuilder();
  each(loop, frame, (key) => {
    if (counts(loop, frame)) {
      frame.meter.charge(ELEMENT_COST.transformMap.kept);
      addTransformed(loop, map, typeof key === 'number' ? BigInt(key) : key, loop.result(frame), frame);
    }
    return false;
  });
  return map.map();
}

function addTransformed(loop: Loop, map: MapBuilder, key: CelValue, value: CelValue, { meter }: Frame): void {
  if (loop.macro === 'transformMap') {
    map.add(key, value);
    return;
  }
  if (!isMap(value)) {
    throw noSuchOverload(loop.resultOffset);
  }
  meter.charge(value.size);
  for (const [name, member] of value.entries()) {
    map.add(name, member);
  }
}

function counts({ condition, offset }: Loop, frame: Frame): boolean {
  return condition === null || isTrue(condition(frame), offset);
}

function isTrue(value: CelValue, offset: number): boolean {
  if (typeof value !== 'boolean') {
    throw noSuchOverload(offset);
  }
  return value;
}
