import { randomBytes } from 'node:crypto';
import { LIMITS } from '#base/limits.ts';
import { ANONYMOUS, type Subject } from '#model/platform/access.ts';
import type { FirstPull } from '#model/platform/intake.ts';
import { RegistryError, type RegistryErrorCode } from '#stages/catalog/index.ts';
import { Denials } from '../access/denials.ts';
import type { Authenticator, RequestHandler, ServerContext, ServerRequest } from '../context.ts';
import { answerEmpty, answerError } from './answer.ts';
import { getBlob, removeBlob } from './blobs.ts';
import { type Challenge, challenged, scopesOf, unauthorized } from './challenge.ts';
import type { Exchange, RegistryContext } from './exchange.ts';
import { getCatalog, getReferrers, getTags } from './lists.ts';
import { getManifest, putManifest, removeManifest } from './manifests.ts';
import { Query } from './query.ts';
import { RequestError } from './request-error.ts';
import { parseRoute, type Route } from './route.ts';
import { translate } from './translate.ts';
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from './uploads.ts';

/** What may be chosen about the registry. */
export interface RegistryOptions {
  /** Seconds for which clients may read a blob where it is kept, where the store can send them there; left out, they never are. */
  readonly redirectSeconds?: number;
  /** Of one blob. */
  readonly maxBlobBytes?: number;
  /** The gate for what a proxy brings; without it nothing is asked for elsewhere. */
  readonly firstPull?: FirstPull;
}

/** The OCI distribution API, version 1.1 and what was decided since, at `/v2/`. */
export function createRegistry(
  context: ServerContext,
  authenticator: Authenticator,
  { redirectSeconds, maxBlobBytes = LIMITS.blobBytes, firstPull }: RegistryOptions = {},
): RequestHandler {
  const { store, blobs, clock, publicUrl } = context;
  const random = (length: number): Uint8Array => randomBytes(length);
  const limits = { redirectSeconds: redirectSeconds ?? null, maxBlobBytes, firstPull: firstPull ?? null };
  const registry = { store, blobs, clock, random, publicUrl, ...limits };
  const denials = new Denials(registry);
  return async (serverRequest) => {
    serverRequest.response.setHeader('docker-distribution-api-version', 'registry/2.0');
    await answer(serverRequest, registry, { authenticator, denials });
  };
}

async function answer(
  serverRequest: ServerRequest,
  registry: RegistryContext,
  { authenticator, denials }: { readonly authenticator: Authenticator; readonly denials: Denials },
): Promise<void> {
  const { request, response, log } = serverRequest;
  let subject: Subject | null = null;
  let challenge: Challenge = { publicUrl: registry.publicUrl, scopes: [] };
  try {
    const { path, query: text } = split(request.url ?? '');
    const route = parseRoute(path);
    const handle = handlerOf(route, request.method ?? '');
    const query = new Query(text);
    const from = query.has('mount') ? query.repository('from') : null;
    challenge = { ...challenge, scopes: scopesOf(route, request.method ?? '', from) };
    subject = await authenticator.authenticate(serverRequest);
    if (asksForLogin(route, subject)) {
      throw unauthorized('authentication is required', challenge);
    }
    const { signal, draining } = serverRequest;
    await handle({ registry, subject, request, response, query, signal, draining, log });
  } catch (error) {
    const told = challenged(error, subject, challenge) ?? translate(error, registry.publicUrl);
    if (told === null || response.headersSent) {
      throw error;
    }
    if (subject !== null && isDenial(error)) {
      const action = `${request.method ?? ''} ${challenge.scopes[0]?.actions.join(',') ?? ''}`;
      await denials.note(subject, { action, resource: error.object ?? '', reason: error.problem }, log);
    }
    answerError(response, told);
  }
}

const DENIALS: readonly RegistryErrorCode[] = ['ACTION_DENIED', 'IMAGE_WITHHELD', 'REPOSITORY_HIDDEN'];

function isDenial(error: unknown): error is RegistryError {
  return error instanceof RegistryError && DENIALS.includes(error.code);
}

/** Clients log in when they are asked to: to an empty list of repositories they would not. */
function asksForLogin({ kind }: Route, { id, within }: Subject): boolean {
  return id === ANONYMOUS.id && (kind === 'ping' || (kind === 'catalog' && within === undefined));
}

function split(url: string): { readonly path: string; readonly query: string | null } {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: null } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

type Handle = (exchange: Exchange) => Promise<void>;

/** Throws 405 for a method that a path does not have. */
function handlerOf(route: Route, method: string): Handle {
  const methods = methodsOf(route);
  const handle = methods[method] ?? (method === 'HEAD' ? methods['GET'] : undefined);
  if (handle === undefined || !Object.hasOwn(methods, method === 'HEAD' && !methods['HEAD'] ? 'GET' : method)) {
    const allow = Object.keys(methods).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
    throw new RequestError(405, 'UNSUPPORTED', 'this path does not have that method', {
      headers: { allow: allow.join(', ') },
    });
  }
  return handle;
}

function methodsOf(route: Route): Readonly<Record<string, Handle>> {
  switch (route.kind) {
    case 'ping':
      return { GET: ping };
    case 'catalog':
      return { GET: getCatalog };
    case 'tags':
      return { GET: async (exchange) => await getTags(exchange, route) };
    case 'referrers':
      return { GET: async (exchange) => await getReferrers(exchange, route) };
    case 'manifest':
      return {
        GET: async (exchange) => await getManifest(exchange, route),
        PUT: async (exchange) => await putManifest(exchange, route),
        DELETE: async (exchange) => await removeManifest(exchange, route),
      };
    case 'blob':
      return {
        GET: async (exchange) => await getBlob(exchange, route),
        DELETE: async (exchange) => await removeBlob(exchange, route),
      };
    case 'uploads':
      return { POST: async (exchange) => await postUpload(exchange, route) };
    case 'upload':
      return {
        GET: async (exchange) => await getUpload(exchange, route),
        PATCH: async (exchange) => await patchUpload(exchange, route),
        PUT: async (exchange) => await putUpload(exchange, route),
        DELETE: async (exchange) => await deleteUpload(exchange, route),
      };
  }
}

function ping({ response }: Exchange): Promise<void> {
  answerEmpty(response, 200, {});
  return Promise.resolve();
}
