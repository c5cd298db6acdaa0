import { compareLists, compareNumbers, compareTexts, remembered } from './lists.ts';

/** PEP 440, appendix B. */
const VERSION = new RegExp(
  [
    /^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)/,
    /(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d*))?/,
    /(?<post>-(?<dashNumber>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d*))?/,
    /(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d*))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/,
  ]
    .map(({ source }) => source)
    .join(''),
  'i',
);

const SPELLINGS: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' };

type Groups = Readonly<Record<string, string | undefined>>;

/** PEP 440, "Summary of permitted suffixes and relative ordering". */
export function comparePep440(a: string, b: string): number | null {
  const [left, right] = [parse(a), parse(b)];
  if (left === null || right === null) {
    return null;
  }
  return (
    compareNumbers(left.epoch, right.epoch) ||
    compareLists(left.release, right.release, compareNumbers) ||
    compareLists(left.phase, right.phase, compareNumbersOrWords) ||
    compareLocals(left.local, right.local)
  );
}

const parse = remembered((version) => {
  const groups = VERSION.exec(version)?.groups;
  return groups === undefined
    ? null
    : { epoch: groups['epoch'] ?? '', release: release(groups), phase: phase(groups), local: groups['local'] };
});

function release({ release: text = '' }: Groups): readonly string[] {
  return text
    .replace(/(?:\.0+)+$/, '')
    .replace(/^0+(?=\d)/, '')
    .split('.');
}

/** Where it stands on the way from the first development release to the last post release: one letter each, and its number. */
function phase(groups: Groups): readonly string[] {
  const word = (groups['pre'] ?? '').toLowerCase();
  const ahead = groups['pre'] === undefined && groups['post'] === undefined && groups['dev'] !== undefined;
  const pre = ahead ? '!' : groups['pre'] === undefined ? 's' : (SPELLINGS[word] ?? word);
  const number = groups['preNumber'] ?? '';
  const post = groups['post'] === undefined ? 'n' : 'y';
  const dev = groups['dev'] === undefined ? 'n' : 'd';
  return [
    pre,
    number || '0',
    post,
    groups['dashNumber'] ?? (groups['postNumber'] || '0'),
    dev,
    groups['devNumber'] || '0',
  ];
}

function compareNumbersOrWords(a: string, b: string): number {
  return /^\d+$/.test(a) && /^\d+$/.test(b) ? compareNumbers(a, b) : compareTexts(a, b);
}

function compareLocals(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) {
    return Number(a !== undefined) - Number(b !== undefined);
  }
  const split = (local: string): readonly string[] => local.toLowerCase().split(/[-_.]/);
  return compareLists(split(a), split(b), (x, y) => {
    const [xNumber, yNumber] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    return xNumber === yNumber ? compareNumbersOrWords(x, y) : xNumber ? 1 : -1;
  });
}
