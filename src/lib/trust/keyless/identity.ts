import { RE2JS } from 're2js';
import { messageOf, quote } from '#base/error.ts';
import { TrustError } from '../error.ts';
import type { Signer } from '../signed.ts';

export type KeylessSigner = Extract<Signer, { readonly kind: 'keyless' }>;

/** How one value of an identity is asked for. A pattern must match all of the value, never a part of it. */
export type TextMatcher =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'pattern'; readonly source: string; readonly pattern: RE2JS };

/** An identity that may sign: issuer and subject always, further claims where they are asked for. */
export interface IdentityMatcher {
  readonly issuer: TextMatcher;
  readonly subject: TextMatcher;
  /** By Fulcio's names; a claim that the certificate lacks does not match. */
  readonly claims: ReadonlyMap<string, TextMatcher>;
}

export function exactly(value: string, object: string): TextMatcher {
  if (value === '') {
    throw new TrustError('IDENTITY_INVALID', 'an identity that nobody has', {
      object,
      expected: 'text',
      found: 'none',
    });
  }
  return { kind: 'exact', value };
}

/** RE2 syntax, compiled once, matched against the whole value. Throws `IDENTITY_INVALID`. */
export function matching(source: string, object: string): TextMatcher {
  if (source === '') {
    throw new TrustError('IDENTITY_INVALID', 'a pattern that matches nothing', {
      object,
      expected: 'an RE2 pattern of the whole value',
      found: 'an empty one',
    });
  }
  try {
    return { kind: 'pattern', source, pattern: RE2JS.compile(source) };
  } catch (error) {
    throw new TrustError('IDENTITY_INVALID', 'not a pattern', {
      object,
      expected: 'RE2 syntax',
      found: `${quote(source, 80)}: ${messageOf(error)}`,
      cause: error,
    });
  }
}

/** Why a signer is not the one that is asked for, one entry for each value that differs; empty when it is. */
export function matchIdentity(signer: KeylessSigner, identity: IdentityMatcher): readonly IdentityMismatch[] {
  const asked: (readonly [string, TextMatcher, string | undefined])[] = [
    ['issuer', identity.issuer, signer.issuer],
    ['subject', identity.subject, signer.subject],
  ];
  for (const [name, matcher] of identity.claims) {
    asked.push([name, matcher, signer.claims.get(name)]);
  }
  return asked
    .filter(([, matcher, value]) => value === undefined || !matchesText(matcher, value))
    .map(([name, matcher, value]) => ({
      name,
      expected: describeMatcher(matcher),
      found: value === undefined ? 'nothing' : quote(value),
    }));
}

export interface IdentityMismatch {
  /** `issuer`, `subject` or the name of a claim. */
  readonly name: string;
  readonly expected: string;
  readonly found: string;
}

export function describeMatcher(matcher: TextMatcher): string {
  return matcher.kind === 'exact' ? quote(matcher.value) : `all of the pattern ${quote(matcher.source)}`;
}

/** Whether a matcher fits all of a value. */
export function matchesText(matcher: TextMatcher, value: string): boolean {
  return matcher.kind === 'exact' ? value === matcher.value : matcher.pattern.matches(value);
}
