import { membersOf, textOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { PackagesError } from '../../error.ts';
import type { ModelMetadata } from './package.ts';

/** The largest models have some hundred thousand tensors, each in a hundred bytes. */
const HEADER_BYTES = 16 * 1024 * 1024;

/**
 * What the header of a safetensors file says of its model: the length of a JSON object, the object, and in that `__metadata__`, whose
 * members for people are those of Stability's ModelSpec. Throws `PACKAGE_METADATA_INVALID`, and errors of the JSON reader.
 */
export function parseSafetensors(bytes: Uint8Array, object: string): ModelMetadata {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = header.length < 8 ? null : Number(header.readBigUInt64LE(0));
  const members =
    length === null || length > Math.min(header.length - 8, HEADER_BYTES)
      ? null
      : membersOf(parseStrictJson(header.subarray(8, 8 + length), object));
  if (members === null) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'header of a safetensors model that cannot be read', {
      object,
      expected: `an object of at most ${Math.min(header.length, HEADER_BYTES)} bytes`,
      found: length === null ? `${header.length} bytes` : `${length} bytes of something else, or of more than that`,
    });
  }
  const metadata = membersOf(members.get('__metadata__')) ?? new Map<string, unknown>();
  return {
    name: textOf(metadata, 'modelspec.title'),
    version: null,
    license: textOf(metadata, 'modelspec.license'),
    repository: null,
  };
}
