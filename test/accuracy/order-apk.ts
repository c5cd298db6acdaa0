import { compareLists, compareNumbers, compareTexts, remembered } from './lists.ts';

/** As the manual of apk-tools has it: `1.2.3a_rc1_p2~hash-r4`. */
const VERSION = /^(\d+)((?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(~[0-9a-f]+)?(?:-r(\d+))?$/;

/** What suffixes mean, lowest first; the empty one is a release. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];

/**
 * A part that one of the two lacks loses, but for suffixes in front of a release. Numbers after the first compare as texts where either begins
 * with a zero.
 */
export function compareApk(a: string, b: string): number | null {
  const [left, right] = [parse(a), parse(b)];
  if (left === null || right === null) {
    return null;
  }
  const numbers = (match: RegExpExecArray): readonly string[] => (match[2] ?? '').split('.').slice(1);
  return (
    compareNumbers(left[1] ?? '', right[1] ?? '') ||
    compareLists(numbers(left), numbers(right), compareFractions) ||
    compareTexts(left[3] ?? '', right[3] ?? '') ||
    compareSuffixes(left[4] ?? '', right[4] ?? '') ||
    compareTexts(left[5] ?? '', right[5] ?? '') ||
    compareNumbers(left[6] ?? '', right[6] ?? '')
  );
}

const parse = remembered((version) => VERSION.exec(version));

function compareFractions(a: string, b: string): number {
  return a.startsWith('0') || b.startsWith('0') ? compareTexts(a, b) : compareNumbers(a, b);
}

function compareSuffixes(a: string, b: string): number {
  const [left, right] = [a.split('_').slice(1), b.split('_').slice(1)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [of, than] = [left[at] ?? '', right[at] ?? ''];
    const rank = (suffix: string): number => SUFFIXES.indexOf(suffix.replace(/\d+$/, ''));
    const digits = (suffix: string): string => /\d*$/.exec(suffix)?.[0] ?? '';
    const order = rank(of) - rank(than) || compareNumbers(digits(of), digits(than));
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}
