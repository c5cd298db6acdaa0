import { decodeText, linesOf, unquoted } from '../../text.ts';

/** What a build of Java says of itself. The others of its values are not looked at, so that no file can have too many. */
const KEYS: ReadonlySet<string> = new Set(['JAVA_VERSION', 'IMPLEMENTOR', 'BUILD_TYPE', 'GRAALVM_VERSION']);

/** The lines `KEY="value"` that the build of the JDK writes (make/ReleaseFile.gmk); the last one of a key counts. */
export function parseRelease(bytes: Uint8Array): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(decodeText(bytes))) {
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(equals, 0));
    if (KEYS.has(key)) {
      values.set(key, unquoted(line.slice(equals + 1).trim()));
    }
  }
  return values;
}
