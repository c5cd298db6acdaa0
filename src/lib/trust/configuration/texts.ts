import { quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import { exactly, matching, type TextMatcher } from '../keyless/identity.ts';
import type { TextEntry } from './schema.ts';

/** Texts that no two of which anybody would want one pattern to accept: a pattern that matches them all asks for nothing. */
const STRANGERS: readonly string[] = [
  'x',
  'https://stranger.example/',
  'somebody.else@stranger.example',
  'Q7 ~!{}',
  'https://stranger.example/org/repo/.github/workflows/any.yml@refs/heads/main',
];

/** Throws `IDENTITY_INVALID` for a pattern that is not RE2, `TRUST_CONFIGURATION_INVALID` for one that matches anything. */
export function textMatcher(entry: TextEntry, object: string): TextMatcher {
  if (typeof entry === 'string') {
    return exactly(entry, object);
  }
  const matcher = matching(entry.matches, object);
  if (matchesAnything(matcher)) {
    throw new TrustError('TRUST_CONFIGURATION_INVALID', 'not a trust configuration', {
      object,
      expected: 'a pattern that leaves somebody out',
      found: quote(entry.matches),
      hint: 'Name whom you trust. A subject alone may be any: true, beside an issuer that is named.',
    });
  }
  return matcher;
}

/** The source of the pattern that stands for `any: true`. */
export const ANYBODY = '(?s).+';

/** Everybody: only ever where the configuration says so in words. */
export function anyText(object: string): TextMatcher {
  return matching(ANYBODY, object);
}

/** Whether a pattern is one of the many ways to write "everything". */
export function matchesAnything(matcher: TextMatcher): boolean {
  return matcher.kind === 'pattern' && STRANGERS.every((text) => matcher.pattern.matches(text));
}
