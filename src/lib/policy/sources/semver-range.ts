import { schemeFor } from '#lib/versions/index.ts';

/** A part of a range that a version has to keep: `>=1.2.0`. The bound is a whole version. */
interface Comparator {
  readonly sign: '<' | '<=' | '>' | '>=';
  readonly bound: string;
}

/**
 * A range of semantic versions, as npm writes them: comparators apart by spaces all have to hold, and of groups apart by `||` one. Versions may be
 * short: `1.2` is every `1.2.x`, `^1.2` every one from there to the next major one, `~1.2` to the next minor one.
 */
export interface SemverRange {
  readonly text: string;
  /** Never empty; an empty group holds for every version. */
  readonly groups: readonly (readonly Comparator[])[];
}

export const RANGE_FORMS = 'a range of semantic versions such as >=1.2 <2, ^1.4, ~1.4.2, 1.x or 1.2 || 1.4';

const MAX_CHARS = 256;
const NUMERAL = '(?:0|[1-9][0-9]{0,8})';
const PART = `(?:${NUMERAL}|[xX*])`;
const COMPARATOR = new RegExp(
  `^(<=|>=|<|>|=|\\^|~)?v?(${PART})(?:\\.(${PART})(?:\\.(${PART})(?:-([0-9A-Za-z.-]+))?)?)?$`,
);
const SEMVER = schemeFor('semver');

/** Null for what is no range. */
export function parseRange(text: string): SemverRange | null {
  if (text.length > MAX_CHARS) {
    return null;
  }
  const groups = text.split('||').map(groupOf);
  const known = groups.filter((group) => group !== null);
  return known.length === groups.length ? { text, groups: known } : null;
}

/**
 * Whether a version (`1.2.3`, `v1.2.3`) is in it. One before a release (`1.2.3-rc.1`, and `1.2.3-alpine` is no other) is only in a group that names one
 * of that release: nobody who asks for `>=1.2` means what is not finished, or another flavour.
 */
export function isInRange(range: SemverRange, version: string): boolean {
  if (!SEMVER.isValid(version)) {
    return false;
  }
  const bare = version.startsWith('v') ? version.slice(1) : version;
  const [release = '', ...rest] = (bare.split('+', 1)[0] ?? '').split('-');
  const isFinished = rest.length === 0;
  return range.groups.some(
    (group) =>
      group.every((comparator) => holds(comparator, version)) &&
      (isFinished || group.some(({ bound }) => bound.startsWith(`${release}-`))),
  );
}

function holds({ sign, bound }: Comparator, version: string): boolean {
  const compared = SEMVER.compare(version, bound);
  if (!compared.ok) {
    return false;
  }
  switch (sign) {
    case '<':
      return compared.order < 0;
    case '<=':
      return compared.order <= 0;
    case '>':
      return compared.order > 0;
    case '>=':
      return compared.order >= 0;
  }
}

function groupOf(text: string): readonly Comparator[] | null {
  const words = text.trim().split(/ +/);
  if (words[0] === '') {
    return null;
  }
  const found = words.map(comparatorsOf);
  return found.every((one) => one !== null) ? found.flat() : null;
}

/** The bounds that one word stands for. */
function comparatorsOf(word: string): readonly Comparator[] | null {
  const match = COMPARATOR.exec(word);
  if (match === null) {
    return null;
  }
  const [, sign = '=', ...parts] = match;
  const numbers = numbersOf(parts.slice(0, 3));
  const preRelease = parts[3];
  if (numbers === null || (preRelease !== undefined && numbers.length < 3)) {
    return null;
  }
  const from = `${filled(numbers)}${preRelease === undefined ? '' : `-${preRelease}`}`;
  if (!SEMVER.isValid(from)) {
    return null;
  }
  if (numbers.length === 0) {
    // Nothing is before every version or after every one.
    return sign === '<' || sign === '>' ? [{ sign: '<', bound: '0.0.0-0' }] : [];
  }
  return boundsOf(sign, numbers, from);
}

/** `1.x.3` says nothing sensible. */
function numbersOf(parts: readonly (string | undefined)[]): readonly number[] | null {
  const firstOpen = parts.findIndex((part) => part === undefined || /^[xX*]$/.test(part));
  const fixed = firstOpen === -1 ? parts : parts.slice(0, firstOpen);
  const behind = firstOpen === -1 ? [] : parts.slice(firstOpen);
  return behind.every((part) => part === undefined || /^[xX*]$/.test(part)) ? fixed.map(Number) : null;
}

function boundsOf(sign: string, numbers: readonly number[], from: string): readonly Comparator[] {
  const isWhole = numbers.length === 3;
  switch (sign) {
    case '>=':
    case '<':
      return [{ sign, bound: from }];
    case '>':
      return [isWhole ? { sign, bound: from } : { sign: '>=', bound: after(numbers, numbers.length - 1) }];
    case '<=':
      return [isWhole ? { sign, bound: from } : { sign: '<', bound: after(numbers, numbers.length - 1) }];
    case '^': {
      const first = numbers.findIndex((number) => number > 0);
      return between(from, after(numbers, first === -1 ? numbers.length - 1 : first));
    }
    case '~':
      return between(from, after(numbers, Math.min(1, numbers.length - 1)));
    default:
      return isWhole
        ? [
            { sign: '>=', bound: from },
            { sign: '<=', bound: from },
          ]
        : between(from, after(numbers, numbers.length - 1));
  }
}

function between(from: string, to: string): readonly Comparator[] {
  return [
    { sign: '>=', bound: from },
    // Those before the release at the end are not meant either.
    { sign: '<', bound: `${to}-0` },
  ];
}

/** The first version with another number at that place. */
function after(numbers: readonly number[], place: number): string {
  return filled(numbers.slice(0, place + 1).map((number, index) => (index === place ? number + 1 : number)));
}

function filled(numbers: readonly number[]): string {
  return [0, 1, 2].map((index) => numbers[index] ?? 0).join('.');
}
