import { quote } from '#base/error.ts';
import { CelError } from '../../../error.ts';
import { opaqueOf } from '../../../type.ts';
import type { CelValue } from '../../../value.ts';
import type { Ordered } from '../../ordered.ts';

export const SEMVER = opaqueOf('kubernetes.Semver');

const MAX_CHARS = 256;
const MAX_INT = 2n ** 63n - 1n;

/** Semantic Versioning 2.0.0. What is behind the `+` plays no part in order and equality. */
export class SemanticVersion implements Ordered {
  readonly kind = 'opaque';
  readonly type = SEMVER;
  readonly text: string;
  /** Major, minor and patch. */
  readonly numbers: readonly [major: bigint, minor: bigint, patch: bigint];
  readonly #preRelease: readonly string[];

  constructor(text: string, numbers: readonly [bigint, bigint, bigint], preRelease: readonly string[]) {
    this.text = text;
    this.numbers = numbers;
    this.#preRelease = preRelease;
  }

  compareTo(other: CelValue): number {
    if (!(other instanceof SemanticVersion)) {
      return 0;
    }
    for (const [index, number] of this.numbers.entries()) {
      const order = compareInts(number, other.numbers[index] ?? 0n);
      if (order !== 0) {
        return order;
      }
    }
    return comparePreReleases(this.#preRelease, other.#preRelease);
  }

  equals(other: CelValue): boolean {
    return other instanceof SemanticVersion && this.compareTo(other) === 0;
  }

  show(): string {
    return this.text;
  }
}

/** `normalise` takes `v1.2` for 1.2.0: without a leading `v`, without leading zeros of numbers, with what is missing as 0. */
export function parseSemverOrNull(text: string, normalise: boolean): SemanticVersion | null {
  if (text.length > MAX_CHARS) {
    return null;
  }
  const known = normalise ? normalised(text) : text;
  const plus = known.indexOf('+');
  const version = plus === -1 ? known : known.slice(0, plus);
  const dash = version.indexOf('-');
  const core = (dash === -1 ? version : version.slice(0, dash)).split('.');
  const preRelease = dash === -1 ? [] : version.slice(dash + 1).split('.');
  const build = plus === -1 ? [] : known.slice(plus + 1).split('.');
  const isValid =
    core.length === 3 &&
    core.every((number) => /^(?:0|[1-9][0-9]{0,18})$/.test(number) && BigInt(number) <= MAX_INT) &&
    preRelease.every((part) => /^[0-9A-Za-z-]+$/.test(part) && !/^0[0-9]+$/.test(part)) &&
    build.every((part) => /^[0-9A-Za-z-]+$/.test(part));
  if (!isValid) {
    return null;
  }
  const [major = '', minor = '', patch = ''] = core;
  return new SemanticVersion(known, [BigInt(major), BigInt(minor), BigInt(patch)], preRelease);
}

export function parseSemver(text: string, normalise: boolean): SemanticVersion {
  const version = parseSemverOrNull(text, normalise);
  if (version === null) {
    throw new CelError(`not a semantic version: ${quote(text, 80)}`);
  }
  return version;
}

/** A short version has nothing behind its numbers: it is left as it is then, and so is none. */
function normalised(text: string): string {
  const [major = '', minor, ...rest] = (text.startsWith('v') ? text.slice(1) : text).split('.');
  const parts = [major, minor ?? '0', rest.length === 0 ? '0' : rest.join('.')].map((part) =>
    part.replace(/^0+(?=[0-9])/, ''),
  );
  return parts.join('.');
}

function compareInts(one: bigint, other: bigint): number {
  return Number(one > other) - Number(one < other);
}

/** None at all is the newest; numbers are older than texts; of two that begin alike the longer is newer. */
function comparePreReleases(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) {
    return Number(other.length > 0) - Number(one.length > 0);
  }
  for (const [index, part] of one.entries()) {
    const against = other[index];
    if (against === undefined) {
      return 1;
    }
    const order = comparePart(part, against);
    if (order !== 0) {
      return order;
    }
  }
  return one.length < other.length ? -1 : 0;
}

function comparePart(one: string, other: string): number {
  const numeric = [/^[0-9]+$/.test(one), /^[0-9]+$/.test(other)];
  if (numeric[0] === true && numeric[1] === true) {
    return compareInts(BigInt(one), BigInt(other));
  }
  return numeric[0] === numeric[1]
    ? Number(one > other) - Number(one < other)
    : Number(numeric[1]) - Number(numeric[0]);
}
