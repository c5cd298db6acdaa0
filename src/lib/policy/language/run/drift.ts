import type { Meter } from '../meter.ts';
import type { CelDuration, CelTimestamp } from '../value.ts';

/** 9999-12-31T23:59:59.999999999Z. */
export const MAX_TIMESTAMP = 253_402_300_799_999_999_999n;
/** 0001-01-01T00:00:00Z. */
export const MIN_TIMESTAMP = -62_135_596_800_000_000_000n;

export type Relation = '==' | '<' | '<=' | '>' | '>=';

/**
 * Tells the meter when the relation of two instants, or of two lengths of time, comes out otherwise: where they move at different speeds, their
 * difference passes 0 at one nanosecond.
 */
export function tellTurn(
  left: CelTimestamp | CelDuration,
  right: CelTimestamp | CelDuration,
  relation: Relation,
  meter: Meter,
): void {
  const speed = BigInt(left.drift - right.drift);
  if (speed !== 0n) {
    const after = turnOf(left.nanoseconds - right.nanoseconds, speed, relation);
    if (after !== null) {
      tell(meter.now + after, meter);
    }
  }
}

/** The same for an order: less, equal or greater. */
export function tellTurnOfOrder(
  left: CelTimestamp | CelDuration,
  right: CelTimestamp | CelDuration,
  meter: Meter,
): void {
  tellTurn(left, right, '<', meter);
  tellTurn(left, right, '<=', meter);
}

/** Nanoseconds, 1 or more, until `difference + speed * t` stands otherwise to 0 than now; null for never. */
function turnOf(difference: bigint, speed: bigint, relation: Relation): bigint | null {
  // Seen from below: a rising difference. A falling one is a rising one with the sides exchanged.
  if (speed < 0n) {
    return turnOf(-difference, -speed, EXCHANGED[relation]);
  }
  const reached = difference >= 0n ? null : ceilDivide(-difference, speed);
  const passed = difference > 0n ? null : -difference / speed + 1n;
  switch (relation) {
    case '<':
    case '>=':
      return reached;
    case '<=':
    case '>':
      return passed;
    case '==':
      if (difference === 0n) {
        return 1n;
      }
      return reached !== null && difference + speed * reached === 0n ? reached : null;
  }
}

const EXCHANGED: Readonly<Record<Relation, Relation>> = { '==': '==', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

function tell(at: bigint, meter: Meter): void {
  // The time of a context has no later instant, so that what would turn after it never does.
  if (at <= MAX_TIMESTAMP) {
    meter.turns(at);
  }
}

/**
 * Tells the meter that a moving value is looked at by parts that are the same from `from` up to before `to` (both included in what it may be:
 * `from <= value < to`), as hours are of a day.
 */
export function tellStep(
  value: CelTimestamp | CelDuration,
  from: bigint,
  to: bigint,
  meter: Meter,
  only: 'rising' | 'falling' | 'both' = 'both',
): void {
  if (value.drift === 0 || (value.drift > 0 ? only === 'falling' : only === 'rising')) {
    return;
  }
  const speed = BigInt(value.drift);
  const after = speed > 0n ? ceilDivide(to - value.nanoseconds, speed) : (value.nanoseconds - from) / -speed + 1n;
  tell(meter.now + (after < 1n ? 1n : after), meter);
}

/** Tells the meter when a moving value leaves the range `least` to `most`, or comes into it. */
export function tellRange(value: CelTimestamp | CelDuration, least: bigint, most: bigint, meter: Meter): void {
  if (value.nanoseconds < least) {
    tellStep(value, value.nanoseconds, least, meter, 'rising');
  } else if (value.nanoseconds > most) {
    tellStep(value, most + 1n, value.nanoseconds + 1n, meter, 'falling');
  } else {
    tellStep(value, least, most + 1n, meter);
  }
}
