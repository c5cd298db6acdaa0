/** What `test/experimental-limit.json` holds. */
export interface ExperimentalLimit {
  /** Capabilities that may rest on self-made samples alone. It only ever goes down. */
  readonly max: number;
}

/** The text of the limit file that fits the number of experimental capabilities. Throws when their number has grown. */
export function lowered(limit: ExperimentalLimit, names: readonly string[]): string {
  if (names.length > limit.max) {
    throw new RangeError(
      `test/experimental-limit.json: expected at most ${limit.max} experimental capabilities, found ${names.length}: ` +
        `${names.join(', ')}. Prove them with a published sample or a real tool.`,
    );
  }
  return `{ "max": ${names.length} }\n`;
}
