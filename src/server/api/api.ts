import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { messageOf } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import { ownerOf } from '#lib/access/index.ts';
import { ANONYMOUS } from '#model/platform/access.ts';
import { COLLECT_DEFAULTS } from '#stages/catalog/index.ts';
import { Denials } from '../access/denials.ts';
import type { Access } from '../access/index.ts';
import type { RequestHandler, ServerContext, ServerRequest } from '../context.ts';
import { type OpenDocuments, openDocumentsAt } from '../documents/index.ts';
import type { Meter } from '../metrics/index.ts';
import { ApiError, notFound } from './error.ts';
import { answerOnce, type TextAnswer } from './idempotency.ts';
import { API_PATH } from './links.ts';
import { openApiDocument } from './openapi.ts';
import { isDenial, isOfStores, problemOf, retryAfterOf } from './problem.ts';
import { type ApiContext, EventSource, type Route } from './route.ts';
import { allRoutes } from './routes/list.ts';
import { type OpenedStream, Streams } from './streams.ts';

export interface ApiOptions {
  /** Of the program, for the description of the API. */
  readonly version: string;
  /** What the collection of garbage is told; its defaults when not said. */
  readonly collection?: ApiContext['collection'];
  /** Rules for what is deleted; none when not said. */
  readonly retention?: ApiContext['retention'];
  /** Without it nothing can be taken from elsewhere. */
  readonly acquiring?: ApiContext['acquiring'];
  readonly meter?: Pick<Meter, 'onCollect' | 'set'>;
  /** Without it documents of kind Trust may name no files, and repositories here are those of the public URL. */
  readonly documents?: OpenDocuments;
}

/** Longest part of a path: the name of a repository with its slashes encoded. */
const MAX_PARAMETER_CHARS = 1024;

/** The description of the API (OpenAPI 3.1). Nothing is asked of what is given. */
export function describeApi(context: ServerContext, access: Pick<Access, 'accounts'>, options: ApiOptions): object {
  return openApiDocument(allRoutes(apiContext(context, access, options)), options.version);
}

function apiContext(context: ServerContext, { accounts }: Pick<Access, 'accounts'>, options: ApiOptions): ApiContext {
  const { collection = COLLECT_DEFAULTS, retention = [], acquiring = NOTHING } = options;
  const documents = apiDocuments(
    options.documents ?? openDocumentsAt({ ...context, random: randomBytes }, place(context)),
  );
  return { ...context, random: randomBytes, accounts, collection, retention, acquiring, documents };
}

