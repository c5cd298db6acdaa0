import { quote } from '#base/error.ts';
import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { SbomDocument } from '#model/sbom.ts';
import { SbomError } from './error.ts';
import { sbomFormats } from './formats/list.ts';

const READERS = Object.values(sbomFormats).flatMap(({ readers }) => readers);

/**
 * A software bill of materials in any format that is read; `name` is what errors call it. The format is told by the content.
 * Throws `SBOM_INVALID`, `SBOM_UNSUPPORTED`, `JsonError` and `LIMIT_EXCEEDED`; errors name the place in the document.
 */
export function readSbom(bytes: Uint8Array, name: string): SbomDocument {
  if (bytes.length > LIMITS.sbomBytes) {
    throw limitExceeded(name, LIMITS.sbomBytes, 'bytes', bytes.length);
  }
  const start = firstByte(bytes);
  if (start === '<') {
    throw unsupported(name, 'an XML document', 'Convert it to JSON, for instance with cyclonedx-cli.');
  }
  if (start !== '{') {
    throw unsupported(name, start === '' ? 'an empty file' : `a file that begins with ${quote(start)}`);
  }
  return readJson(parseStrictJson(bytes, name), name);
}

function readJson(value: unknown, name: string): SbomDocument {
  const members = membersOf(value);
  for (const reader of READERS) {
    if (members !== null && reader.claims(members)) {
      return reader.read(value, name);
    }
  }
  throw unsupported(name, 'a JSON document of another kind');
}

/** The first character that is no white space, behind a byte order mark. */
function firstByte(bytes: Uint8Array): string {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) {
      return String.fromCharCode(byte);
    }
  }
  return '';
}

function unsupported(name: string, found: string, hint?: string): SbomError {
  return new SbomError('SBOM_UNSUPPORTED', 'not a software bill of materials that is read', {
    object: name,
    expected: READERS.map(({ what }) => what).join(', '),
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}
