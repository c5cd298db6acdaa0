import type { SourceAccess } from '../images/options.ts';
import type { RegistrySettings } from '../settings/index.ts';
import { isLoopbackHost } from '../transport/address.ts';
import type { Exchange } from '../transport/exchange.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { basicHeader, type Credential } from './credential.ts';
import { AuthError } from './error.ts';
import { mayHoldCredentials, parseRealm, type RealmOwner, withheldFrom } from './realm.ts';
import { repositoryOf, scopeToAsk } from './scope.ts';
import { fetchToken, type TokenRequest } from './token.ts';
import { type Holding, Wallet } from './wallet.ts';

/** Authentication at one registry, or one mirror. What it gives out is for requests to `origin` alone. */
export interface Authorizer {
  /** The value of `Authorization` for a scope such as `repository:library/alpine:pull`; null while none was asked for. */
  header(scope: string, signal: AbortSignal): Promise<string | null>;
  /**
   * For an answer 401: true when the same request is worth one more try, with a new `header`. `refused` is the header
   * that the request was sent with. Throws `AuthError` where the reason is known better than the registry says it.
   */
  challenged(
    challenges: readonly string[],
    scope: string,
    signal: AbortSignal,
    refused: string | null,
  ): Promise<boolean>;
  /** For an error after 401 or 403: what was tried, and what the user can do. Null when nothing was asked for. */
  hint(scope: string): string | null;
}

export interface AuthorizerOptions {
  /** As references and credential files name it: `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** Where it is spoken to: `https://registry-1.docker.io`. */
  readonly origin: URL;
  /** Used for token services; may try again by itself. */
  readonly exchange: Exchange;
  readonly settings: RegistrySettings;
  readonly access: SourceAccess;
  /** The registry is spoken to over plain http, so that its token service may be too. */
  readonly insecureTokenRealm: boolean;
}

/** How a registry wants to be shown who asks. */
type Plan =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: URL; readonly service: string | null; readonly scope: string };

/** A header that is in use. */
interface Grant {
  readonly header: string;
  readonly obtainedAt: number;
  readonly renewAt: number;
  /** The token service that the credentials were not sent to, so that this is what anybody gets. */
  readonly withheld: URL | null;
}

/** How to get a header for a scope. Scopes with the same key share it. */
interface State {
  readonly plan: Plan;
  readonly key: string;
}

/** A header refused so soon after it was got is refused for good; an older one may have ended early. */
const YOUNG_MS = 10_000;

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  return new RegistryAuthorizer(options);
}

