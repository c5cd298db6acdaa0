import { membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { SbomDocument } from '#model/sbom.ts';
import { SbomError } from './error.ts';
import { sbomFormats } from './formats/list.ts';
import { otherContent, otherObject } from './other-content.ts';
import { insidePredicate, unwrap } from './wrapped.ts';

const READERS = Object.values(sbomFormats).flatMap(({ readers }) => readers);

/** Characters that are looked at to tell text apart. */
const HEAD = 256;

/**
 * A software bill of materials in any format that is read, alone or in an in-toto statement; `name` is what errors call it. The format is told by the content.
 * Throws `SBOM_INVALID`, `SBOM_UNSUPPORTED`, `JsonError` and `LIMIT_EXCEEDED`; errors name the place in the document.
 */
export function readSbom(bytes: Uint8Array, name: string): SbomDocument {
  if (bytes.length > LIMITS.sbomBytes) {
    throw limitExceeded(name, LIMITS.sbomBytes, 'bytes', bytes.length);
  }
  return readBytes(bytes, name, true);
}

/** What is inside a statement is not unwrapped again. */
function readBytes(bytes: Uint8Array, name: string, mayBeWrapped: boolean): SbomDocument {
  const content = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  const head = new TextDecoder().decode(content.subarray(0, HEAD)).trimStart();
  if (head.startsWith('{')) {
    const value = parseStrictJson(content, name);
    return mayBeWrapped ? readSbomValue(value, name) : readPlain(value, name);
  }
  for (const reader of READERS) {
    if (reader.kind === 'text' && reader.claims(head)) {
      return reader.read(decode(content, name), name);
    }
  }
  throw unsupported(name, otherContent(bytes, head));
}

/** The same of a document that is a JSON value already. */
function readSbomValue(value: unknown, name: string): SbomDocument {
  const unwrapped = unwrap(value, name);
  if (unwrapped === null) {
    return readPlain(value, name);
  }
  const { predicate, wrapping, statedSubjects } = unwrapped;
  const inside = insidePredicate(predicate);
  const at = `${name}, predicate`;
  const document = typeof inside === 'string' ? readBytes(Buffer.from(inside), at, false) : readPlain(inside, at);
  return { ...document, wrapping, statedSubjects };
}

function readPlain(value: unknown, name: string): SbomDocument {
  const members = membersOf(value);
  for (const reader of READERS) {
    if (reader.kind === 'json' && members !== null && reader.claims(members)) {
      return reader.read(value, name);
    }
  }
  throw unsupported(name, members === null ? { found: 'JSON that is no object' } : otherObject(members));
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const expected = 'UTF-8 text';
    const found = 'bytes that are not UTF-8';
    throw new SbomError('SBOM_INVALID', 'not a text', { object: name, expected, found, cause: error });
  }
}

function unsupported(name: string, { found, hint }: ReturnType<typeof otherContent>): SbomError {
  return new SbomError('SBOM_UNSUPPORTED', 'not a software bill of materials that is read', {
    object: name,
    expected: READERS.map(({ what }) => what).join(', '),
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}
