/** A distribution and its version, as in the name of its archive. */
export interface Distribution {
  readonly name: string;
  readonly version: string;
}

/**
 * `libwww-perl-6.67` in its parts, as CPAN itself tells them (CPAN::DistnameInfo): at the first dash with a version behind
 * it. A whole number with a further dash is none but part of the name (`Foo-2-1.0`). Null where there is no version.
 */
export function splitDistribution(text: string): Distribution | null {
  for (let dash = text.indexOf('-', 1); dash !== -1; ) {
    const next = text.indexOf('-', dash + 1);
    const part = text.slice(dash + 1, next === -1 ? text.length : next);
    if (/^v?[0-9]/.test(part) && (next === -1 || !/^[A-Za-z0-9]*$/.test(part))) {
      return { name: text.slice(0, dash), version: text.slice(dash + 1) };
    }
    dash = next;
  }
  return null;
}
