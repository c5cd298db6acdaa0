import { CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import { COST, chargeTraversal } from '../run/cost.ts';
import type { CelValue } from '../value.ts';
import { toText } from './declare.ts';

/** Past it nothing is made, whatever the budget: JavaScript itself gives up not far from there. */
const MAX_RESULT_LENGTH = 100_000_000;

/** Charges for going over so many characters or bytes. */
export function chargeLength(meter: Meter, length: number): void {
  chargeTraversal(length, meter);
}

/** Charges for a text, bytes or a list of that length, which is about to be made. */
export function chargeResult(meter: Meter, length: number): void {
  chargeTraversal(length, meter);
  if (length > MAX_RESULT_LENGTH) {
    throw new CelError(`result too large: ${length}`);
  }
}

/** Charges for looking at every element of a list or map, at one unit each. */
export function chargeElements(meter: Meter, elements: number): void {
  meter.charge(elements * COST.call);
}

/** Charges for a search for one text in another, whose worst case grows with both. */
export function chargeSearch(meter: Meter, text: string, part: string): void {
  chargeTraversal(text.length, meter);
  meter.charge(Math.floor((text.length * part.length) / 10_000));
}

/** A text that is about to be read as a whole, paid for. */
export function readText(value: CelValue | undefined, meter: Meter): string {
  const text = toText(value);
  chargeTraversal(text.length, meter);
  return text;
}
