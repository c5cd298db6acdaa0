import { CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import type { CelValue } from '../value.ts';
import { chargeTraversal } from './cost.ts';
import { isMap } from './map.ts';

/** `size(value)`: of a text, its code points. */
export function sizeOf(value: CelValue, meter: Meter): bigint {
  if (typeof value === 'string') {
    chargeTraversal(value.length, meter);
    return BigInt(codePoints(value));
  }
  if (Array.isArray(value) || value instanceof Uint8Array) {
    return BigInt(value.length);
  }
  if (isMap(value)) {
    return BigInt(value.size);
  }
  throw new CelError('no such overload: size');
}

function codePoints(text: string): number {
  let count = text.length;
  for (let index = 1; index < text.length; index++) {
    // The second half of a pair; texts are well-formed.
    if ((text.charCodeAt(index) & 0xfc00) === 0xdc00) {
      count--;
    }
  }
  return count;
}
