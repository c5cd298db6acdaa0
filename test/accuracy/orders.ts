import { compareApk } from './order-apk.ts';
import { compareDeb } from './order-deb.ts';
import { compareGem } from './order-gem.ts';
import { comparePep440 } from './order-pep440.ts';
import { compareSemver } from './order-semver.ts';

/** Below zero, zero or above; null when one of the two is no version. */
export type Order = (a: string, b: string) => number | null;

/**
 * The order of each ecosystem's versions, written for the judge of accuracy from the specifications alone: nothing of the product's
 * is used, so that both cannot be wrong in the same way by the same line.
 */
export const ORDERS = {
  apk: compareApk,
  deb: compareDeb,
  gem: compareGem,
  pep440: comparePep440,
  semver: compareSemver,
} as const satisfies Readonly<Record<string, Order>>;
