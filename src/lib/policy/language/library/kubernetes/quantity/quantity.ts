import { quote } from '#base/error.ts';
import { CelError } from '../../../error.ts';
import { opaqueOf } from '../../../type.ts';
import type { CelValue } from '../../../value.ts';
import type { Ordered } from '../../ordered.ts';

export const QUANTITY = opaqueOf('kubernetes.Quantity');

const NANO = 1_000_000_000n;
const MAX_CHARS = 64;
/** Powers of ten in both directions. */
const MAX_EXPONENT = 64;

const SUFFIXES: ReadonlyMap<string, readonly [base: bigint, exponent: number]> = new Map([
  ['', [10n, 0]],
  ['n', [10n, -9]],
  ['u', [10n, -6]],
  ['m', [10n, -3]],
  ['k', [10n, 3]],
  ['M', [10n, 6]],
  ['G', [10n, 9]],
  ['T', [10n, 12]],
  ['P', [10n, 15]],
  ['E', [10n, 18]],
  ['Ki', [2n, 10]],
  ['Mi', [2n, 20]],
  ['Gi', [2n, 30]],
  ['Ti', [2n, 40]],
  ['Pi', [2n, 50]],
  ['Ei', [2n, 60]],
]);

/** An exact number of billionths, as large as it may be. */
export class Quantity implements Ordered {
  readonly kind = 'opaque';
  readonly type = QUANTITY;
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  static ofInt(value: bigint): Quantity {
    return new Quantity(value * NANO);
  }

  /** Null where it has a fraction, or does not go into an int. */
  toInt(): bigint | null {
    const whole = this.nanos / NANO;
    return this.nanos % NANO === 0n && BigInt.asIntN(64, whole) === whole ? whole : null;
  }

  toDouble(): number {
    return Number(this.nanos / NANO) + Number(this.nanos % NANO) / 1e9;
  }

  plus(other: Quantity): Quantity {
    return within(this.nanos + other.nanos);
  }

  minus(other: Quantity): Quantity {
    return within(this.nanos - other.nanos);
  }

  compareTo(other: CelValue): number {
    const nanos = other instanceof Quantity ? other.nanos : 0n;
    return Number(this.nanos > nanos) - Number(this.nanos < nanos);
  }

  equals(other: CelValue): boolean {
    return other instanceof Quantity && other.nanos === this.nanos;
  }

  /** As a decimal number, without a suffix. */
  show(): string {
    const size = this.nanos < 0n ? -this.nanos : this.nanos;
    const fraction =
      size % NANO === 0n
        ? ''
        : `.${(size % NANO)
            .toString()
            .padStart(9, '0')
            .replace(/0{1,8}$/, '')}`;
    return `${this.nanos < 0n ? '-' : ''}${size / NANO}${fraction}`;
  }
}

/** Null for text that is none. What is finer than a billionth is rounded away from 0, so that no need ever becomes none. */
export function parseQuantityOrNull(text: string): Quantity | null {
  const parts =
    text.length > MAX_CHARS ? null : /^([+-]?)([0-9]*)(?:\.([0-9]*))?([a-zA-Z]{0,2}|[eE][+-]?[0-9]{1,4})$/.exec(text);
  if (parts === null) {
    return null;
  }
  const [, sign, whole = '', fraction = '', suffix = ''] = parts;
  const factor = factorOf(suffix);
  if (factor === null || whole + fraction === '') {
    return null;
  }
  const size = BigInt(whole + fraction) * NANO * factor.times;
  const by = factor.by * 10n ** BigInt(fraction.length);
  const nanos = (size + by - 1n) / by;
  return new Quantity(sign === '-' ? -nanos : nanos);
}

export function parseQuantity(text: string): Quantity {
  const quantity = parseQuantityOrNull(text);
  if (quantity === null) {
    throw new CelError(`not a quantity: ${quote(text, 80)}`);
  }
  return quantity;
}

function factorOf(suffix: string): { readonly times: bigint; readonly by: bigint } | null {
  const exponent = /^[eE]([+-]?[0-9]+)$/.exec(suffix)?.[1];
  const [base, power] = exponent === undefined ? (SUFFIXES.get(suffix) ?? []) : [10n, Number(exponent)];
  if (base === undefined || power === undefined || Math.abs(power) > MAX_EXPONENT) {
    return null;
  }
  const factor = base ** BigInt(Math.abs(power));
  return power < 0 ? { times: 1n, by: factor } : { times: factor, by: 1n };
}

/** Sums of sums must not grow for ever. */
function within(nanos: bigint): Quantity {
  if (BigInt.asIntN(1024, nanos) !== nanos) {
    throw new CelError('quantity too large');
  }
  return new Quantity(nanos);
}
