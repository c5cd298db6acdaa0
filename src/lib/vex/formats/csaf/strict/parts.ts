import { z } from 'zod';
import { isUri, parseDateTime } from './formats.ts';
import { isTrimmedLine, type TextKind, textTest } from './texts.ts';

export type CsafVersion = '2.0' | '2.1';

export const Text = z.string().min(1);
export const Uri = z.string().refine(isUri, 'expected a URI (RFC 3986)');
export const DateTime = z.string().refine((text) => parseDateTime(text) !== null, 'expected a date-time (RFC 3339)');
export const TrimmedName = z
  .string()
  .refine((text) => isTrimmedLine(text, true), 'expected a line that does not begin or end with a blank or one of -_.');
export const TrimmedLine = z
  .string()
  .refine((text) => isTrimmedLine(text, false), 'expected a line that does not begin or end with a blank');

export function textOf(kind: TextKind) {
  return z.string().refine(textTest(kind), `expected a ${kind}`);
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1);
}

/** JSON Schema's `uniqueItems`: what is written otherwise, with members in another order, is still the same. */
export function setOf<Item extends z.ZodType>(item: Item) {
  return listOf(item).refine((items) => new Set(items.map(comparable)).size === items.length, 'expected no item twice');
}

/** 2.1 refuses members that it does not know; 2.0 leaves them to whoever wrote them. */
export function objectOf<Shape extends z.ZodRawShape>(version: CsafVersion, shape: Shape) {
  return version === '2.0' ? z.looseObject(shape) : z.strictObject(shape);
}

/** Members of one version only, all of them optional: in the other they are what any unknown member is. */
export function onlyIn(version: CsafVersion, wanted: CsafVersion, shape: Readonly<Record<string, z.ZodType>>) {
  return version === wanted
    ? Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.optional()]))
    : {};
}

export function atLeast(members: number) {
  return (value: object): boolean => Object.keys(value).length >= members;
}

function comparable(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
