import { CelDuration, CelMessage, CelOptional, CelTimestamp, CelTypeValue, CelUint, type CelValue } from '../value.ts';
import { isMap } from './map.ts';
import { isOpaque } from './opaque.ts';
import { printDuration, printTimestamp } from './time/text.ts';
import { typeName } from './type-of.ts';

/** Elements of a list, entries of a map and fields of an object that are shown. */
const MAX_SHOWN = 20;

/** A value as text for people, much as CEL would write it, cut to `maxChars`. */
export function showValue(value: CelValue, maxChars: number): string {
  const text = show(value, maxChars, 0);
  return text.length > maxChars ? `${text.slice(0, Math.max(0, maxChars - 1))}…` : text;
}

function show(value: CelValue, maxChars: number, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > maxChars ? value.slice(0, maxChars) : value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value === null ? 'null' : showObject(value, maxChars, depth);
  }
}

type Objects = Exclude<CelValue, null | string | boolean | bigint | number>;

function showObject(value: Objects, maxChars: number, depth: number): string {
  if (Array.isArray(value)) {
    const items = value as readonly CelValue[];
    return `[${parts(items, items.length, (item) => show(item, maxChars, depth + 1), depth)}]`;
  }
  if (value instanceof CelUint) {
    return `${value.value}u`;
  }
  if (value instanceof CelTimestamp) {
    return printTimestamp(value.nanoseconds);
  }
  if (value instanceof CelDuration) {
    return printDuration(value.nanoseconds);
  }
  if (value instanceof Uint8Array) {
    return `${value.length} bytes`;
  }
  if (value instanceof CelOptional) {
    return value.value === undefined ? 'none' : `optional(${show(value.value, maxChars, depth)})`;
  }
  if (value instanceof CelTypeValue) {
    return typeName(value.type);
  }
  if (value instanceof CelMessage) {
    return showMessage(value, maxChars, depth);
  }
  if (isMap(value)) {
    const entry = ([key, member]: readonly [CelValue, CelValue]): string =>
      `${show(key, maxChars, depth + 1)}: ${show(member, maxChars, depth + 1)}`;
    return `{${parts(value.entries(), value.size, entry, depth)}}`;
  }
  return isOpaque(value) ? value.show() : '';
}

function showMessage(message: CelMessage, maxChars: number, depth: number): string {
  const field = (name: string): string => `${name}: ${show(message.select(name) ?? null, maxChars, depth + 1)}`;
  const { fields, name } = message.type;
  return `${name}{${parts(fields.keys(), fields.size, field, depth)}}`;
}

function parts<T>(items: Iterable<T>, count: number, text: (item: T) => string, depth: number): string {
  if (depth > 1) {
    return count === 0 ? '' : `${count}…`;
  }
  const shown: string[] = [];
  for (const item of items) {
    if (shown.length === MAX_SHOWN) {
      shown.push(`… ${count - MAX_SHOWN} more`);
      break;
    }
    shown.push(text(item));
  }
  return shown.join(', ');
}
