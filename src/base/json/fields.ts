import { quote } from '../error.ts';

/** Makes the error of a member that is not as it has to be. `path` is empty for the document itself. */
export type FieldFault = (fault: {
  readonly object: string;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}) => Error;

const NO_TEXTS: ReadonlyMap<string, string> = new Map();

/**
 * The members of one object of parsed JSON, each asked for by name and type. Names are looked up as own members in exactly
 * this spelling, so that neither `__proto__` nor another case answers for one. Errors are made by `fault`, of the path too.
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #object: string;
  readonly #path: string;
  readonly #fault: FieldFault;

  private constructor(values: Readonly<Record<string, unknown>>, object: string, path: string, fault: FieldFault) {
    this.#values = values;
    this.#object = object;
    this.#path = path;
    this.#fault = fault;
  }

  /** Of a parsed document; throws what `fault` makes unless it is an object. */
  static of(value: unknown, object: string, fault: FieldFault, path = ''): Fields {
    if (!isObject(value)) {
      throw fault({ object, path, expected: 'an object', found: describe(value) });
    }
    return new Fields(value, object, path, fault);
  }

  /** Throws unless all members are among these: for objects that say of themselves that each member counts. */
  only(known: readonly string[]): void {
    const other = this.names().find((name) => !known.includes(name));
    if (other !== undefined) {
      throw this.invalid(other, 'absent', 'a member that this reader does not know');
    }
  }

  names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** True for a member that is there, null included. */
  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  value(name: string): unknown {
    return this.has(name) ? this.#values[name] : undefined;
  }

  /** A text that is not empty. */
  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string' || value === '') {
      throw this.invalid(name, 'a text', describe(value));
    }
    return value;
  }

  /** A text that has to be there and may be empty: then null. */
  textOrEmpty(name: string): string | null {
    return this.value(name) === '' ? null : this.text(name);
  }

  /** A text, null where it is missing or empty: some writers leave no member out. */
  optionalText(name: string): string | null {
    const value = this.value(name);
    return value === undefined || value === null || value === '' ? null : this.text(name);
  }

  /** One of a few words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.text(name);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) {
      throw this.invalid(name, words.join(', '), quote(value));
    }
    return word;
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (typeof value !== 'boolean') {
      throw this.invalid(name, 'true or false', describe(value));
    }
    return value;
  }

  optionalFlag(name: string): boolean | null {
    const value = this.value(name);
    return value === undefined || value === null ? null : this.flag(name);
  }

  /** A whole number from 1. */
  positiveInteger(name: string): number {
    const value = this.value(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
      throw this.invalid(name, 'a whole number from 1', describe(value));
    }
    return value;
  }

  /** An RFC 3339 date and time, in milliseconds since 1970. */
  time(name: string): number {
    const text = this.text(name);
    const time = parseTime(text);
    if (time === null) {
      throw this.invalid(name, 'a date and time of RFC 3339', quote(text));
    }
    return time;
  }

  optionalTime(name: string): number | null {
    return this.optionalText(name) === null ? null : this.time(name);
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name);
    if (!Array.isArray(value)) {
      throw this.invalid(name, 'a list', describe(value));
    }
    return value as readonly unknown[];
  }

  /** Empty where it is missing or null. */
  optionalList(name: string): readonly unknown[] {
    const value = this.value(name);
    return value === undefined || value === null ? [] : this.list(name);
  }

  /** Texts, none of them empty. */
  texts(name: string): readonly string[] {
    this.list(name);
    return this.optionalTexts(name);
  }

  /** Texts, none of them empty; no texts where the list is missing or null. */
  optionalTexts(name: string): readonly string[] {
    return this.optionalList(name).map((item, index) => {
      if (typeof item !== 'string' || item === '') {
        throw this.invalid(`${name}[${index}]`, 'a text', describe(item));
      }
      return item;
    });
  }

  /** The members of an object member. */
  fields(name: string): Fields {
    return Fields.of(this.value(name), this.#object, this.#fault, this.#join(name));
  }

  optionalFields(name: string): Fields | null {
    const value = this.value(name);
    return value === undefined || value === null ? null : this.fields(name);
  }

  /** The items of a list, each of them an object. */
  items(name: string): readonly Fields[] {
    this.list(name);
    return this.optionalItems(name);
  }

  /** The items of a list, each of them an object; none where it is missing or null. */
  optionalItems(name: string): readonly Fields[] {
    return this.optionalList(name).map((item, index) => this.child(item, `${name}[${index}]`));
  }

  child(value: unknown, name: string): Fields {
    return Fields.of(value, this.#object, this.#fault, this.#join(name));
  }

  /** Texts by names that a stranger chose, none of them empty; empty where the member is missing. */
  textsByName(name: string): ReadonlyMap<string, string> {
    const set = this.optionalFields(name);
    return set === null ? NO_TEXTS : new Map(set.names().map((key) => [key, set.text(key)]));
  }

  /** The members as a map, for keys that a stranger chose. */
  toMap(): ReadonlyMap<string, unknown> {
    return new Map(Object.entries(this.#values));
  }

  invalid(name: string, expected: string, found: string): Error {
    return this.#fault({ object: this.#object, path: this.#join(name), expected, found });
  }

  #join(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

/** The kind of a JSON value, for messages. */
export function describe(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (value === null) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : quote(value, 80);
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return 'an object';
  }
}

const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 of an RFC 3339 date and time; null for anything else, the 30th of February included. */
function parseTime(text: string): number | null {
  if (text.length > 40 || !TIME.test(text)) {
    return null;
  }
  const time = Date.parse(text.toUpperCase());
  if (Number.isNaN(time)) {
    return null;
  }
  // Date.parse takes February 30 for March 2.
  const day = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, Number(text.slice(8, 10))));
  return day.getUTCDate() === Number(text.slice(8, 10)) ? time : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
