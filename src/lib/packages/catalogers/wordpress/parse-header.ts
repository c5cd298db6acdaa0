import { decodeText } from '../../text.ts';

/** How much of a file WordPress looks at (`get_file_data`). */
const HEADER_BYTES = 8192;
const OPENING = '<?php';
/** What may be in front of a field of the comment. */
const DECORATION = ' \t/*#@';

/**
 * The fields of a plugin's header comment as WordPress reads them, by their names in lower case: at the start of a line, of
 * several the first.
 */
export function parseHeader(bytes: Uint8Array, names: readonly string[]): ReadonlyMap<string, string> {
  const text = decodeText(bytes.subarray(0, HEADER_BYTES)).replaceAll('\r', '\n');
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const field = withoutDecoration(line);
    const colon = field.indexOf(':');
    const name = field.slice(0, Math.max(colon, 0)).toLowerCase();
    if (names.includes(name) && !fields.has(name)) {
      fields.set(name, withoutEnd(field.slice(colon + 1)));
    }
  }
  return fields;
}

function withoutDecoration(line: string): string {
  const code = skip(line, 0, ' \t');
  const opening = line.slice(code, code + OPENING.length).toLowerCase();
  return line.slice(skip(line, opening === OPENING ? code + OPENING.length : 0, DECORATION));
}

function skip(text: string, start: number, characters: string): number {
  let at = start;
  while (at < text.length && characters.includes(text.charAt(at))) {
    at += 1;
  }
  return at;
}

/** Up to where the comment or the code ends. */
function withoutEnd(text: string): string {
  const ends = [text.indexOf('*/'), text.indexOf('?>')].filter((at) => at !== -1);
  return text.slice(0, Math.min(text.length, ...ends)).trim();
}
