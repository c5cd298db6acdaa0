import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { messageOf } from '#base/error.ts';
import { type Log, withFields } from '#base/log.ts';
import { newId } from '#base/uuid.ts';
import type { RequestHandler, ServerRequest } from '../context.ts';
import { logRequest, type RequestRecord } from './access-log.ts';
import type { ClientAddress } from './client-address.ts';
import { MAX_HEADERS } from './listen.ts';
import { answerProblem } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import type { SlowClients } from './slow-clients.ts';

/** What every request goes through before a handler sees it, and after. */
export interface DoorOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly clientAddress: ClientAddress;
  /** Null for none. */
  readonly rateLimit: RateLimit | null;
  readonly slowClients: SlowClients;
  /** Aborts when the server stops waiting for requests at hand. */
  readonly stopping: AbortSignal;
  /** Aborts when the server begins to stop. */
  readonly draining: AbortSignal;
  /** For a path without query: a few words, whatever clients ask for. */
  readonly routeOf: (path: string) => string;
  readonly onRequest: (record: RequestRecord) => void;
}

/** Lets requests in: each gets an id, a line in the log, and an answer whatever happens. */
export function door(options: DoorOptions, handler: RequestHandler): RequestListener {
  const atHand = new Set<AbortController>();
  options.stopping.addEventListener('abort', () => {
    for (const gone of atHand) {
      gone.abort();
    }
  });
  return (request, response) => {
    const id = newId(options.clock.now(), randomBytes);
    const log = withFields(options.log, { request: id });
    const client = options.clientAddress(request);
    response.setHeader('x-request-id', id);
    const gone = new AbortController();
    atHand.add(gone);
    response.once('close', () => atHand.delete(gone));
    observe(request, response, { ...options, log }, client, gone);
    const serverRequest: ServerRequest = {
      request,
      response,
      id,
      clientAddress: client,
      signal: gone.signal,
      draining: options.draining,
      log,
    };
    enter(serverRequest, options, handler).catch((error: unknown) => {
      fail(serverRequest, error);
    });
  };
}

async function enter(serverRequest: ServerRequest, options: DoorOptions, handler: RequestHandler): Promise<void> {
  const { request, response, clientAddress, id } = serverRequest;
  if (request.rawHeaders.length / 2 >= MAX_HEADERS) {
    response.setHeader('connection', 'close');
    answerProblem(response, { status: 431, title: `more than ${MAX_HEADERS} header fields`, requestId: id });
    return;
  }
  const wait = options.rateLimit?.(clientAddress, options.clock.now()) ?? 0;
  if (wait > 0) {
    response.setHeader('retry-after', String(wait));
    answerTooMany(serverRequest, wait);
    return;
  }
  await handler(serverRequest);
}

function answerTooMany({ request, response, id }: ServerRequest, wait: number): void {
  if (request.url?.startsWith('/v2') === true) {
    answerOci(response, 429, 'TOOMANYREQUESTS', `too many requests; go on in ${wait} s`);
  } else {
    answerProblem(response, { status: 429, title: 'too many requests', detail: `Go on in ${wait} s.`, requestId: id });
  }
}

/** A handler broke down: the client learns no more than where to look. */
function fail({ request, response, id, log, signal }: ServerRequest, error: unknown): void {
  if (signal.aborted && (response.destroyed || request.destroyed)) {
    log.debug('the client went away', { error: messageOf(error) });
    return;
  }
  log.error('a request broke down', {
    error: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
  if (response.headersSent) {
    // Part of an answer must not pass for the whole of it.
    response.destroy();
    return;
  }
  if (!request.complete) {
    response.setHeader('connection', 'close');
  }
  if (request.url?.startsWith('/v2') === true) {
    answerOci(response, 500, 'UNKNOWN', `an error of the server; its log has more at request ${id}`);
  } else {
    const detail = 'The log of the server has more at this request.';
    answerProblem(response, { status: 500, title: 'an error of the server', detail, requestId: id });
  }
}

/** An error as clients of registries read it (OCI distribution specification, "Error Codes"). */
function answerOci(response: ServerResponse, status: number, code: string, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function observe(
  request: IncomingMessage,
  response: ServerResponse,
  options: DoorOptions,
  client: string,
  gone: AbortController,
): void {
  const { socket } = request;
  const started = performance.now();
  options.slowClients.watch(request, response);
  response.once('close', () => {
    const isComplete = response.writableFinished && request.complete;
    if (!response.writableFinished) {
      gone.abort();
    }
    const [bytesIn, bytesOut] = movedSince.get(socket) ?? [0, 0];
    movedSince.set(socket, [socket.bytesRead, socket.bytesWritten]);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const record: RequestRecord = {
      route: options.routeOf(path),
      method: request.method ?? '',
      status: response.headersSent ? response.statusCode : 499,
      isComplete,
      milliseconds: performance.now() - started,
      bytesIn: socket.bytesRead - bytesIn,
      bytesOut: socket.bytesWritten - bytesOut,
    };
    options.onRequest(record);
    logRequest(options.log, request, response, record, client);
  });
}

/** What sockets had moved when their last request was over: the rest is of the next one. */
const movedSince = new WeakMap<Socket, readonly [bytesIn: number, bytesOut: number]>();
