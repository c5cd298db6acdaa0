import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  stringify,
  visit,
} from 'yaml';
import { type core, type ZodType, z } from 'zod';
import { type AppError, messageOf, quote } from './error.ts';
import { limitExceeded } from './limits.ts';
import { nearest } from './nearest.ts';
import { locateText, type YamlPosition, type YamlText } from './yaml-text.ts';

/** Room for an anchor or two that several entries share, none for a bomb of them. */
const MAX_ALIASES = 16;
/** Of a file in which everything is wrong, the rest is told when these have been mended. */
const MAX_TOLD = 64;

/** How a text is read, and what is said of one that cannot be. */
export interface YamlRules {
  /** Of the whole text, in bytes. */
  readonly limit: number;
  /** Lines of the file before the text, where it is one document of several; none where it is not said. */
  readonly linesBefore?: number;
  /** `object` names the file, the line and the way to the place; `fault` says the same as data. */
  invalid(object: string, expected: string, found: string, fault: YamlFault): AppError;
}

/** Where something is wrong, and whether it is the text, a key that there is not, or a value. */
export interface YamlFault extends YamlPosition {
  readonly kind: 'text' | 'key' | 'value';
  /** Keys and indexes that lead to it; of an unknown key those of the map it is in. */
  readonly path: readonly string[];
}

export interface YamlFormat<T> extends YamlRules {
  /** Strict: what it does not know, it refuses. */
  readonly schema: ZodType<T>;
  /** What an empty text stands for; undefined where an empty text is refused as any other that does not fit. */
  readonly empty?: T;
}

/** A YAML file that fits its schema. */
export interface YamlFile<T> {
  readonly data: T;
  /** `trust.yaml, line 12, rules > [0] > require`: a place in the file by the keys and indexes that lead to it. */
  readonly place: (path: readonly (string | number)[]) => string;
}

/** A text that is YAML, before it is held against a schema. */
export interface OpenYaml {
  readonly data: unknown;
  readonly empty: boolean;
  readonly place: YamlFile<unknown>['place'];
  /** The data as the schema has it. What is wrong is told to `invalid`, one after the other; the first is thrown. */
  check<T>(schema: ZodType<T>): T;
  /** Where the members of the data stand, by `placeText` of their paths. Within what an alias stands for, only the whole has a place. */
  positions(): ReadonlyMap<string, YamlPosition>;
  /** A text of the data without the white space around it, and where each part of it stands; null for what is no text. */
  textAt(path: readonly (string | number)[]): YamlText | null;
}

/**
 * Reads a file that a user writes and that decides something: every key once and known, keys that are texts, few aliases.
 * What is wrong is said with `format.invalid`, naming the line; `LIMIT_EXCEEDED` for a text past the limit.
 */
export function parseYaml<T>(text: string, file: string, format: YamlFormat<T>): YamlFile<T> {
  const yaml = openYaml(text, file, format);
  const data = yaml.empty && format.empty !== undefined ? format.empty : yaml.check(format.schema);
  return { data, place: yaml.place };
}

/** As `parseYaml`, for files whose schema depends on what they say, or of which more than the line is to be told. */
export function openYaml(text: string, file: string, rules: YamlRules): OpenYaml {
  if (Buffer.byteLength(text) > rules.limit) {
    throw limitExceeded(file, rules.limit);
  }
  const lines = new LineCounter();
  const before = rules.linesBefore ?? 0;
  const position = (offset: number): YamlPosition => {
    const { line, col } = lines.linePos(offset);
    return { line: before + line, column: Math.max(col, 1) };
  };
  const invalid: Invalid = (at, expected, found, path = [], kind = 'value') => {
    const { line, column } = position(at);
    return rules.invalid(placeOf(file, line, path), expected, found, { kind, path, line, column });
  };
  // The parser calls itself for each level: brackets without end exhaust the stack.
  const shallow = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw error instanceof RangeError ? invalid(0, 'a few levels of YAML', 'too many', [], 'text') : error;
    }
  };
  const source = shallow(() => parseSource(text, lines, invalid));
  const data = shallow(() => toData(source, invalid));
  return {
    data,
    empty: source.contents === null,
    place: (path) => {
      const steps = path.map(String);
      return placeOf(file, position(offsetAt(source, steps)).line, steps);
    },
    check: (schema) => {
      const parsed = shallow(() => schema.safeParse(data));
      if (parsed.success) {
        return parsed.data;
      }
      // A key that is misspelt is why another is not there.
      const keys = parsed.error.issues.filter(({ code }) => code === 'unrecognized_keys');
      const others = parsed.error.issues.filter(({ code }) => code !== 'unrecognized_keys');
      const told = [...keys, ...others].slice(0, MAX_TOLD);
      const [first] = told.map((issue) => explain(issue, source, schema, invalid));
      throw first ?? invalid(0, 'a file of this kind', 'something else');
    },
    positions: () => positionsIn(source, position),
    textAt: (path) => {
      const node = nodeAt(source, path.map(String));
      return isScalar(node) && typeof node.value === 'string'
        ? locateText(node as Scalar<string>, text, position)
        : null;
    },
  };
}

