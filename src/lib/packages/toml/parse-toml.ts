import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { isDigit, isLetter } from '../characters.ts';
import type { PackagesError } from '../error.ts';
import { decodeExactly } from '../text.ts';
import { Cursor } from './cursor.ts';
import { takeScalar } from './scalars.ts';
import { takeLineString, takeString } from './strings.ts';
import { type TomlTable, type TomlValue, tableOf } from './value.ts';

type Table = Map<string, TomlValue>;

/** How a table came to be, and so what may still be added to it (TOML 1.0.0, "Table" and "Inline Table"). */
type Origin =
  /** On the way to the table of a header; it may still have its own. */
  | 'implied'
  /** By its own header, `[a]` or `[[a]]`. */
  | 'header'
  /** Braces: nothing is added to it. */
  | 'inline'
  /** By dotted keys of the section of that number, which may add more. */
  | number;

/**
 * TOML 1.0.0, all of it and nothing else: a key once, tables as its rules say, whole numbers of 64 bits. Throws
 * `PACKAGE_METADATA_INVALID`, and `LIMIT_EXCEEDED` for more than `LIMITS.tomlDepth` levels or `LIMITS.tomlValues` values.
 */
export function parseToml(bytes: Uint8Array, object: string): TomlTable {
  return new Parser(decodeExactly(bytes, object, 'not TOML'), object).run();
}

class Parser {
  readonly #cursor: Cursor;
  readonly #root: Table = new Map();
  readonly #origins = new Map<TomlTable, Origin>([[this.#root, 'header']]);
  /** Arrays that `[[a]]` adds to. */
  readonly #tableArrays = new Set<TomlValue>();
  /** The table that keys go into, and the number of its section. */
  #table: Table = this.#root;
  #section = 0;
  /** Numbers given to sections, and to inline tables. */
  #sections = 0;
  #depth = 0;
  #sectionDepth = 0;
  #values = 0;

  constructor(text: string, object: string) {
    this.#cursor = new Cursor(text, object);
  }

  run(): TomlTable {
    const cursor = this.#cursor;
    for (;;) {
      cursor.skipLines();
      if (cursor.isAtEnd) {
        return this.#root;
      }
      if (cursor.char === '[') {
        this.#header();
      } else {
        this.#depth = this.#sectionDepth;
        this.#pair(this.#table, this.#section);
      }
      cursor.expectLineEnd();
    }
  }

