import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { parseStrictJson } from '#base/json/strict.ts';

/** A key that signs tokens. */
export interface TokenKey {
  readonly id: string;
  /** 256 bits at least. */
  readonly secret: Uint8Array;
}

/** What a token says (RFC 7519). Times in seconds UTC. */
export type TokenClaims = z.infer<typeof claimsSchema>;

/** Who makes tokens, and for whom. */
export interface TokenParties {
  readonly issuer: string;
  readonly audience: string;
}

export type TokenReading =
  | { readonly kind: 'good'; readonly claims: TokenClaims }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'bad' };

/** Longer than any that is made here: 100 scopes of names of 255 characters. */
const MAX_TOKEN_CHARS = 64 * 1024;
const MIN_KEY_BYTES = 32;

const claimsSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  /** The name of the account, as it is looked up. */
  sub: z.string().min(1).max(256),
  iat: z.int().nonnegative(),
  nbf: z.int().nonnegative(),
  exp: z.int().nonnegative(),
  jti: z.string().max(64),
  /** When the account came by its present credentials and rights, in milliseconds: a token from before is worth nothing. */
  from: z.int().nonnegative(),
  /** The identity of the account: one of the same name that is made later is another. */
  aid: z.string().max(64),
  access: z
    .array(
      z.strictObject({
        repository: z.string().max(255).nullable(),
        actions: z.array(z.enum(['pull', 'push', 'delete'])).max(3),
      }),
    )
    .max(100),
});

const headerSchema = z.strictObject({ alg: z.literal('HS256'), typ: z.literal('JWT'), kid: z.string().max(64) });

/** A JSON Web Token, signed by HMAC-SHA-256 (RFC 7515, RFC 7518 section 3.2). */
export function writeToken(claims: TokenClaims, key: TokenKey): string {
  const head = encode({ alg: 'HS256', typ: 'JWT', kid: key.id });
  const signed = `${head}.${encode(claims)}`;
  return `${signed}.${sign(signed, key).toString('base64url')}`;
}

/**
 * Reads what `writeToken` wrote, and nothing else: one algorithm, no other header, no other claim, and base64url in its one spelling. The key is
 * chosen by the header and the algorithm never. `now` in milliseconds UTC; from `exp` on a token is bad.
 */
export function readToken(text: string, keys: readonly TokenKey[], parties: TokenParties, now: number): TokenReading {
  const parts = text.length > MAX_TOKEN_CHARS ? [] : text.split('.');
  const [head = null, body = null, signature = null] = parts.slice(0, 3).map(decode);
  if (parts.length !== 3 || head === null || body === null || signature === null) {
    return { kind: 'bad' };
  }
  const header = headerSchema.safeParse(json(head));
  if (!header.success) {
    return { kind: 'bad' };
  }
  const key = keys.find(({ id }) => id === header.data.kid);
  if (key === undefined) {
    return { kind: 'unknown-key' };
  }
  const expected = sign(text.slice(0, text.lastIndexOf('.')), key);
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    return { kind: 'bad' };
  }
  const claims = claimsSchema.safeParse(json(body));
  return claims.success && isFor(claims.data, parties) && isDuring(claims.data, now)
    ? { kind: 'good', claims: claims.data }
    : { kind: 'bad' };
}

function isFor(claims: TokenClaims, parties: TokenParties): boolean {
  return claims.iss === parties.issuer && claims.aud === parties.audience;
}

function isDuring(claims: TokenClaims, now: number): boolean {
  const seconds = now / 1000;
  return claims.nbf <= seconds && seconds < claims.exp;
}

function sign(text: string, key: TokenKey): Buffer {
  if (key.secret.length < MIN_KEY_BYTES) {
    // An empty key would sign for everybody.
    throw new RangeError('the key is too short to sign tokens');
  }
  return createHmac('sha256', key.secret).update(text).digest();
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Null unless it is the one spelling of these bytes: Node's own decoder reads over what it does not know. */
function decode(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : null;
}

function json(bytes: Buffer): unknown {
  try {
    return parseStrictJson(bytes, 'token');
  } catch {
    return null;
  }
}
