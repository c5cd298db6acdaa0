/**
 * Whether a predicate type is `base`, or `base` with a version behind it: `https://spdx.dev/Document/v2.3`. Never a longer
 * text that only begins alike.
 */
export function isTypeOrVersion(predicateType: string, base: string): boolean {
  return predicateType === base || versionOf(predicateType, base) !== null;
}

/** The version behind `base` in a predicate type, without its `v`; null where there is none. */
export function versionOf(predicateType: string, base: string): string | null {
  const prefix = `${base}/v`;
  const version = predicateType.slice(prefix.length);
  return predicateType.startsWith(prefix) && /^[0-9]+(?:\.[0-9]+){0,2}$/.test(version) ? version : null;
}

/** Whether a document's version is the one that the predicate type names, or a part of it: 2.3 for v2.3, 3.0.1 for v3. */
export function isVersionWithin(version: string, named: string): boolean {
  return version === named || version.startsWith(`${named}.`);
}
