import { randomBytes } from 'node:crypto';
import type { Authenticator, RequestHandler, ServerContext } from '../context.ts';
import { AccountCache } from './account-cache.ts';
import { Accounts } from './accounts.ts';
import { RequestAuthenticator } from './authenticator.ts';
import type { AccessContext } from './context.ts';
import { KeyRing } from './key-ring.ts';
import { createTokenService } from './token-service.ts';
import { Tokens } from './tokens.ts';
import { SecretVerifier } from './verify-secret.ts';

export interface AccessOptions {
  /** Scopes of what anybody may pull. */
  readonly anonymousPull: readonly string[];
}

/** Everything about who asks, for one process. */
export interface Access {
  readonly authenticator: Authenticator;
  /** Answers `/auth/token`. */
  readonly tokenService: RequestHandler;
  /** Users and robots, for the API. */
  readonly accounts: Accounts;
}

/** Opens nothing and asks nothing; keys are made when the first token is. */
export function createAccess(context: ServerContext, { anonymousPull }: AccessOptions): Access {
  const own: AccessContext = { ...context, random: randomBytes };
  const cache = new AccountCache(context.store, context.clock);
  const secrets = new SecretVerifier(own, cache);
  const tokens = new Tokens(own, new KeyRing(own));
  const authenticator = new RequestAuthenticator(own, { accounts: cache, secrets, tokens }, anonymousPull);
  return {
    authenticator,
    tokenService: createTokenService({ authenticator, tokens }, { anonymous: anonymousPull.length > 0 }),
    accounts: new Accounts(own, cache, secrets),
  };
}