class RegistryAuthorizer implements Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #owner: RealmOwner;
  readonly #wallet: Wallet;
  readonly #states = new Map<string, State>();
  readonly #grants = new Map<string, Grant>();
  readonly #hints = new Map<string, string>();
  readonly #pending = new Map<string, Promise<Grant | null>>();

  constructor(options: AuthorizerOptions) {
    const { registry, origin, exchange, settings, access, insecureTokenRealm } = options;
    this.#options = options;
    this.#owner = { registry, origin, tokenRealms: settings.tokenRealms, insecureTokenRealm };
    this.#wallet = new Wallet({ registry, access, exchange, secure: origin.protocol === 'https:' });
  }

  async header(scope: string, signal: AbortSignal): Promise<string | null> {
    const state = this.#states.get(scope);
    const grant = state === undefined ? undefined : this.#grants.get(state.key);
    if (state === undefined || grant === undefined) {
      return null;
    }
    if (this.#now() < grant.renewAt) {
      return grant.header;
    }
    return (await this.#obtain(state, scope, signal))?.header ?? null;
  }

  async challenged(
    challenges: readonly string[],
    scope: string,
    signal: AbortSignal,
    refused: string | null,
  ): Promise<boolean> {
    const plan = this.#planFor(parseChallenges(challenges), scope);
    if (plan === null) {
      return false;
    }
    const state: State = { plan, key: keyOf(plan, repositoryOf(scope)) };
    this.#states.set(scope, state);
    const grant = this.#grants.get(state.key);
    if (grant !== undefined && grant.header !== refused) {
      // Another request has got a new one meanwhile.
      return true;
    }
    if (grant !== undefined && this.#now() - grant.obtainedAt < YOUNG_MS) {
      if (grant.withheld !== null) {
        throw withheldFrom(grant.withheld, this.#owner);
      }
      return false;
    }
    if (grant !== undefined) {
      this.#wallet.forget(repositoryOf(scope));
    }
    const renewed = await this.#obtain(state, scope, signal);
    return renewed !== null && renewed.header !== refused;
  }

  hint(scope: string): string | null {
    return this.#hints.get(this.#states.get(scope)?.key ?? '') ?? null;
  }

  /** A token before a password; null when the registry asks for neither. */
  #planFor(challenges: readonly Challenge[], scope: string): Plan | null {
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'));
    if (bearer === undefined) {
      return challenges.some(({ scheme }) => scheme === 'basic') ? { kind: 'basic' } : null;
    }
    const { parameters } = bearer;
    return {
      kind: 'bearer',
      realm: parseRealm(parameters.get('realm') ?? '', this.#owner),
      service: parameters.get('service') ?? null,
      scope: scopeToAsk(scope, parameters.get('scope') ?? null),
    };
  }

  /** One request for all that wait for the same grant. */
  async #obtain(state: State, scope: string, signal: AbortSignal): Promise<Grant | null> {
    const { key } = state;
    const waiting = this.#pending.get(key);
    if (waiting !== undefined) {
      return await waiting;
    }
    const asking = this.#renew(state, scope, signal).finally(() => this.#pending.delete(key));
    this.#pending.set(key, asking);
    return await asking;
  }

  async #renew(state: State, scope: string, signal: AbortSignal): Promise<Grant | null> {
    const grant = await this.#ask(state, scope, signal);
    if (grant === null) {
      this.#grants.delete(state.key);
    } else {
      this.#grants.set(state.key, grant);
    }
    if (grant?.withheld) {
      this.#hints.set(state.key, withheldFrom(grant.withheld, this.#owner).hint ?? '');
    }
    return grant;
  }

  async #ask(state: State, scope: string, signal: AbortSignal): Promise<Grant | null> {
    const holding = await this.#wallet.holding(repositoryOf(scope), signal);
    this.#hints.set(state.key, this.#hintFor(holding));
    if (holding.kind === 'held' && holding.credential.kind === 'bearer') {
      return this.#lasting(`Bearer ${holding.credential.token}`);
    }
    return state.plan.kind === 'basic' ? this.#basic(holding) : await this.#token(state.plan, holding, signal);
  }

  #basic(holding: Holding): Grant | null {
    if (holding.kind === 'empty' || holding.credential.kind !== 'password') {
      return null;
    }
    return {
      ...this.#lasting(basicHeader(holding.credential.username, holding.credential.password)),
      renewAt: holding.endsAt,
    };
  }

  /** A header of the user's own credentials: for encrypted connections, this machine, and where the user said that http will do. */
  #lasting(header: string): Grant {
    const { origin, settings, registry } = this.#options;
    if (origin.protocol !== 'https:' && !isLoopbackHost(origin.hostname) && settings.tls !== 'none') {
      throw new AuthError('CREDENTIALS_WITHHELD', 'credentials are not sent unencrypted', {
        object: registry,
        expected: 'https',
        found: origin.origin,
        hint: 'If this registry has no TLS, say so in the registries file: tls: none.',
      });
    }
    return { header, obtainedAt: this.#now(), renewAt: Number.POSITIVE_INFINITY, withheld: null };
  }

  async #token(plan: Extract<Plan, { kind: 'bearer' }>, holding: Holding, signal: AbortSignal): Promise<Grant> {
    const { exchange, access } = this.#options;
    const credential = holding.kind === 'held' ? tokenCredential(holding.credential) : null;
    const withheld = credential !== null && !mayHoldCredentials(plan.realm, this.#owner) ? plan.realm : null;
    const { realm, service, scope } = plan;
    const hint = this.#hintFor(holding);
    const ask = {
      exchange,
      clock: access.clock,
      realm,
      service,
      scope,
      signal,
      hint,
    };
    try {
      const token = await fetchToken({ ...ask, credential: withheld === null ? credential : null });
      return { header: `Bearer ${token.value}`, obtainedAt: token.obtainedAt, renewAt: token.renewAt, withheld };
    } catch (error) {
      if (withheld !== null && error instanceof AuthError && error.code === 'TOKEN_REFUSED') {
        throw withheldFrom(withheld, this.#owner, error);
      }
      throw error;
    }
  }

  #hintFor(holding: Holding): string {
    const { registry, access } = this.#options;
    if (access.upstream !== undefined) {
      return holding.kind === 'empty'
        ? `${holding.why} Name some in its document, or check that the image is there: registries deny what is not there.`
        : `The registry does not accept the credentials of the source of ${registry}: check them, or ask for access.`;
    }
    return holding.kind === 'held' ? refusedHint(registry, holding.from) : loginHint(holding.why);
  }

  #now(): number {
    return this.#options.access.clock.now();
  }
}

function tokenCredential(credential: Credential): TokenRequest['credential'] {
  return credential.kind === 'bearer' ? null : credential;
}

function keyOf(plan: Plan, repository: string | null): string {
  return plan.kind === 'basic'
    ? JSON.stringify([repository])
    : JSON.stringify([repository, plan.realm.href, plan.service, plan.scope]);
}

function loginHint(why: string): string {
  return `${why} Log in with docker login or podman login.`;
}

/** Wrong, expired, or without the right to this repository: registries do not tell these apart. */
function refusedHint(registry: string, from: string): string {
  return `The registry does not accept the credentials for ${registry} from ${from}: log in again with docker login ${registry}, or ask for access.`;
}
