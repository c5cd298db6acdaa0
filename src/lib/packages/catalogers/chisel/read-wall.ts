import { messageOf } from '#base/error.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { JsonError, parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded, unzstdBounded } from '#base/limits.ts';
import { PackagesError } from '../../error.ts';
import type { Omissions } from '../../omissions.ts';
import { decodeText, linesOf } from '../../text.ts';

/** One object of a jsonwall file. */
export interface Entry {
  readonly line: number;
  readonly members: Members;
}

const SCHEMA = '1.';

/**
 * The objects behind the header of a manifest, in the jsonwall format: one a line, compressed as a whole. A line that is no
 * object goes to `omissions` and ends the reading; so does an end before or behind the number of lines that the header names.
 * Throws `PACKAGE_METADATA_INVALID` and `LIMIT_EXCEEDED`.
 */
export function* readWall(bytes: Uint8Array, object: string, omissions: Omissions): Generator<Entry, void> {
  let line = 0;
  let count: unknown;
  for (const text of linesOf(decodeText(decompress(bytes, object)))) {
    line += 1;
    if (line > LIMITS.layerEntries) {
      throw limitExceeded(object, LIMITS.layerEntries, 'lines');
    }
    const members = parse(text, object);
    if (line === 1) {
      count = countOf(members, object);
    } else if (members === null) {
      omissions.add('expected a JSON object, found something else, and read no further', line);
      return;
    } else {
      yield { line, members };
    }
  }
  if (line === 0) {
    countOf(null, object);
  }
  if (line !== count) {
    omissions.add('expected as many lines as the header says, found more or fewer', line);
  }
}

function decompress(bytes: Uint8Array, object: string): Uint8Array {
  try {
    return unzstdBounded(bytes, LIMITS.packageDatabaseBytes);
  } catch (error) {
    if (error instanceof RangeError) {
      throw limitExceeded(object, LIMITS.packageDatabaseBytes, 'bytes after decompression');
    }
    const detail = { object, expected: 'a whole zstd stream', found: messageOf(error), cause: error };
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'not a Chisel manifest', detail);
  }
}

function parse(text: string, object: string): Members | null {
  try {
    return membersOf(parseStrictJson(text, object));
  } catch (error) {
    if (error instanceof JsonError) {
      return null;
    }
    throw error;
  }
}

function countOf(header: Members | null, object: string): unknown {
  const schema = header?.get('schema');
  if (header?.has('jsonwall') !== true || typeof schema !== 'string' || !schema.startsWith(SCHEMA)) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'not a Chisel manifest', {
      object,
      expected: `a jsonwall header of schema ${SCHEMA}x`,
    });
  }
  return header.get('count');
}
