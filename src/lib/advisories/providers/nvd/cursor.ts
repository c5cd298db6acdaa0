import { z } from 'zod';
import type { Digest } from '#base/digest.ts';
import { isDigest } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';

/** What the last refresh leaves for the next one. */
export interface Cursor {
  readonly revision: Digest;
  /** Everything that changed before is in the shard; milliseconds UTC. */
  readonly until: number;
  /** The checksum of the last file of changes, lower case; empty before the first one. */
  readonly modified: string;
  /** Of the file beside that one. */
  readonly validator: string | null;
}

const Stored = z.strictObject({
  revision: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  until: z.number(),
  modified: z.string(),
  validator: z.string().nullable(),
});

/** Null for what was never written here: everything is read anew. */
export function parseCursor(text: string | null): Cursor | null {
  if (text === null) {
    return null;
  }
  try {
    return Stored.parse(parseStrictJson(text, 'cursor'));
  } catch {
    return null;
  }
}
