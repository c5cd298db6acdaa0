import { digestOf } from '#base/digest.ts';
import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { VexDocument } from './document.ts';
import { VexError } from './error.ts';
import { describe } from './fields.ts';
import { holdsAnalyses } from './formats/cyclonedx/index.ts';
import type { VexFormat, VexSource } from './formats/format.ts';
import { vexFormats } from './formats/list.ts';

/**
 * A document in whichever format it says to be in. Throws `VEX_FORMAT_UNKNOWN` for one of none, `VEX_INVALID` for one without
 * what its format prescribes, and what `parseStrictJson` throws; all of them name the document.
 */
export function readVex(bytes: Uint8Array, name: string): VexDocument {
  const value = parseStrictJson(bytes, name);
  const format = formatOf(value);
  if (format === null) {
    const expected = vexFormats.map(({ capabilities }) => capabilities.title).join(', ');
    const found = membersOf(value) === null ? describe(value) : 'an object that says to be none of them';
    throw new VexError('VEX_FORMAT_UNKNOWN', 'no VEX document', { object: name, expected, found });
  }
  return format.read(value, { name, id: digestOf(bytes) });
}

/**
 * One that is parsed already; null for a document in none of the formats, or without a statement: most bills of materials in
 * CycloneDX have none.
 */
export function readVexIn(value: unknown, source: VexSource): VexDocument | null {
  const format = formatOf(value);
  return format === null || (format.id === 'cyclonedx' && !holdsAnalyses(value)) ? null : format.read(value, source);
}

function formatOf(value: unknown): VexFormat | null {
  const members = membersOf(value);
  return members === null ? null : (vexFormats.find((format) => format.claims(members)) ?? null);
}
