/** What a finite double stands for exactly, in decimal digits: `digits × 10^-scale`. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly scale: number;
}

/** With so many places, rounded to the even digit where two are as near: 2.5 is `2`, 3.5 is `4`. */
export function fixedText(value: number, places: number): string {
  if (!Number.isFinite(value)) {
    return notFinite(value);
  }
  const { negative, digits, scale } = exact(value);
  const scaled =
    scale <= places ? digits * 10n ** BigInt(places - scale) : divideToEven(digits, 10n ** BigInt(scale - places));
  return `${negative ? '-' : ''}${withPoint(scaled.toString(), places)}`;
}

/** `1.052033e+03`: one digit before the point, so many after it, two of the exponent at least. */
export function scientificText(value: number, places: number): string {
  if (!Number.isFinite(value)) {
    return notFinite(value);
  }
  const { negative, digits, scale } = exact(value);
  const known = digits.toString();
  const surplus = known.length - 1 - places;
  let rounded = surplus <= 0 ? known.padEnd(places + 1, '0') : divideToEven(digits, 10n ** BigInt(surplus)).toString();
  let exponent = digits === 0n ? 0 : known.length - 1 - scale;
  if (rounded.length > places + 1) {
    rounded = rounded.slice(0, -1);
    exponent += 1;
  }
  const power = Math.abs(exponent).toString().padStart(2, '0');
  return `${negative ? '-' : ''}${withPoint(rounded, places)}e${exponent < 0 ? '-' : '+'}${power}`;
}

/** The shortest digits that give the same double again, never with an exponent. */
export function shortestText(value: number): string {
  if (!Number.isFinite(value)) {
    return notFinite(value);
  }
  const [mantissa = '', exponent = '0'] = Math.abs(value).toString().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+(?=.)/, '');
  const scale = fraction.length - Number(exponent);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return scale <= 0 ? sign + digits + '0'.repeat(-scale) : sign + withPoint(digits, scale);
}

function notFinite(value: number): string {
  if (Number.isNaN(value)) {
    return 'NaN';
  }
  return value < 0 ? '-Infinity' : 'Infinity';
}

function withPoint(digits: string, places: number): string {
  if (places === 0) {
    return digits;
  }
  const padded = digits.padStart(places + 1, '0');
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

/** From its bits (IEEE 754): a whole number of `2^-n` is a whole number of `10^-n`. */
function exact(value: number): Decimal {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const negative = bits >> 63n === 1n;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(exponent, 1) - 1075;
  return power >= 0
    ? { negative, digits: mantissa << BigInt(power), scale: 0 }
    : trimmed({ negative, digits: mantissa * 5n ** BigInt(-power), scale: -power });
}

/** Most doubles have a few hundred zeros at the end of what is exact. */
function trimmed(decimal: Decimal): Decimal {
  const text = decimal.digits.toString();
  const kept = decimal.digits === 0n ? '0' : text.replace(/0+$/, '');
  const zeros = Math.min(decimal.digits === 0n ? decimal.scale : text.length - kept.length, decimal.scale);
  return { ...decimal, digits: decimal.digits / 10n ** BigInt(zeros), scale: decimal.scale - zeros };
}

function divideToEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
