import { quote } from '#base/error.ts';
import { fault, inside, type Kept, type Rule } from './rule.ts';

/** Any text, or one within these lengths, counted in characters as JSON Schema counts them. */
export function text({ min = 0, max = Number.POSITIVE_INFINITY }: { min?: number; max?: number } = {}): Rule<string> {
  const expected = min === 0 && max === Number.POSITIVE_INFINITY ? 'a text' : lengths(min, max);
  return (value) => (typeof value === 'string' && isWithin(value, min, max) ? null : fault(expected, value));
}

function lengths(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) {
    return min === 1 ? 'a text that is not empty' : `a text of ${min} characters or more`;
  }
  return `a text of ${min === 0 ? 'at most' : `${min} to`} ${max} characters`;
}

function isWithin(value: string, min: number, max: number): boolean {
  // A character takes one or two units: only what is near the limit has to be counted.
  if (value.length >= min * 2 && value.length <= max) {
    return true;
  }
  if (value.length < min || value.length > max * 2) {
    return false;
  }
  let count = 0;
  for (let at = 0; at < value.length; at += (value.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) {
    count += 1;
  }
  return count >= min && count <= max;
}

/** A text of which the test holds. */
export function textThat(holds: (text: string) => boolean, expected: string): Rule<string> {
  return (value) => (typeof value === 'string' && holds(value) ? null : fault(expected, value));
}

export function oneOf<const Word extends string>(words: readonly Word[]): Rule<Word> {
  const known = new Set<unknown>(words);
  const expected = words.length === 1 ? quote(words[0] ?? '') : `one of ${words.join(', ')}`;
  return (value) => (known.has(value) ? null : fault(expected, value));
}

export const flag: Rule<boolean> = (value) => (typeof value === 'boolean' ? null : fault('true or false', value));

export function wholeNumber(min: number): Rule<number> {
  return (value) =>
    Number.isInteger(value) && (value as number) >= min ? null : fault(`a whole number from ${min} on`, value);
}

export const anything: Rule<unknown> = () => null;

/** Elements that all keep the rule; `unique` ones are texts. */
export function listOf<T>(rule: Rule<T>, { min = 0, unique = false } = {}): Rule<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) {
      return fault('a list', value);
    }
    if (value.length < min) {
      return { path: '', expected: `a list of ${min} or more`, found: String(value.length) };
    }
    for (let at = 0; at < value.length; at += 1) {
      const found = rule(value[at]);
      if (found !== null) {
        return inside(at, found);
      }
    }
    return unique ? repeated(value) : null;
  };
}

function repeated(values: readonly unknown[]): ReturnType<Rule<unknown>> {
  const seen = new Set<unknown>();
  for (const [at, value] of values.entries()) {
    if (seen.has(value)) {
      return inside(at, { path: '', expected: 'every text once', found: `${String(fault('', value).found)} again` });
    }
    seen.add(value);
  }
  return null;
}

type Rules = Readonly<Record<string, Rule<unknown>>>;
type Required<R extends Rules> = { readonly [Name in keyof R]: Kept<R[Name]> };
type Optional<R extends Rules> = { readonly [Name in keyof R]?: Kept<R[Name]> };

/**
 * An object with these members. Others are let be: later versions of a format have more, and programs add their own. A
 * member that is there has to keep its rule.
 */
export function objectOf<Must extends Rules, May extends Rules>(
  required: Must,
  optional: May,
): Rule<Required<Must> & Optional<May>> {
  const must = Object.entries(required);
  const may = new Map<string, Rule<unknown>>(Object.entries(optional));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return fault('an object', value);
    }
    const members = value as Readonly<Record<string, unknown>>;
    for (const [name, rule] of must) {
      const found = rule(Object.hasOwn(members, name) ? members[name] : undefined);
      if (found !== null) {
        return inside(name, found);
      }
    }
    for (const name of Object.keys(members)) {
      const found = may.get(name)?.(members[name]) ?? null;
      if (found !== null) {
        return inside(name, found);
      }
    }
    return null;
  };
}

/** A rule that is made later, for values that hold values of their own kind. */
export function later<T>(rule: () => Rule<T>): Rule<T> {
  return (value) => rule()(value);
}

/** Whatever keeps the first rule has to keep the second one too. */
export function both<T, U extends T>(first: Rule<T>, second: (value: T) => ReturnType<Rule<U>>): Rule<U> {
  return (value) => first(value) ?? second(value as T);
}

/** One rule or another: which one, the value tells. */
export function whichever<T>(choose: (value: unknown) => Rule<T>): Rule<T> {
  return (value) => choose(value)(value);
}
