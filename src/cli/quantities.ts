import { quote } from '#base/error.ts';
import { Failure } from './failure.ts';

const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
  ['tib', 1024 ** 4],
]);

/** Bytes of `500MB`, `2GiB`, `0`; throws `USAGE` naming where the text stands. */
export function parseSize(text: string, object: string): number {
  const { number, unit } = split(text);
  const factor = SIZE_UNITS.get(unit.toLowerCase());
  const bytes = number === null || factor === undefined ? Number.NaN : number * factor;
  if (!Number.isSafeInteger(bytes)) {
    throw new Failure('USAGE', 'not a size', {
      object,
      expected: 'a whole number with kB, MB, GB, TB or KiB, MiB, GiB, TiB, such as 500MB',
      found: quote(text),
    });
  }
  return bytes;
}

const AGE_UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 7 * 86_400_000],
]);

/** Milliseconds of `30d`, `12h`; throws `USAGE` naming the option. */
export function parseAge(text: string, object: string): number {
  const { number, unit } = split(text);
  const factor = AGE_UNITS.get(unit);
  if (number === null || factor === undefined) {
    throw new Failure('USAGE', 'not an age', {
      object,
      expected: 'a whole number with m, h, d or w, such as 30d',
      found: quote(text),
    });
  }
  return number * factor;
}

/** Digits, blanks, the rest; no number when it does not begin with one to fifteen digits. */
function split(text: string): { readonly number: number | null; readonly unit: string } {
  const trimmed = text.trim();
  let at = 0;
  while (at < trimmed.length && /^[0-9]$/.test(trimmed.charAt(at))) {
    at += 1;
  }
  return { number: at === 0 || at > 15 ? null : Number(trimmed.slice(0, at)), unit: trimmed.slice(at).trimStart() };
}
