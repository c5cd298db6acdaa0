import { redactUrl } from '#base/http.ts';
import { type Authorizer, createAuthorizer } from '../auth/index.ts';
import type { SourceAccess } from '../images/options.ts';
import type { RegistrySettings } from '../settings/index.ts';
import { isLoopbackHost } from '../transport/address.ts';
import { RegistryError, statusError } from '../transport/error.ts';
import type { Exchange, ExchangeAnswer } from '../transport/exchange.ts';
import { createNodeExchange, type TransportOptions } from '../transport/node-exchange.ts';
import { type FollowedAnswer, sendFollowing } from '../transport/redirects.ts';
import { type RetrySettings, withRetries } from '../transport/retries.ts';

/** A place that serves the repositories of a registry: the registry itself or one of its mirrors. */
export interface EndpointLocation {
  /** As credentials are kept for it: `docker.io`, `registry.example:5000`. */
  readonly registry: string;
  /** Without the scheme's own port; the path is the prefix that repositories have there. */
  readonly url: URL;
  readonly settings: RegistrySettings;
}

/** What tests set to be quick, and to give names to loopback addresses. */
export interface TransportTuning extends Pick<TransportOptions, 'slowness' | 'resolve'> {
  readonly retries?: Omit<Partial<RetrySettings>, 'clock'>;
}

export interface EndpointRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly repository: string;
  /** Below the repository: `manifests/latest`; or the URL at which the registry itself wants an upload to go on. */
  readonly path: string | URL;
  readonly body?: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly totalMs?: number;
  /** Whether redirects to other servers are followed, as for blobs; `anywhere` when not said. */
  readonly reach?: 'anywhere' | 'origin';
  readonly signal: AbortSignal;
}

/** What a token has to allow. */
type Actions = 'pull' | 'pull,push';

interface Connection {
  readonly origin: URL;
  readonly exchange: Exchange;
  readonly authorizer: Authorizer;
}

const DENIALS: readonly number[] = [401, 403];

/** Where a registry named in a reference is: Docker Hub's name is not its address (distribution/reference, normalize.go). */
export function locate(registry: string, settings: RegistrySettings): EndpointLocation {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return { registry, settings, url: new URL(`${settings.tls === 'none' ? 'http' : 'https'}://${host}/`) };
}

/** Lets go of an answer that nobody will read, since what was thrown goes on to the caller. */
function discarding(answer: ExchangeAnswer): (error: unknown) => never {
  return (error) => {
    answer.discard();
    throw error;
  };
}

/** A registry could name any server as the place for what is written, with the credentials that are for itself. */
function atHome(url: URL, origin: URL): URL {
  if (url.origin !== origin.origin) {
    throw new RegistryError('REGISTRY_URL_REFUSED', 'an upload may not go to another server', {
      object: redactUrl(url.href),
      expected: `a place at ${origin.origin}`,
      found: url.origin,
    });
  }
  return url;
}

export class Endpoint {
  readonly #location: EndpointLocation;
  readonly #access: SourceAccess;
  readonly #node: ReturnType<typeof createNodeExchange>;
  readonly #exchange: Exchange;
  readonly #actions: Actions;
  #connection: Promise<Connection> | null = null;

  constructor(
    location: EndpointLocation,
    access: SourceAccess,
    retries: RetrySettings,
    tuning: TransportTuning,
    actions: Actions = 'pull',
  ) {
    const { settings, url } = location;
    const { environment, clock, upstream } = access;
    const permitted = upstream === undefined ? {} : { permitted: upstream.network };
    this.#location = location;
    this.#access = access;
    this.#node = createNodeExchange({ host: url.host, settings, environment, clock, ...permitted, ...tuning });
    this.#exchange = withRetries(this.#node, retries);
    this.#actions = actions;
  }

  /** For messages and the log. */
  get host(): string {
    return this.#location.url.host;
  }

  /** The answer to a request for something of a repository, authorised and redirects followed; of any status but 401 and 403, which throw `REGISTRY_DENIED`. */
  async send(request: EndpointRequest): Promise<FollowedAnswer> {
    this.#connection ??= this.#connect(request.signal);
    const { origin, exchange, authorizer } = await this.#connection;
    const { method, headers, signal } = request;
    const repository = `${this.#prefix}${request.repository}`;
    const { path } = request;
    const url = typeof path === 'string' ? new URL(`/v2/${repository}/${path}`, origin) : atHome(path, origin);
    const scope = `repository:${repository}:${this.#actions}`;
    const total = request.totalMs === undefined ? {} : { totalMs: request.totalMs };
    const body = request.body === undefined ? {} : { body: request.body };
    for (let attempt = 1; ; attempt += 1) {
      const authorization = await authorizer.header(scope, signal);
      const credentials = authorization === null ? {} : { authorization };
      const sent = { method, url, signal, ...total, ...body, headers: { ...headers, ...credentials } };
      const followed = await sendFollowing(exchange, sent, request.reach);
      const { answer } = followed;
      // Another origin's challenge is nothing that this registry's credentials could answer.
      if (!DENIALS.includes(answer.status) || followed.url.origin !== origin.origin) {
        return followed;
      }
      const { status, challenges } = answer;
      const renewed =
        status === 401 &&
        (await authorizer.challenged(challenges, scope, signal, authorization).catch(discarding(answer)));
      if (attempt > 1 || !renewed) {
        const hint = authorizer.hint(scope);
        throw await statusError({ method, url: followed.url }, answer, hint === null ? {} : { hint });
      }
      answer.discard();
    }
  }

  close(): void {
    this.#node.close();
  }

  get #prefix(): string {
    const { pathname } = this.#location.url;
    return pathname === '/' ? '' : `${pathname.slice(1)}/`;
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const { registry, settings } = this.#location;
    try {
      const origin = await this.#origin(signal);
      const insecureTokenRealm = origin.protocol === 'http:';
      const exchange = this.#exchange;
      const options = { registry, origin, exchange, settings, access: this.#access, insecureTokenRealm };
      return { origin, exchange, authorizer: createAuthorizer(options) };
    } catch (error) {
      this.#connection = null;
      throw error;
    }
  }

  /** As Docker does, plain http is tried on this machine's own loopback, where nobody listens in, unless settings speak of TLS. */
  async #origin(signal: AbortSignal): Promise<URL> {
    const { settings, url } = this.#location;
    const origin = new URL(url.origin);
    if (origin.protocol !== 'https:' || !settings.tlsIsDefault || !isLoopbackHost(url.hostname)) {
      return origin;
    }
    try {
      const answer = await this.#node.send({ method: 'GET', url: new URL('/v2/', origin), headers: {}, signal });
      answer.discard();
      return origin;
    } catch (error) {
      if (error instanceof RegistryError && (error.code === 'REGISTRY_TLS' || error.code === 'REGISTRY_UNREACHABLE')) {
        return new URL(`http://${url.host}/`);
      }
      throw error;
    }
  }
}
