import { LIMITS } from '#base/limits.ts';

/** A number, up to two more, and what is before and behind a release (`VERSION_REGEX` of Julia's `base/version.jl`). */
const NUMBERS = /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?/i;
const BEFORE = /^(?:-|-?[a-z][0-9a-z-]*(?:\.[0-9a-z-]+)*|-[0-9a-z-]+(?:\.[0-9a-z-]+)*)$/i;
const BEHIND = /^\+(?:[0-9a-z-]+(?:\.[0-9a-z-]+)*)?$/i;

/** As Julia writes the version that it reads: `1.2` is `1.2.0`, and `1.0.0rc1` is `1.0.0-rc1`. Empty for what it would not read. */
export function normaliseVersion(text: string): string {
  const numbers = text.length > LIMITS.versionChars ? null : NUMBERS.exec(text);
  if (numbers === null) {
    return '';
  }
  const rest = text.slice(numbers[0].length);
  const plus = rest.indexOf('+');
  const before = plus === -1 ? rest : rest.slice(0, plus);
  const behind = plus === -1 ? '' : rest.slice(plus);
  if ((before !== '' && !BEFORE.test(before)) || (behind !== '' && !BEHIND.test(behind))) {
    return '';
  }
  const [, major, minor, patch] = numbers;
  const written = [major, minor, patch].map((number = '0') => number.replace(/^0+(?=[0-9])/, '')).join('.');
  return `${written}${before === '' || before.startsWith('-') ? before : `-${before}`}${behind}`;
}
