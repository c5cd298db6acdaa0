import type { ZodType } from 'zod';
import { messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { FeedEntry } from '#model/ports.ts';

/** `modified` of records of feeds that have no dates: such a shard is as old as the last look at its feed. */
export const UNDATED = '1970-01-01T00:00:00Z';

/** A record as its schema has it, or the rejection that tells why it is none. */
export type ReadRecord<T> =
  | { readonly kind: 'value'; readonly value: T }
  | Extract<FeedEntry, { readonly kind: 'rejected' }>;

/** Reads one record of a feed; what is broken about it is said by name. */
export function readRecord<T>(name: string, bytes: Uint8Array, schema: ZodType<T>): ReadRecord<T> {
  let value: unknown;
  try {
    value = parseStrictJson(bytes, 'record');
  } catch (error) {
    return { kind: 'rejected', name, reason: messageOf(error) };
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = quote((issue?.path ?? []).map(String).join('.'), 100);
    return { kind: 'rejected', name, reason: `${place}: ${quote(issue?.message ?? 'of another form')}` };
  }
  return { kind: 'value', value: parsed.data };
}