  #header(): void {
    const cursor = this.#cursor;
    const isArray = cursor.take('[[');
    if (!isArray) {
      cursor.expect('[');
    }
    cursor.skipBlanks();
    this.#depth = 0;
    const keys = this.#keys();
    cursor.skipBlanks();
    cursor.expect(isArray ? ']]' : ']');
    const last = keys.pop() ?? '';
    let table = this.#root;
    for (const key of keys) {
      table = this.#enter(table, key);
    }
    this.#sections += 1;
    this.#section = this.#sections;
    this.#sectionDepth = keys.length + 1;
    this.#table = isArray ? this.#appendTable(table, last) : this.#openTable(table, last);
  }

  /** The table on the way of a header: of an array of tables the last one. */
  #enter(parent: Table, key: string): Table {
    const value = parent.get(key);
    if (value === undefined) {
      return this.#addTable(parent, key, 'implied');
    }
    const table = this.#tableArrays.has(value) ? (value as readonly TomlValue[]).at(-1) : value;
    if (tableOf(table) === null || this.#origins.get(table as Table) === 'inline') {
      throw this.#cursor.invalid('a table that may be added to', quote(key));
    }
    return table as Table;
  }

  #openTable(parent: Table, key: string): Table {
    const value = parent.get(key);
    if (value === undefined) {
      return this.#addTable(parent, key, 'header');
    }
    if (tableOf(value) === null || this.#origins.get(value as Table) !== 'implied') {
      throw this.#again(key);
    }
    this.#origins.set(value as Table, 'header');
    return value as Table;
  }

  #appendTable(parent: Table, key: string): Table {
    const table: Table = new Map();
    const value = parent.get(key);
    if (value === undefined) {
      const tables = [table];
      this.#tableArrays.add(tables);
      parent.set(key, tables);
    } else if (this.#tableArrays.has(value)) {
      (value as TomlValue[]).push(table);
    } else {
      throw this.#again(key);
    }
    this.#count();
    this.#origins.set(table, 'header');
    return table;
  }

  /** `key = value`, or `a.b = value`; `origin` is that of the tables that the dots make. */
  #pair(into: Table, section: number): void {
    const cursor = this.#cursor;
    const keys = this.#keys();
    const last = keys.pop() ?? '';
    cursor.skipBlanks();
    cursor.expect('=');
    cursor.skipBlanks();
    let table = into;
    for (const key of keys) {
      table = this.#dotted(table, key, section);
    }
    this.#depth += keys.length;
    const value = this.#value();
    this.#depth -= keys.length;
    if (table.has(last)) {
      throw this.#again(last);
    }
    table.set(last, value);
  }

  #dotted(parent: Table, key: string, section: number): Table {
    const value = parent.get(key);
    if (value === undefined) {
      return this.#addTable(parent, key, section);
    }
    const origin = this.#origins.get(value as Table);
    if (origin !== 'implied' && origin !== section) {
      throw this.#again(key);
    }
    this.#origins.set(value as Table, section);
    return value as Table;
  }

  #keys(): string[] {
    const cursor = this.#cursor;
    const keys = [this.#key()];
    for (;;) {
      const start = cursor.at;
      cursor.skipBlanks();
      if (!cursor.take('.')) {
        cursor.at = start;
        return keys;
      }
      cursor.skipBlanks();
      this.#assertDepth(keys.length);
      keys.push(this.#key());
    }
  }

  #key(): string {
    const quoted = takeLineString(this.#cursor);
    const key = quoted ?? this.#cursor.takeWhile(isOfBareKey);
    if (key === '' && quoted === null) {
      throw this.#cursor.invalid('a key');
    }
    return key;
  }

  #value(): TomlValue {
    this.#count();
    const cursor = this.#cursor;
    const text = takeString(cursor);
    if (text !== null) {
      return text;
    }
    if (cursor.char !== '[' && cursor.char !== '{') {
      return takeScalar(cursor);
    }
    this.#assertDepth(1);
    this.#depth += 1;
    const value = cursor.char === '[' ? this.#array() : this.#inlineTable();
    this.#depth -= 1;
    return value;
  }

  #array(): TomlValue[] {
    const cursor = this.#cursor;
    const elements: TomlValue[] = [];
    cursor.expect('[');
    for (;;) {
      cursor.skipLines();
      if (cursor.take(']')) {
        return elements;
      }
      elements.push(this.#value());
      cursor.skipLines();
      if (!cursor.take(',')) {
        cursor.expect(']');
        return elements;
      }
    }
  }

  /** On one line, and without a comma behind the last pair. */
  #inlineTable(): Table {
    const cursor = this.#cursor;
    const table: Table = new Map();
    // The dots in its keys make tables that only its own keys add to.
    this.#sections += 1;
    const section = this.#sections;
    cursor.expect('{');
    cursor.skipBlanks();
    if (!cursor.take('}')) {
      do {
        cursor.skipBlanks();
        this.#pair(table, section);
        cursor.skipBlanks();
      } while (cursor.take(','));
      cursor.expect('}');
    }
    this.#origins.set(table, 'inline');
    return table;
  }

  #addTable(parent: Table, key: string, origin: Origin): Table {
    this.#count();
    const table: Table = new Map();
    this.#origins.set(table, origin);
    parent.set(key, table);
    return table;
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > LIMITS.tomlValues) {
      throw limitExceeded(this.#cursor.object, LIMITS.tomlValues, 'values');
    }
  }

  #assertDepth(more: number): void {
    if (this.#depth + more > LIMITS.tomlDepth) {
      throw limitExceeded(this.#cursor.object, LIMITS.tomlDepth, 'levels');
    }
  }

  #again(key: string): PackagesError {
    return this.#cursor.invalid('every key once', `${quote(key)} again`);
  }
}

function isOfBareKey(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x2d || code === 0x5f;
}
