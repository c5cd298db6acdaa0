import { subjectIdOf } from '#lib/access/index.ts';
import { ANONYMOUS, type Subject, type TokenScope } from '#model/platform/access.ts';
import type { Account } from '#model/platform/records.ts';
import type { Authenticator, ServerRequest } from '../context.ts';
import { type AccountCache, isLive } from './account-cache.ts';
import type { AccessContext } from './context.ts';
import { type Credentials, credentialsOf } from './credentials.ts';
import { ANYBODY, type Tokens } from './tokens.ts';
import { refusal, type SecretVerifier } from './verify-secret.ts';

/** Says who sends a request: by name and secret, by a token, or nobody in particular. */
export class RequestAuthenticator implements Authenticator {
  readonly #context: AccessContext;
  readonly #accounts: AccountCache;
  readonly #secrets: SecretVerifier;
  readonly #tokens: Tokens;
  readonly #anybody: Subject;

  constructor(
    context: AccessContext,
    parts: { readonly accounts: AccountCache; readonly secrets: SecretVerifier; readonly tokens: Tokens },
    anonymousPull: readonly string[],
  ) {
    this.#context = context;
    this.#accounts = parts.accounts;
    this.#secrets = parts.secrets;
    this.#tokens = parts.tokens;
    const grants = anonymousPull.map((scope) => ({ role: 'viewer', scope, environment: '*' }) as const);
    this.#anybody = { ...ANONYMOUS, grants };
  }

  async authenticate({ request, clientAddress }: ServerRequest): Promise<Subject> {
    const { subject } = await this.identify(credentialsOf(request), clientAddress);
    return subject;
  }

  /** As `authenticate`, with the account; null for nobody in particular. */
  async identify(credentials: Credentials, address: string): Promise<Identity> {
    switch (credentials.kind) {
      case 'none':
        return { subject: this.#anybody, account: null };
      case 'basic': {
        const account = await this.#secrets.verify(credentials.name, credentials.secret, address);
        return { subject: subjectOf(account), account };
      }
      case 'bearer':
        return await this.#bearer(credentials.token);
      case 'unreadable':
        throw refusal();
    }
  }

  /** What a token says of rights is only a limit: what counts is what the account may do now. */
  async #bearer(token: string): Promise<Identity> {
    const claims = await this.#tokens.read(token);
    if (claims === null) {
      throw refusal();
    }
    if (claims.aid === ANYBODY) {
      return { subject: { ...this.#anybody, within: claims.access }, account: null };
    }
    const account = await this.#accounts.find(claims.sub);
    if (account === null || account.id !== claims.aid || claims.from < account.tokensFrom) {
      throw refusal();
    }
    if (!isLive(account, this.#context.clock.now())) {
      throw refusal();
    }
    return { subject: subjectOf(account, claims.access), account };
  }
}

export interface Identity {
  readonly subject: Subject;
  readonly account: Account | null;
}

function subjectOf(account: Account, within?: readonly TokenScope[]): Subject {
  const { id, grants, environment } = account;
  return { id: subjectIdOf(account), account: id, grants, environment, ...(within !== undefined && { within }) };
}
