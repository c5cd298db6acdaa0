import { quote } from '#base/error.ts';
import type { TextMatcher } from '../../keyless/identity.ts';
import { ANYBODY } from '../texts.ts';

/** A pattern as it is written, since quoting would double every backslash of it. */
export function matcherText(matcher: TextMatcher): string {
  if (matcher.kind === 'exact') {
    return quote(matcher.value);
  }
  return matcher.source === ANYBODY ? 'anybody' : `all of the pattern ${matcher.source}`;
}
