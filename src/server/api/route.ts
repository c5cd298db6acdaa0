import { z } from 'zod';
import { LIMITS } from '#base/limits.ts';
import type { Subject } from '#model/platform/access.ts';
import type { DocumentsHealth, ExceptionContext } from '#stages/catalog/documents/index.ts';
import type { CatalogContext, CollectOptions, RetentionRule } from '#stages/catalog/index.ts';
import type { Accounts } from '../access/index.ts';
import type { Acquiring } from '../acquiring/index.ts';
import type { ServerContext, ServerRequest } from '../context.ts';
import type { StreamedEvent } from '../http/index.ts';
import { ApiError } from './error.ts';

/** What the routes work with. */
export interface ApiContext extends ServerContext, CatalogContext {
  readonly accounts: Accounts;
  /** For dry runs of collection. */
  readonly collection: Pick<CollectOptions, 'graceMs' | 'untaggedMs'>;
  /** For dry runs of retention. */
  readonly retention: readonly RetentionRule[];
  /** Taking images from elsewhere. */
  readonly acquiring: Pick<Acquiring, 'request'>;
  /** The documents that decide. */
  readonly documents: ApiDocuments;
}

/** What documents and exceptions are read and written with. */
export interface ApiDocuments extends ExceptionContext {
  health(): Promise<DocumentsHealth>;
}

type Shape = z.ZodRawShape;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One route as it is written down: what it takes, what it answers, and what it does. */
interface Definition<P extends Shape, Q extends Shape, B extends Shape, A extends z.ZodType> {
  readonly method: Method;
  /** Below `/api/v1`, with parameters in braces as OpenAPI writes them. */
  readonly path: string;
  /** The name of the operation in OpenAPI. */
  readonly id: string;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  /** The members of the body; null for a route without one. */
  readonly body: B | null;
  readonly status: 200 | 201 | 202 | 204;
  /** Null for an answer without a body. */
  readonly answer: A | null;
  readonly isSecret?: true;
  /** What the body may take; as much as any when not said. */
  readonly bodyBytes?: number;
  handle(call: Call<z.output<z.ZodObject<P>>, z.output<z.ZodObject<Q>>, z.output<z.ZodObject<B>>>): Promise<z.input<A>>;
}

export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly subject: Subject;
  readonly request: ServerRequest;
}

/** A request as it came. */
export interface RawCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly subject: Subject;
  readonly request: ServerRequest;
}

/** A route as the server and the OpenAPI document see it. */
export interface Route
  extends Pick<Definition<Shape, Shape, Shape, z.ZodType>, 'method' | 'path' | 'id' | 'summary' | 'status' | 'answer'> {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | null;
  /** Whether it answers with server-sent events, each with `answer` as data; then `run` resolves with an `EventSource`. */
  readonly isStream: boolean;
  readonly bodyBytes: number;
  /** Whether a secret is in the request or in the answer: neither is kept. */
  readonly isSecret: boolean;
  run(call: RawCall): Promise<unknown>;
}

/** Members that are not described are refused. */
export function route<
  A extends z.ZodType,
  P extends Shape = Record<never, never>,
  Q extends Shape = Record<never, never>,
  B extends Shape = Record<never, never>,
>(definition: Definition<P, Q, B, A>): Route {
  const { method, path, id, summary, status, answer } = definition;
  const params = z.strictObject(definition.params ?? ({} as P));
  const query = z.strictObject(definition.query ?? ({} as Q));
  const body = z.strictObject(definition.body ?? ({} as B));
  return {
    method,
    path,
    id,
    summary,
    status,
    answer,
    params,
    query,
    body: definition.body === null ? null : body,
    isStream: false,
    isSecret: definition.isSecret ?? false,
    bodyBytes: definition.bodyBytes ?? LIMITS.apiBodyBytes,
    run: async (call) =>
      await definition.handle({
        params: parse(params, call.params, 'path'),
        query: parse(query, call.query, 'query'),
        body: parse(body, definition.body === null ? {} : call.body, 'body'),
        subject: call.subject,
        request: call.request,
      }),
  };
}

/** A stream that can be gone on with. */
export class EventSource {
  /** Nothing follows what the client has seen: it need not come again. */
  readonly isOver: boolean;
  readonly events: (signal: AbortSignal) => AsyncIterable<StreamedEvent>;

  constructor(events: EventSource['events'], { isOver }: { readonly isOver: boolean }) {
    this.events = events;
    this.isOver = isOver;
  }
}

/** One stream as it is written down. */
interface StreamDefinition<P extends Shape, A extends z.ZodType> extends Pick<Route, 'path' | 'id' | 'summary'> {
  readonly params?: P;
  /** The data of each event. */
  readonly event: A;
  /** `lastId` is the id of the last event that the client has seen; null for none. */
  open(call: StreamCall<z.output<z.ZodObject<P>>>): Promise<EventSource>;
}

interface StreamCall<P> {
  readonly params: P;
  readonly subject: Subject;
  readonly lastId: string | null;
}

/** A route that answers with server-sent events. */
export function streamRoute<A extends z.ZodType, P extends Shape = Record<never, never>>(
  definition: StreamDefinition<P, A>,
): Route {
  const plain = route({
    method: 'GET',
    path: definition.path,
    id: definition.id,
    summary: definition.summary,
    ...(definition.params !== undefined && { params: definition.params }),
    body: null,
    status: 200,
    answer: definition.event,
    handle: () => Promise.reject(new TypeError('a stream is opened, not answered')),
  });
  return {
    ...plain,
    isStream: true,
    run: async ({ params, query, subject, request }) => {
      parse(plain.query, query, 'query');
      const last = request.request.headers['last-event-id'];
      return await definition.open({
        params: parse(z.strictObject(definition.params ?? ({} as P)), params, 'path'),
        subject,
        lastId: typeof last === 'string' && last.length <= MAX_EVENT_ID ? last : null,
      });
    },
  };
}

const MAX_EVENT_ID = 64;

/** Names every member that is wrong, and never its value: that may be a password. */
function parse<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const [first] = result.error.issues;
  const path = [where, ...(first?.path ?? [])].map(String).join('.');
  throw new ApiError('API_REQUEST_INVALID', first?.message ?? 'not what the API describes', {
    object: path,
    hint: '/api/v1/openapi.json describes what each route takes.',
  });
}
