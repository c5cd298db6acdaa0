import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import type { core } from 'zod';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { SettingsError } from './error.ts';
import { type RegistriesFile, registriesFile } from './schema.ts';

/** Room for an anchor or two that several registries share, none for a bomb of them. */
const MAX_ALIASES = 16;

/** A registries file that fits its schema. `file` names it in errors, which say the line and the key. */
export function parseRegistriesFile(text: string, file: string): RegistriesFile {
  if (Buffer.byteLength(text) > LIMITS.registriesFileBytes) {
    throw limitExceeded(file, LIMITS.registriesFileBytes);
  }
  try {
    return parse(text, file);
  } catch (error) {
    // The parser calls itself for each level: brackets without end exhaust the stack.
    throw error instanceof RangeError ? invalid(file, 1, 'a few levels of YAML', 'too many') : error;
  }
}

function parse(text: string, file: string): RegistriesFile {
  const lines = new LineCounter();
  const source = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', prettyErrors: false });
  for (const { code, pos, message } of [...source.errors, ...source.warnings]) {
    const twice = code === 'DUPLICATE_KEY';
    const found = twice ? `${quote(firstLine(text.slice(pos[0])))} again` : quote(message);
    throw invalid(file, lines.linePos(pos[0]).line, twice ? 'every key once' : 'valid YAML', found);
  }
  if (source.contents === null) {
    return { registries: {} };
  }
  assertPlainKeys(source, file, lines);
  const parsed = registriesFile.safeParse(toData(source, file));
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw issue === undefined
    ? invalid(file, 1, 'a registries file', 'something else')
    : explain(issue, source, file, lines);
}

/** Keys that are no strings would be turned into strings; `__proto__` would vanish on the way. */
function assertPlainKeys(source: Document.Parsed, file: string, lines: LineCounter): void {
  visit(source, {
    Pair: (_, { key }) => {
      const value = isScalar(key) ? key.value : null;
      if (typeof value !== 'string' || value === '__proto__') {
        const line = lines.linePos((key as ParsedNode | null)?.range?.[0] ?? 0).line;
        throw invalid(file, line, 'keys that are texts', quote(String(key)));
      }
    },
  });
}

function toData(source: Document.Parsed, file: string): unknown {
  try {
    return source.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    throw invalid(file, 1, `at most ${MAX_ALIASES} aliases`, quote(messageOf(error)));
  }
}

function explain(issue: core.$ZodIssue, source: Document.Parsed, file: string, lines: LineCounter): SettingsError {
  const path = issue.path.map(String);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys;
      const line = lineOf(source, [...path, key], lines);
      return invalid(file, line, 'a key that there is', quote(key), path);
    }
    case 'invalid_key': {
      const expected = issue.issues[0]?.message.replace('expected ', '') ?? 'a registry';
      return invalid(file, lineOf(source, path, lines), expected, quote(path.at(-1) ?? ''), path.slice(0, -1));
    }
    default: {
      const [expected, found] = expectation(issue, source, path);
      return invalid(file, lineOf(source, path, lines), expected, found, path);
    }
  }
}

function expectation(issue: core.$ZodIssue, source: Document.Parsed, path: readonly string[]): [string, string] {
  const node = path.length === 0 ? source.contents : source.getIn(path.map(asIndex), true);
  const found = isScalar(node) ? quote(String(node.value)) : isMap(node) ? 'a map' : isSeq(node) ? 'a list' : 'nothing';
  const text = issue.message.replace(/^(Invalid input: |Invalid option: )?expected /, '');
  return [text.replace(/, received .*$/, ''), found];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trimEnd() ?? '';
}

/** The line of the key or list element at a path, or of the innermost thing around it that is there. */
function lineOf(source: Document.Parsed, path: readonly string[], lines: LineCounter): number {
  let node: unknown = source.contents;
  let at = offsetOf(node);
  for (const part of path) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === part) : undefined;
    const next: unknown = isMap(node)
      ? pair?.key
      : (node as { items?: readonly unknown[] } | null)?.items?.[Number(part)];
    if (next === undefined) {
      break;
    }
    at = offsetOf(next);
    node = isMap(node) ? pair?.value : next;
  }
  return lines.linePos(at).line;
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function asIndex(part: string): string | number {
  return /^[0-9]+$/.test(part) ? Number(part) : part;
}

function invalid(
  file: string,
  line: number,
  expected: string,
  found: string,
  path: readonly string[] = [],
): SettingsError {
  return new SettingsError('REGISTRIES_FILE_INVALID', 'not a registries file', {
    object: `${file}, line ${line}${path.length === 0 ? '' : `, ${path.map(step).join(' > ')}`}`,
    expected,
    found,
    hint: 'docs/guides/registries.md describes the file.',
  });
}

function step(part: string): string {
  if (/^[0-9]+$/.test(part)) {
    return `[${part}]`;
  }
  return /^[0-9A-Za-z.:*-]+$/.test(part) ? part : quote(part);
}
