import { newId } from '#base/uuid.ts';
import { readToken, type TokenClaims, type TokenReading, writeToken } from '#lib/access/index.ts';
import type { TokenScope } from '#model/platform/access.ts';
import type { Account } from '#model/platform/records.ts';
import type { AccessContext } from './context.ts';
import type { KeyRing } from './key-ring.ts';

/** Seconds that a token lives. A push of layers that takes longer asks for another one on the way. */
export const TOKEN_SECONDS = 300;
/** Clocks of several machines differ; a token is good at once on all of them. */
const EARLY_SECONDS = 60;
/** Whose tokens nobody in particular has. Not an id that an account can have. */
export const ANYBODY = 'anonymous';

export interface IssuedToken {
  readonly token: string;
  /** Milliseconds UTC. */
  readonly issuedAt: number;
}

/** Makes tokens and reads them. */
export class Tokens {
  readonly #context: AccessContext;
  readonly #keys: KeyRing;

  constructor(context: AccessContext, keys: KeyRing) {
    this.#context = context;
    this.#keys = keys;
  }

  /** A token of an account, or of nobody in particular (null), for these scopes. */
  async issue(account: Account | null, access: readonly TokenScope[]): Promise<IssuedToken> {
    const { clock, random } = this.#context;
    const issuedAt = clock.now();
    const seconds = Math.floor(issuedAt / 1000);
    const claims: TokenClaims = {
      iss: this.#context.publicUrl,
      aud: serviceOf(this.#context.publicUrl),
      sub: account?.name ?? ANYBODY,
      iat: seconds,
      nbf: seconds - EARLY_SECONDS,
      exp: seconds + TOKEN_SECONDS,
      jti: newId(issuedAt, random),
      from: account?.tokensFrom ?? 0,
      aid: account?.id ?? ANYBODY,
      access: access.map(({ repository, actions }) => ({ repository, actions: [...actions] })),
    };
    return { token: writeToken(claims, await this.#keys.signing()), issuedAt };
  }

  /** What a token says; null when it is not good. */
  async read(text: string): Promise<TokenClaims | null> {
    const now = this.#context.clock.now();
    const { publicUrl } = this.#context;
    const parties = { issuer: publicUrl, audience: serviceOf(publicUrl) };
    let reading: TokenReading = readToken(text, await this.#keys.reading(), parties, now);
    if (reading.kind === 'unknown-key') {
      reading = readToken(text, await this.#keys.readingAgain(), parties, now);
    }
    return reading.kind === 'good' ? reading.claims : null;
  }
}

/** The name of the service in challenges: its host and port. */
export function serviceOf(publicUrl: string): string {
  return URL.parse(publicUrl)?.host ?? publicUrl;
}
