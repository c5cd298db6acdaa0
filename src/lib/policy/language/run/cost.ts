import type { Meter } from '../meter.ts';

/** Units of work, as cel-go and Kubernetes count them. The reference page of the language lists them. */
export const COST = {
  /** A variable, a field, a key. Constants are free. */
  identifier: 1,
  /** Every call of a function or operator, before what it charges itself. */
  call: 1,
  listCreate: 10,
  mapCreate: 30,
  /** An error of which nothing remains, since another part decides. Dear to make, and free in cel-go. */
  absorbedError: 20,
  /** For each character that a function has to look at. */
  traversal: 0.1,
  /** For each character of a pattern. */
  patternLength: 0.25,
} as const;

/**
 * What each element costs that a macro reaches, besides its body: what the loop costs that cel-go expands the macro to. `kept` is for elements that
 * come into the result.
 */
export const ELEMENT_COST = {
  all: { each: 3, kept: 0 },
  exists: { each: 4, kept: 0 },
  existsOne: { each: 1, kept: 1 },
  filter: { each: 1, kept: 12 },
  map: { each: 1, kept: 12 },
  transformMap: { each: 1, kept: 3 },
  transformMapEntry: { each: 1, kept: 3 },
} as const;

/** Charges for looking at so many characters or elements, less the unit of the call that does it. */
export function chargeTraversal(size: number, meter: Meter): void {
  if (size > 10) {
    meter.charge(Math.ceil(size * COST.traversal) - COST.call);
  }
}
