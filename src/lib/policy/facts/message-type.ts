import { z } from 'zod';
import { SEVERITY, severityValue } from '../language/library/plimsoll/severity/value.ts';
import {
  BOOL,
  type CelType,
  DOUBLE,
  DURATION,
  type FieldType,
  INT,
  listOf,
  type MessageType,
  mapOf,
  messageOf,
  STRING,
  TIMESTAMP,
} from '../language/type.ts';
import { CelDuration, CelMessage, CelTimestamp, type CelValue } from '../language/value.ts';
import { RecordMap } from './record-map.ts';

/** How a kind of JSON value is seen by expressions. */
export interface Reading {
  readonly type: CelType;
  readonly nullable: boolean;
  /** Total: what is not of the kind is read as its default. */
  readonly read: (raw: unknown) => CelValue;
  /** Of a list: the same for one element. */
  readonly element?: (raw: unknown) => CelValue;
}

const NANOSECONDS = 1_000_000n;

/** Makes types of schemas; objects of one title are of one type, however often they occur. */
export class SchemaReader {
  readonly #types = new Map<string, MessageType>();

  /** How a value of a schema is seen. Throws for a schema that has no such form. */
  readingOf(schema: z.ZodType): Reading {
    if (schema instanceof z.ZodNullable) {
      const inner = this.readingOf(schema.unwrap() as z.ZodType);
      return { ...inner, nullable: true, read: (raw) => (raw === null || raw === undefined ? null : inner.read(raw)) };
    }
    return { nullable: false, ...this.#kindOf(schema) };
  }

  #kindOf(schema: z.ZodType): Omit<Reading, 'nullable'> {
    if (schema instanceof z.ZodObject) {
      const message = this.#messageOf(schema);
      return { type: messageOf(message), read: (raw) => new CelMessage(message, asRecord(raw)) };
    }
    if (schema instanceof z.ZodArray) {
      const { type, read } = this.readingOf(schema.element as z.ZodType);
      return { type: listOf(type), element: read, read: (raw) => (Array.isArray(raw) ? raw.map(read) : []) };
    }
    return scalarKind(schema);
  }

  /** Called `plimsoll.` and the title of the schema. */
  #messageOf(schema: z.ZodObject): MessageType {
    const name = `plimsoll.${schema.meta()?.title ?? ''}`;
    const known = this.#types.get(name);
    if (known !== undefined) {
      return known;
    }
    const fields = Object.entries(schema.shape).map(([field, member]) => this.#fieldOf(field, member as z.ZodType));
    const message = { name, fields: new Map(fields.map((field) => [field.name, field])) };
    this.#types.set(name, message);
    return message;
  }

  #fieldOf(name: string, schema: z.ZodType): FieldType {
    const { type, nullable, read } = this.readingOf(schema);
    return { name, type, nullable, description: schema.description ?? '', read: (raw) => read(own(raw, name)) };
  }
}

function own(raw: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(raw, name) ? raw[name] : undefined;
}

function scalarKind(schema: z.ZodType): Omit<Reading, 'nullable'> {
  if (schema instanceof z.ZodRecord) {
    return { type: mapOf(STRING, STRING), read: (raw) => new RecordMap(asRecord(raw) as Record<string, string>) };
  }
  if (schema instanceof z.ZodBoolean) {
    return { type: BOOL, read: (raw) => raw === true };
  }
  if (schema instanceof z.ZodNumber) {
    return numberKind(schema);
  }
  if (schema instanceof z.ZodEnum && severityValue(String(schema.options[0])) !== undefined) {
    return { type: SEVERITY, read: (raw) => severityValue(String(raw)) ?? severityValue('unknown') ?? null };
  }
  if (schema instanceof z.ZodISODateTime) {
    return { type: TIMESTAMP, read: (raw) => toTimestamp(raw, schema.meta()?.['drift'] === 1 ? 1 : 0) };
  }
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) {
    return { type: STRING, read: (raw) => (typeof raw === 'string' ? raw : '') };
  }
  throw new Error('a schema of facts is made of objects, arrays, maps of texts, texts, numbers and booleans');
}

/** Whole numbers are ints, or durations where their unit says so. */
function numberKind(schema: z.ZodNumber): Omit<Reading, 'nullable'> {
  if (schema.meta()?.['unit'] === 'milliseconds') {
    return { type: DURATION, read: (raw) => new CelDuration(toInt(raw) * NANOSECONDS) };
  }
  return schema.format === 'safeint'
    ? { type: INT, read: toInt }
    : { type: DOUBLE, read: (raw) => (typeof raw === 'number' ? raw : 0) };
}

function toInt(raw: unknown): bigint {
  return Number.isSafeInteger(raw) ? BigInt(raw as number) : 0n;
}

/** An instant of the facts: to the millisecond. */
function toTimestamp(raw: unknown, drift: number): CelTimestamp {
  const milliseconds = typeof raw === 'string' ? Date.parse(raw) : Number.NaN;
  return new CelTimestamp(toInt(milliseconds) * NANOSECONDS, drift);
}

function asRecord(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
}
