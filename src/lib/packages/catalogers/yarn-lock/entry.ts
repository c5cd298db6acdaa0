/** One entry of a `yarn.lock`. */
export interface LockEntry {
  /** What was asked for, `NAME@RANGE`, and is all met by this. */
  readonly patterns: readonly string[];
  readonly version: string;
  /** `NAME@HOW:WHAT` of what was taken; absent in files of Yarn 1. */
  readonly resolution?: string;
  /** Name and range of each package that it needs. */
  readonly needs: readonly (readonly [name: string, range: string])[];
}
