import { decodeText, linesOf } from '../../text.ts';

/** Null for what a `pubspec.yaml` does not say in one line. */
export interface Pubspec {
  readonly name: string | null;
  readonly version: string | null;
}

/**
 * The two members of the document that matter, which are never anything but short texts: of YAML that people write, everything else
 * may be of any form. What is inside other members is indented.
 */
export function parsePubspec(bytes: Uint8Array): Pubspec {
  const found = new Map<string, string>();
  for (const line of linesOf(decodeText(bytes))) {
    for (const key of ['name', 'version']) {
      if (line.startsWith(key) && !found.has(key)) {
        const value = valueOf(line.slice(key.length).trimStart());
        if (value !== null) {
          found.set(key, value);
        }
      }
    }
  }
  return { name: found.get('name') ?? null, version: found.get('version') ?? null };
}

/** A text in quotes or without, and a comment behind it; null where there is no colon, and for a text of another kind. */
function valueOf(rest: string): string | null {
  if (!rest.startsWith(':')) {
    return null;
  }
  const text = rest.slice(1).trim();
  const quoted = text.startsWith('"') || text.startsWith("'");
  const end = quoted ? text.indexOf(text.charAt(0), 1) : text.search(/\s#/);
  const value = text.slice(quoted ? 1 : 0, end === -1 ? text.length : end).trimEnd();
  return (end !== -1 || !quoted) && /^[\w.+-]+$/.test(value) ? value : null;
}
