import type { DatabaseSync } from 'node:sqlite';
import { deflateRawSync } from 'node:zlib';
import { inflateRawPreset, LIMITS } from '#base/limits.ts';

/** What the first advisories say is much of what all of a feed say: the same words and addresses. */
const DICTIONARY_BYTES = 2048;
/** Shorter texts stay as they are. */
const MIN_CHARS = 64;
/** For texts of some kilobytes; larger windows take longer to set up than they save. */
const WINDOW_BITS = 13;
const MEMORY_LEVEL = 5;
const LEVEL = 1;

/** Deflates prose with the first of it as dictionary, which is kept with the shard. */
export interface ProseWriter {
  /** As it is kept: text, or bytes that were deflated. */
  write(prose: string): string | Uint8Array;
}

/** A writer for a new shard (`learn`), or for one that has a dictionary, or too little prose for one. */
export function createProseWriter(database: DatabaseSync, learn: boolean): ProseWriter {
  const first: Buffer[] = [];
  let bytes = 0;
  let dictionary = learn ? null : readDictionary(database);
  return {
    write: (prose) => {
      if (prose.length < MIN_CHARS) {
        return prose;
      }
      const plain = Buffer.from(prose);
      if (dictionary !== null) {
        const room = plain.length + 64;
        const options = { dictionary, level: LEVEL, windowBits: WINDOW_BITS, memLevel: MEMORY_LEVEL, chunkSize: room };
        return deflateRawSync(plain, options);
      }
      if (learn) {
        first.push(plain);
        bytes += plain.length;
        if (bytes >= DICTIONARY_BYTES) {
          dictionary = Buffer.concat(first).subarray(-DICTIONARY_BYTES);
          keepDictionary(database, dictionary);
        }
      }
      return prose;
    },
  };
}

function keepDictionary(database: DatabaseSync, dictionary: Buffer): void {
  database.prepare('INSERT INTO meta VALUES (?, ?)').run('dictionary', dictionary.toString('base64'));
}

/** Null when there was too little prose for one. */
export function readDictionary(database: DatabaseSync): Buffer | null {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get('dictionary');
  return typeof row?.['value'] === 'string' ? Buffer.from(row['value'], 'base64') : null;
}

/** Throws for what was not written by the one above. */
export function readProse(kept: unknown, dictionary: Buffer | null): string {
  if (!(kept instanceof Uint8Array)) {
    return String(kept);
  }
  if (dictionary === null) {
    throw new Error('deflated prose and no dictionary');
  }
  return inflateRawPreset(kept, { dictionary, windowBits: WINDOW_BITS }, LIMITS.advisoryBytes).toString();
}
