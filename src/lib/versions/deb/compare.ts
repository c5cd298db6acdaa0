import type { Order } from '../scheme.ts';
import { compareNumerals, compareRanks, endOfDigits, isDigit, isLetter, TILDE, toNumeral } from '../text.ts';
import type { DebVersion } from './parse.ts';

/** deb-version(7), "Sorting algorithm": epoch, then upstream version, then revision. */
export function orderDeb(a: DebVersion, b: DebVersion): Order {
  return compareRanks(a.epoch, b.epoch) || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision);
}

/** Stretches of non-digits and of digits in turn; the first difference decides. */
function comparePart(a: string, b: string): Order {
  let atA = 0;
  let atB = 0;
  while (atA < a.length || atB < b.length) {
    for (;;) {
      const weightA = weight(a.charCodeAt(atA));
      const weightB = weight(b.charCodeAt(atB));
      if (weightA !== weightB) {
        return weightA < weightB ? -1 : 1;
      }
      if (weightA === 0) {
        break;
      }
      atA += 1;
      atB += 1;
    }
    const endA = endOfDigits(a, atA);
    const endB = endOfDigits(b, atB);
    const order = compareNumerals(toNumeral(a.slice(atA, endA)), toNumeral(b.slice(atB, endB)));
    if (order !== 0) {
      return order;
    }
    atA = endA;
    atB = endB;
  }
  return 0;
}

/** A tilde sorts before the end of a stretch, letters before all other characters. Digits and the end of the text end it. */
function weight(code: number): number {
  if (Number.isNaN(code) || isDigit(code)) {
    return 0;
  }
  if (code === TILDE) {
    return -1;
  }
  return isLetter(code) ? code : code + 256;
}
