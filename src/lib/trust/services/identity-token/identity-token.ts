import { isAppError, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import { Fields } from '../../attestations/fields.ts';
import { decodeBase64Url } from '../../encoding/base64.ts';
import { TrustError } from '../../error.ts';

/** What an identity token says of itself. Nobody has verified it: that is for the one it is shown to. */
export interface IdentityClaims {
  readonly issuer: string;
  /** What Fulcio wants signed as a proof of possession: the mail address where there is one, else the subject. */
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** A JSON Web Token (RFC 7519) that says who its owner is. The text of it is a secret, and in no property. */
export class IdentityToken {
  /** Where it is from, for messages. */
  readonly source: string;
  readonly claims: IdentityClaims;
  readonly #text: string;

  /** Throws `IDENTITY_TOKEN_INVALID`, which does not say what is in the token. */
  constructor(text: string, source: string) {
    const trimmed = text.trim();
    this.source = source;
    this.claims = claimsOf(trimmed, source);
    this.#text = trimmed;
  }

  /** The token itself, to be sent to the one service that it is for. */
  reveal(): string {
    return this.#text;
  }

  /** Throws `IDENTITY_TOKEN_EXPIRED`. `now` in milliseconds since 1970. */
  assertCurrent(now: number): void {
    const { expires } = this.claims;
    if (expires > now) {
      return;
    }
    const minutes = Math.floor((now - expires) / 60_000);
    throw new TrustError('IDENTITY_TOKEN_EXPIRED', 'the identity token has expired', {
      object: this.source,
      expected: `a token that is valid at ${iso(now)}`,
      found: `one that ended at ${iso(expires)}, ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ago`,
      hint: 'Such tokens live for minutes: fetch a new one right before signing.',
    });
  }
}

function claimsOf(text: string, source: string): IdentityClaims {
  const parts = text.split('.', 4);
  const [header, payload, signature] = parts;
  if (text.length > LIMITS.tokenBytes || parts.length !== 3 || !header || !payload || !signature) {
    throw invalid(
      source,
      'a JSON Web Token: three parts with dots between them',
      `${text.length} characters in other form`,
    );
  }
  try {
    const claims = Fields.of(parse(payload), source, 'IDENTITY_TOKEN_INVALID');
    parse(header);
    decodeBase64Url(signature, source);
    return {
      issuer: claims.text('iss'),
      subject: subjectOf(claims),
      audiences: audiencesOf(claims),
      expires: expiryOf(claims),
    };
  } catch (error) {
    // What other readers say of a text may quote it.
    if (isAppError(error) && error.code !== 'IDENTITY_TOKEN_INVALID') {
      throw invalid(source, 'a JSON Web Token: three parts of base64url, two of them JSON', 'something else');
    }
    throw error;
  }
}

function parse(part: string): unknown {
  return parseStrictJson(decodeBase64Url(part, 'part'), 'part');
}

/** As sigstore/sigstore pkg/oauthflow has it, and Fulcio compares with. */
function subjectOf(claims: Fields): string {
  const email = claims.optionalText('email');
  if (email === null) {
    return claims.text('sub');
  }
  // Some providers write it as text.
  const verified = claims.value('email_verified');
  if (verified !== true && verified !== 'true') {
    throw claims.invalid('email_verified', 'true, for a token with a mail address', 'another value');
  }
  return email;
}

function audiencesOf(claims: Fields): readonly string[] {
  return typeof claims.value('aud') === 'string' ? [claims.text('aud')] : claims.optionalTexts('aud');
}

function expiryOf(claims: Fields): number {
  const seconds = claims.value('exp');
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds < MAX_SECONDS)) {
    throw claims.invalid('exp', 'seconds since 1970', typeof seconds === 'number' ? `${seconds}` : typeof seconds);
  }
  return seconds * 1000;
}

/** The year 9999: later times have no ISO 8601 form of four digits. */
const MAX_SECONDS = 253_402_300_800;

/** `"sigstore", "other"`: for hints. */
export function describeAudiences({ audiences }: IdentityClaims): string {
  return audiences.length === 0
    ? 'nobody'
    : audiences
        .slice(0, 4)
        .map((audience) => quote(audience, 60))
        .join(', ');
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('IDENTITY_TOKEN_INVALID', 'not an identity token', { object, expected, found });
}
