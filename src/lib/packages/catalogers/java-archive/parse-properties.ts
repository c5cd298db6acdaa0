/**
 * A file of `java.util.Properties`: a key and a value in each line, with escapes, lines continued behind a backslash, and comments. The
 * last value of a key counts. In ISO 8859-1 by its definition; what is valid UTF-8 passes for that.
 */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const split = keyEnd(line);
    const value = line.slice(split).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
    properties.set(unescape(line.slice(0, split)), unescape(value));
  }
  return properties;
}

/** Without blanks in front and without comments; what is behind a backslash at the end is part of it. */
function* logicalLines(text: string): Generator<string, void> {
  let pending: string[] | null = null;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = trimStart(natural);
    if (pending === null && (line === '' || line.startsWith('#') || line.startsWith('!'))) {
      continue;
    }
    const isContinued = endsInBackslash(line);
    const parts: string[] = pending ?? [];
    parts.push(isContinued ? line.slice(0, -1) : line);
    pending = isContinued ? parts : null;
    if (pending === null) {
      yield parts.join('');
    }
  }
  if (pending !== null) {
    yield pending.join('');
  }
}

function trimStart(line: string): string {
  let start = 0;
  while (' \t\f'.includes(line.charAt(start)) && start < line.length) {
    start += 1;
  }
  return line.slice(start);
}

/** True behind an odd number of backslashes: two are one that is meant. */
function endsInBackslash(line: string): boolean {
  let start = line.length;
  while (line[start - 1] === '\\') {
    start -= 1;
  }
  return (line.length - start) % 2 === 1;
}

function keyEnd(line: string): number {
  let at = 0;
  while (at < line.length && !'=: \t\f'.includes(line.charAt(at))) {
    at += line[at] === '\\' ? 2 : 1;
  }
  return Math.min(at, line.length);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
]);

function unescape(text: string): string {
  return text.includes('\\')
    ? text
        .replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, char: string | undefined) =>
          code === undefined ? (ESCAPES.get(char ?? '') ?? char ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
        )
        .toWellFormed()
    : text;
}