type Invalid = (
  offset: number,
  expected: string,
  found: string,
  path?: readonly string[],
  kind?: YamlFault['kind'],
) => AppError;

function parseSource(text: string, lines: LineCounter, invalid: Invalid): Document.Parsed {
  const source = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', prettyErrors: false });
  for (const { code, pos, message } of [...source.errors, ...source.warnings]) {
    const twice = code === 'DUPLICATE_KEY';
    const found = twice ? `${quote(firstLine(text.slice(pos[0])))} again` : quote(message);
    throw invalid(pos[0], twice ? 'every key once' : 'valid YAML', found, [], 'text');
  }
  assertPlainKeys(source, invalid);
  return source;
}

/** Keys that are no strings would be turned into strings; `__proto__` would vanish on the way. */
function assertPlainKeys(source: Document.Parsed, invalid: Invalid): void {
  visit(source, {
    Pair: (_, { key }) => {
      const value = isScalar(key) ? key.value : null;
      if (typeof value !== 'string' || value === '__proto__') {
        throw invalid(offsetOf(key), 'keys that are texts', quote(String(key)), [], 'text');
      }
    },
  });
}

function toData(source: Document.Parsed, invalid: Invalid): unknown {
  try {
    return source.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (error) {
    throw invalid(0, `at most ${MAX_ALIASES} aliases`, quote(messageOf(error)), [], 'text');
  }
}

function explain(issue: core.$ZodIssue, source: Document.Parsed, schema: ZodType, invalid: Invalid): AppError {
  const path = issue.path.map(String);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys;
      const meant = nearest(key, keysOf(schema, path));
      const found = `${quote(key)}${meant === null ? '' : `; did you mean ${quote(meant)}?`}`;
      return invalid(offsetAt(source, [...path, key]), 'a key that there is', found, path, 'key');
    }
    case 'invalid_key': {
      const expected = issue.issues[0]?.message.replace('expected ', '') ?? 'another key';
      return invalid(offsetAt(source, path), expected, quote(path.at(-1) ?? ''), path.slice(0, -1));
    }
    default: {
      const [expected, found] = expectation(issue, source, path);
      return invalid(offsetAt(source, path), expected, found, path);
    }
  }
}

/** Keys that a schema has at a path; none where it does not say them. */
function keysOf(schema: unknown, path: readonly string[]): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return keysOf(schema.unwrap(), path);
  }
  const [first, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, unknown>>;
    return first === undefined ? Object.keys(shape) : keysOf(Object.hasOwn(shape, first) ? shape[first] : null, rest);
  }
  if (schema instanceof z.ZodArray && first !== undefined) {
    return keysOf(schema.element, rest);
  }
  return schema instanceof z.ZodRecord && first !== undefined ? keysOf(schema.valueType, rest) : [];
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

/** Where the key or list element at a path begins, or the innermost thing around it that is there. */
function offsetAt(source: Document.Parsed, path: readonly string[]): number {
  let node: unknown = source.contents;
  let at = offsetOf(node);
  for (const part of path) {
    const pair = pairOf(node, part);
    const next: unknown = isMap(node) ? pair?.key : elementOf(node, part);
    if (next === undefined) {
      break;
    }
    at = offsetOf(next);
    node = isMap(node) ? pair?.value : next;
  }
  return at;
}

function nodeAt(source: Document.Parsed, path: readonly string[]): unknown {
  let node: unknown = source.contents;
  for (const part of path) {
    const inside = isAlias(node) ? node.resolve(source) : node;
    node = isMap(inside) ? pairOf(inside, part)?.value : elementOf(inside, part);
  }
  return isAlias(node) ? node.resolve(source) : node;
}

function pairOf(node: unknown, name: string): Pair | undefined {
  return isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
}

function elementOf(node: unknown, index: string): unknown {
  return isSeq(node) ? node.items[Number(index)] : undefined;
}

function positionsIn(
  source: Document.Parsed,
  position: (offset: number) => YamlPosition,
): ReadonlyMap<string, YamlPosition> {
  const positions = new Map<string, YamlPosition>();
  const add = (node: unknown, place: string, at: number): void => {
    positions.set(place, position(at));
    const below = (name: string): string => `${place}${place === '' ? '' : ' > '}${step(name)}`;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        add(value, below(String(isScalar(key) ? key.value : '')), offsetOf(key));
      }
    } else if (isSeq(node)) {
      for (const [index, element] of node.items.entries()) {
        add(element, below(String(index)), offsetOf(element));
      }
    }
  };
  add(source.contents, '', offsetOf(source.contents));
  return positions;
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function asIndex(part: string): string | number {
  return /^[0-9]+$/.test(part) ? Number(part) : part;
}

function placeOf(file: string, line: number, path: readonly string[]): string {
  return `${file}, line ${line}${path.length === 0 ? '' : `, ${placeText(path)}`}`;
}

/** `rules > [0] > require`: the way to a place in a file. */
export function placeText(path: readonly (string | number)[]): string {
  return path.map((part) => step(String(part))).join(' > ');
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
