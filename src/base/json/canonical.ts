import type { Digest } from '../digest.ts';
import { digestOf } from '../digest.ts';
import { AppError } from '../error.ts';

/** Any value that JSON can hold; `undefined` members of objects are left out, as JSON.stringify does. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue | undefined;
}

export type CanonicalJsonCode =
  /** The value has no canonical form (RFC 8785): a number that is not finite, or text that is not well-formed Unicode. */
  'JSON_NOT_CANONICAL';

export class CanonicalJsonError extends AppError<CanonicalJsonCode> {}

/**
 * The value in the JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, numbers as ECMAScript
 * writes them, no white space. Throws `JSON_NOT_CANONICAL` for what I-JSON cannot hold: NaN, infinities, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) {
        throw refused('a finite number', String(value));
      }
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) {
        return 'null';
      }
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>);
    default:
      throw refused('a JSON value', typeof value);
  }
}

/** The SHA-256 digest of the canonical form: equal for equal values, whatever their member order. */
export function canonicalDigest(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}

function canonicalArray(values: readonly unknown[]): string {
  return `[${values.map((item) => canonicalJson(item)).join(',')}]`;
}

function canonicalObject(value: Record<string, unknown>): string {
  const members: string[] = [];
  // The default sort compares UTF-16 code units, which is what section 3.2.3 asks for.
  for (const name of Object.keys(value).toSorted()) {
    const member = value[name];
    if (member !== undefined) {
      members.push(`${canonicalString(name)}:${canonicalJson(member)}`);
    }
  }
  return `{${members.join(',')}}`;
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) {
    throw refused('well-formed Unicode', 'a lone surrogate');
  }
  return JSON.stringify(text);
}

function refused(expected: string, found: string): CanonicalJsonError {
  return new CanonicalJsonError('JSON_NOT_CANONICAL', 'value has no canonical JSON form', { expected, found });
}
