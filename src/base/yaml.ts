import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  stringify,
  visit,
} from 'yaml';
import type { core, ZodType } from 'zod';
import { type AppError, messageOf, quote } from './error.ts';
import { limitExceeded } from './limits.ts';

/** Room for an anchor or two that several entries share, none for a bomb of them. */
const MAX_ALIASES = 16;

export interface YamlFormat<T> {
  /** Strict: what it does not know, it refuses. */
  readonly schema: ZodType<T>;
  /** Of the whole text, in bytes. */
  readonly limit: number;
  /** What an empty text stands for; undefined where an empty text is refused as any other that does not fit. */
  readonly empty?: T;
  /** Lines of the file before the text, where it is one document of several; none where it is not said. */
  readonly linesBefore?: number;
  /** `object` names the file, the line and the way to the place. */
  invalid(object: string, expected: string, found: string): AppError;
}

/** A YAML file that fits its schema. */
export interface YamlFile<T> {
  readonly data: T;
  /** `trust.yaml, line 12, rules > [0] > require`: a place in the file by the keys and indexes that lead to it. */
  readonly place: (path: readonly (string | number)[]) => string;
}

/**
 * Reads a file that a user writes and that decides something: every key once and known, keys that are texts, few aliases.
 * What is wrong is said with `format.invalid`, naming the line; `LIMIT_EXCEEDED` for a text past the limit.
 */
export function parseYaml<T>(text: string, file: string, format: YamlFormat<T>): YamlFile<T> {
  if (Buffer.byteLength(text) > format.limit) {
    throw limitExceeded(file, format.limit);
  }
  const lines = new LineCounter();
  const before = format.linesBefore ?? 0;
  const invalid: Invalid = (line, expected, found, path = []) =>
    format.invalid(placeOf(file, before + line, path), expected, found);
  try {
    const source = parseSource(text, lines, invalid);
    const place = (path: readonly (string | number)[]): string => {
      const steps = path.map(String);
      return placeOf(file, before + lineOf(source, steps, lines), steps);
    };
    if (source.contents === null && format.empty !== undefined) {
      return { data: format.empty, place };
    }
    const parsed = format.schema.safeParse(toData(source, invalid));
    if (parsed.success) {
      return { data: parsed.data, place };
    }
    const [issue] = parsed.error.issues;
    throw issue === undefined
      ? invalid(1, 'a file of this kind', 'something else')
      : explain(issue, source, lines, invalid);
  } catch (error) {
    // The parser calls itself for each level: brackets without end exhaust the stack.
    throw error instanceof RangeError ? invalid(1, 'a few levels of YAML', 'too many') : error;
  }
}

type Invalid = (line: number, expected: string, found: string, path?: readonly string[]) => AppError;

function parseSource(text: string, lines: LineCounter, invalid: Invalid): Document.Parsed {
  const source = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', prettyErrors: false });
  for (const { code, pos, message } of [...source.errors, ...source.warnings]) {
    const twice = code === 'DUPLICATE_KEY';
    const found = twice ? `${quote(firstLine(text.slice(pos[0])))} again` : quote(message);
    throw invalid(lines.linePos(pos[0]).line, twice ? 'every key once' : 'valid YAML', found);
  }
  assertPlainKeys(source, lines, invalid);
  return source;
}

/** Keys that are no strings would be turned into strings; `__proto__` would vanish on the way. */
function assertPlainKeys(source: Document.Parsed, lines: LineCounter, invalid: Invalid): void {
  visit(source, {
    Pair: (_, { key }) => {
      const value = isScalar(key) ? key.value : null;
      if (typeof value !== 'string' || value === '__proto__') {
        const line = lines.linePos((key as ParsedNode | null)?.range?.[0] ?? 0).line;
        throw invalid(line, 'keys that are texts', quote(String(key)));
      }
    },
  });
}

function toData(source: Document.Parsed, invalid: Invalid): unknown {
  try {
    return source.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    throw invalid(1, `at most ${MAX_ALIASES} aliases`, quote(messageOf(error)));
  }
}

function explain(issue: core.$ZodIssue, source: Document.Parsed, lines: LineCounter, invalid: Invalid): AppError {
  const path = issue.path.map(String);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys;
      return invalid(lineOf(source, [...path, key], lines), 'a key that there is', quote(key), path);
    }
    case 'invalid_key': {
      const expected = issue.issues[0]?.message.replace('expected ', '') ?? 'another key';
      return invalid(lineOf(source, path, lines), expected, quote(path.at(-1) ?? ''), path.slice(0, -1));
    }
    default: {
      const [expected, found] = expectation(issue, source, path);
      return invalid(lineOf(source, path, lines), expected, found, path);
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

function placeOf(file: string, line: number, path: readonly string[]): string {
  return `${file}, line ${line}${path.length === 0 ? '' : `, ${path.map(step).join(' > ')}`}`;
}

function step(part: string): string {
  if (/^[0-9]+$/.test(part)) {
    return `[${part}]`;
  }
  return /^[0-9A-Za-z.:*-]+$/.test(part) ? part : quote(part);
}

/** Plain data as YAML that `parseYaml` reads back to the same data. */
export function printYaml(data: unknown): string {
  return stringify(data, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.2' });
}
