import { compareLists, compareNumbers, remembered } from './lists.ts';

/** deb-version(7): `[epoch:]upstream[-revision]`. */
export function compareDeb(a: string, b: string): number | null {
  const [left, right] = [split(a), split(b)];
  if (left === null || right === null) {
    return null;
  }
  return (
    compareNumbers(left.epoch, right.epoch) ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

const split = remembered((version) => {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  const epoch = colon === -1 ? '0' : version.slice(0, colon);
  const upstream = dash === -1 ? rest : rest.slice(0, dash);
  const revision = dash === -1 ? '0' : rest.slice(dash + 1);
  const valid = /^\d+$/.test(epoch) && /^[A-Za-z0-9.+~:-]+$/.test(upstream) && /^[A-Za-z0-9.+~]*$/.test(revision);
  return valid ? { epoch, upstream: pairs(upstream), revision: pairs(revision) } : null;
});

/** Words and numbers in turns. The end of a word is written as one more character: above `~`, below all others. */
function compareParts(left: readonly Pair[], right: readonly Pair[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [of, than] = [left[at] ?? NOTHING, right[at] ?? NOTHING];
    const order = compareLists(of.word, than.word, (x, y) => x - y) || compareNumbers(of.number, than.number);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

interface Pair {
  readonly word: readonly number[];
  readonly number: string;
}

const NOTHING: Pair = { word: [0], number: '' };

function pairs(text: string): readonly Pair[] {
  const found = [...text.matchAll(/(\D*)(\d*)/g)].filter(([all]) => all !== '');
  return found.map(([, word = '', number = '']) => ({ word: weights(word), number }));
}

const LETTER = /[A-Za-z]/;

function weights(word: string): readonly number[] {
  const characters = Array.from(word, (character) =>
    character === '~' ? -1 : (character.codePointAt(0) ?? 0) + (LETTER.test(character) ? 0 : 256),
  );
  return [...characters, 0];
}
