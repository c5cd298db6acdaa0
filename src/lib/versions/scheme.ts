import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';

/** The folder name of the member. */
export type VersionSchemeId =
  | 'apk'
  | 'cran'
  | 'deb'
  | 'gem'
  | 'generic'
  | 'github'
  | 'golang'
  | 'hackage'
  | 'julia'
  | 'maven'
  | 'nuget'
  | 'opam'
  | 'packagist'
  | 'pep440'
  | 'pub'
  | 'rpm'
  | 'semver';

/** Negative: the first version is older. Zero: the scheme sees no difference, though the texts may differ. */
export type Order = -1 | 0 | 1;

/** A text read as a version, or why it is none. The reason names the text and what was expected of it. */
export type Parsed<V> = { readonly ok: true; readonly version: V } | { readonly ok: false; readonly reason: string };

/** What a text that is no version gives is neither older nor newer nor equal: the caller turns it into an unknown. */
export type Comparison = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly reason: string };

/** How one ecosystem orders its versions. Pure, total over its valid versions, and it never throws. */
export interface VersionScheme {
  readonly id: VersionSchemeId;
  isValid(text: string): boolean;
  compare(a: string, b: string): Comparison;
  /** `compare` with its first argument parsed once, to hold one installed version against many range bounds. */
  against(a: string): (b: string) => Comparison;
}

/** What a member supplies; `parse` is only called with text of a bounded length. */
export interface SchemeDefinition<V> {
  readonly id: VersionSchemeId;
  parse(text: string): Parsed<V>;
  order(a: V, b: V): Order;
}

/** A scheme from its parser and its order: the length limit, and errors that win over any order, are the same for all. */
export function defineScheme<V>(definition: SchemeDefinition<V>): VersionScheme {
  function parse(text: string): Parsed<V> {
    return text.length > LIMITS.versionChars
      ? invalid(text, `at most ${LIMITS.versionChars} characters, found ${text.length}`)
      : definition.parse(text);
  }

  function against(a: string): (b: string) => Comparison {
    const first = parse(a);
    return (b) => {
      if (!first.ok) {
        return first;
      }
      const second = parse(b);
      return second.ok ? { ok: true, order: definition.order(first.version, second.version) } : second;
    };
  }

  return {
    id: definition.id,
    isValid: (text) => parse(text).ok,
    compare: (a, b) => against(a)(b),
    against,
  };
}

/** The error value of every member: `"1..2" is not a version: expected …`. */
export function invalid(text: string, expected: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason: `${quote(text, 80)} is not a version: expected ${expected}` };
}