/** Answers everything below `/api/v1`. */
export function createApi(context: ServerContext, access: Access, options: ApiOptions): RequestHandler {
  const { authenticator } = access;
  const own = apiContext(context, access, options);
  const routes = allRoutes(own);
  const denials = new Denials(own);
  const streams = new Streams(options.meter ?? null);
  /** Which request of ours one of Fastify's is. */
  const requests = new WeakMap<IncomingMessage, ServerRequest>();
  const requestOf = (raw: IncomingMessage): ServerRequest => {
    const request = requests.get(raw);
    if (request === undefined) {
      throw new TypeError('a request that did not come through the door');
    }
    return request;
  };
  const fail: Fail = (error, request, reply) => {
    const { id, log } = requestOf(request.raw);
    const problem = problemOf(error, id);
    if (problem === null || isOfStores(error)) {
      log.error('a request to the API broke down', {
        error: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
    const answer = problem ?? { status: 500, title: 'an error of the server', code: 'UNKNOWN', requestId: id };
    const retryAfter = retryAfterOf(error);
    if (retryAfter !== null) {
      reply.header('retry-after', String(retryAfter));
    }
    if (answer.status === 401) {
      reply.header('www-authenticate', 'Basic realm="plimsoll", charset="UTF-8"');
    }
    reply.code(answer.status).type('application/problem+json').send(JSON.stringify(answer));
  };
  const app = createApp(fail);
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request, reply) => fail(notFound('path'), request, reply));
  for (const route of routes) {
    app.route({
      method: route.method,
      url: `${API_PATH}${route.path.replaceAll('{', ':').replaceAll('}', '')}`,
      bodyLimit: route.bodyBytes,
      handler: async (request, reply) => {
        const serverRequest = requestOf(request.raw);
        const answer = await answerRoute(route, serverRequest, request);
        if ('source' in answer) {
          return await streams.answer(serverRequest, reply, answer);
        }
        reply.code(answer.status).header('cache-control', 'no-store');
        if (answer.isRepeated) {
          reply.header('idempotency-replayed', 'true');
        }
        return answer.body === null ? await reply.send() : await reply.type('application/json').send(answer.body);
      },
    });
  }
  const description = JSON.stringify(openApiDocument(routes, options.version));
  app.get(`${API_PATH}/openapi.json`, async (_request, reply) => {
    return await reply.type('application/json').send(description);
  });

  return async (request) => {
    requests.set(request.request, request);
    await app.ready();
    const closed = new Promise<void>((resolve) => request.response.once('close', () => resolve()));
    app.routing(request.request, request.response);
    await closed;
  };

  async function answerRoute(
    route: Route,
    serverRequest: ServerRequest,
    request: FastifyRequest,
  ): Promise<OpenedStream | TextAnswer> {
    assertSameSite(serverRequest.request);
    const subject = await authenticator.authenticate(serverRequest);
    if (subject.id === ANONYMOUS.id) {
      throw new ApiError('API_UNAUTHENTICATED', 'expected credentials', {
        hint: 'plimsoll login SERVER stores yours.',
      });
    }
    const { params, query, body } = request;
    try {
      const run = async (): Promise<unknown> =>
        await route.run({ params, query, body, subject, request: serverRequest });
      if (route.isStream) {
        return { source: await openStream(run), owner: ownerOf(subject) };
      }
      const { log } = serverRequest;
      return await answerOnce(own, { route, subject, request: request.raw, body, log }, run);
    } catch (error) {
      if (isDenial(error)) {
        const resource = request.url.split('?', 1)[0]?.slice(0, MAX_PARAMETER_CHARS) ?? '';
        await denials.note(subject, { action: route.id, resource, reason: error.problem }, serverRequest.log);
      }
      throw error;
    }
  }
}

async function openStream(run: () => Promise<unknown>): Promise<EventSource> {
  const source = await run();
  if (source instanceof EventSource) {
    return source;
  }
  throw new TypeError('a route of events that opened none');
}

/** Without sources nothing can be asked for. */
const NOTHING: ApiContext['acquiring'] = {
  request: async (_subject, { reference }) => await Promise.reject(notFound(reference)),
};

function apiDocuments({ context, sets }: OpenDocuments): ApiContext['documents'] {
  return { ...context, active: async () => await sets.current(), health: async () => await sets.health() };
}

function place({ publicUrl }: ServerContext): { readonly trustFolder: null; readonly host: string } {
  return { trustFolder: null, host: new URL(publicUrl).host };
}

type Fail = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** JSON is all that is read, by our own parser; logging and ids of requests are the door's. */
function createApp(fail: Fail): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: LIMITS.apiBodyBytes,
    exposeHeadRoutes: false,
    frameworkErrors: fail,
    routerOptions: { maxParamLength: MAX_PARAMETER_CHARS, caseSensitive: true, ignoreTrailingSlash: false },
    rewriteUrl: ({ url = '' }) => encodeRepository(url),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => await Promise.resolve(parseStrictJson(body, 'body')),
  );
  return app;
}

const REPOSITORIES = `${API_PATH}/repositories/`;
const MANIFESTS = '/manifests/';

/** The name of a repository may stand in a path as it is, with its slashes: routes know one part of a path. */
function encodeRepository(url: string): string {
  const [path = '', ...query] = url.split('?');
  if (!path.startsWith(REPOSITORIES)) {
    return url;
  }
  const last = path.lastIndexOf(MANIFESTS);
  const end = last < REPOSITORIES.length ? path.length : last;
  const name = path.slice(REPOSITORIES.length, end).replaceAll('/', '%2F');
  return [`${REPOSITORIES}${name}${path.slice(end)}`, ...query].join('?');
}

/** A browser that remembers credentials would send them for pages of others as well. */
function assertSameSite(request: IncomingMessage): void {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new ApiError('API_CROSS_SITE', 'a page of another site sent this request', { object: 'Sec-Fetch-Site' });
  }
}
