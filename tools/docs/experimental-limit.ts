/** What `test/experimental-limit.json` holds. */
export interface ExperimentalLimit {
  /** Capabilities that may rest on self-made samples alone. It only ever goes down. */
  readonly max: number;
  /** Capabilities of services that no test can ask for real. It only ever goes down as well. */
  readonly contractOnly: number;
}

/** The text of the limit file that fits the numbers of such capabilities. Throws when one of them has grown. */
export function lowered(
  limit: ExperimentalLimit,
  experimental: readonly string[],
  contractOnly: readonly string[],
): string {
  assertWithin(
    limit.max,
    experimental,
    'experimental capabilities',
    'Prove them with a published sample or a real tool.',
  );
  assertWithin(
    limit.contractOnly,
    contractOnly,
    'capabilities that are contract only',
    'Prove them with the service itself, or with a program that plays it.',
  );
  return `{ "max": ${experimental.length}, "contractOnly": ${contractOnly.length} }\n`;
}

function assertWithin(max: number, names: readonly string[], what: string, hint: string): void {
  if (names.length > max) {
    throw new RangeError(
      `test/experimental-limit.json: expected at most ${max} ${what}, found ${names.length}: ${names.join(', ')}. ${hint}`,
    );
  }
}
