import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { rememberSockets } from './agent-sockets.ts';
import type { ErrorDetail } from './error.ts';
import { AppError, messageOf, quote } from './error.ts';
import { limitExceeded } from './limits.ts';

export type HttpCode =
  /** The URL cannot be used: not https, or it carries a user name or password. */
  | 'HTTP_URL_REFUSED'
  /** The server answered with an error status. */
  | 'HTTP_STATUS'
  /** No connection, or it broke while the answer was coming. */
  | 'HTTP_UNREACHABLE'
  /** Nothing came for too long, or the whole took too long. */
  | 'HTTP_TIMEOUT'
  /** Too many redirects, or one that must not be followed. */
  | 'HTTP_REDIRECT_REFUSED'
  /** The answer is not what HTTP allows or what was asked for. */
  | 'HTTP_ANSWER_INVALID';

/** The object is the URL without its query, which may hold a secret. No part of an error body is kept. */
export class HttpError extends AppError<HttpCode> {
  /** The answer's status; null when there was no answer. */
  readonly status: number | null;

  constructor(code: HttpCode, problem: string, detail: ErrorDetail & { readonly status?: number }) {
    super(code, problem, detail);
    this.status = detail.status ?? null;
  }
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Longest wait for the next bytes, and for the whole. */
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** The body may not be longer; `LIMIT_EXCEEDED` otherwise. */
  readonly maxBytes: number;
  /** Of an earlier answer: the server may then say that nothing changed. */
  readonly etag?: string;
  readonly userAgent?: string;
  /** Plain http to other machines, when the user's own setting says so. Loopback is always allowed. */
  readonly allowHttp?: boolean;
  /** `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case; loopback is never asked through a proxy. */
  readonly proxies?: Readonly<Record<string, string | undefined>>;
  /** Waits before the second and third attempt; tests shorten them. */
  readonly backoffMs?: readonly number[];
}

export type Download =
  | { readonly kind: 'not-modified' }
  | {
      readonly kind: 'body';
      readonly etag: string | null;
      /** What the server promises; null when it does not. */
      readonly length: number | null;
      /** Read once, to its end; breaking off closes the connection. Throws HttpError and `LIMIT_EXCEEDED`. */
      readonly body: AsyncIterable<Uint8Array>;
    };

/** The options with the caller's signal apart from the deadline, to tell an abort from slowness. */
interface Exchange extends DownloadOptions {
  readonly deadline: AbortSignal;
  readonly either: AbortSignal;
}

const BACKOFF_MS: readonly number[] = [500, 2000];
const MAX_REDIRECTS = 5;
const MAX_ETAG = 256;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * One GET over https without credentials. Redirects are followed here, at most five and never from https to http;
 * connection errors and 5xx are tried twice more before a body has begun. The body comes as sent (identity encoding).
 */
export async function download(url: string, options: DownloadOptions): Promise<Download> {
  const deadline = AbortSignal.timeout(options.totalTimeoutMs);
  const exchange = { ...options, deadline, either: AbortSignal.any([options.signal, deadline]) };
  const waits = options.backoffMs ?? BACKOFF_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await follow(url, exchange);
    } catch (error) {
      options.signal.throwIfAborted();
      const wait = waits[attempt];
      if (wait === undefined || deadline.aborted || !isTemporary(error)) {
        throw error;
      }
      await sleep(wait, undefined, { signal: options.signal });
    }
  }
}

/** The URL as it may be shown: without user name, password, query and fragment. */
export function redactUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? quote(url) : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

async function follow(url: string, options: Exchange): Promise<Download> {
  let target = acceptUrl(url, options.allowHttp === true);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await send(target, options);
    const status = answer.statusCode ?? 0;
    if (!REDIRECTS.includes(status)) {
      return interpret(target, answer, options);
    }
    answer.destroy();
    target = redirected(target, answer.headers.location, options.allowHttp === true);
  }
  throw new HttpError('HTTP_REDIRECT_REFUSED', 'too many redirects', {
    object: redactUrl(url),
    expected: `at most ${MAX_REDIRECTS}`,
    found: 'more',
  });
}

function acceptUrl(text: string, allowHttp: boolean): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new HttpError('HTTP_URL_REFUSED', 'URL refused', {
      object: redactUrl(text),
      expected: 'an https URL',
      found: url === null ? 'no URL' : quote(url.protocol),
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new HttpError('HTTP_URL_REFUSED', 'URL refused', {
      object: redactUrl(text),
      expected: 'no user name and no password',
      found: 'one in the URL',
    });
  }
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    throw new HttpError('HTTP_URL_REFUSED', 'URL refused', {
      object: redactUrl(text),
      expected: 'https',
      found: 'http to another machine',
    });
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function redirected(from: URL, location: string | undefined, allowHttp: boolean): URL {
  const to = location === undefined ? null : URL.parse(location, from);
  if (to === null || (from.protocol === 'https:' && to.protocol !== 'https:')) {
    throw new HttpError('HTTP_REDIRECT_REFUSED', 'redirect refused', {
      object: redactUrl(from.href),
      expected: from.protocol === 'https:' ? 'a location with https' : 'a location',
      found: to === null ? 'none' : redactUrl(to.href),
    });
  }
  return acceptUrl(to.href, allowHttp);
}

/** Loading node:http takes longer than all else that a run needs which asks no server. */
async function send(url: URL, options: Exchange): Promise<IncomingMessage> {
  const { request: start, Agent } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const proxied = options.proxies !== undefined && !isLoopback(url.hostname);
  const agent = proxied ? new Agent({ proxyEnv: { ...options.proxies } }) : false;
  const end = agent === false ? () => undefined : rememberSockets(agent);
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const request = start(url, {
      signal: options.either,
      timeout: options.idleTimeoutMs,
      agent,
      headers: requestHeaders(options),
    });
    request.on('timeout', () => request.destroy(timedOut(url, options.idleTimeoutMs)));
    request.on('error', (error) => reject(connectionError(url, error, options)));
    request.on('response', resolve);
    // Without an error when the server switches protocols (101), which nobody asked it to.
    request.on('close', () => reject(connectionError(url, new Error('closed without an answer'), options)));
    const aborted = (): void => reject(connectionError(url, options.either.reason, options));
    options.either.addEventListener('abort', aborted, { once: true });
    request.end();
  }).catch((error: unknown) => {
    end();
    throw error;
  });
}

function requestHeaders(options: DownloadOptions): Record<string, string> {
  return {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': options.userAgent ?? 'plimsoll',
    ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
  };
}

function interpret(url: URL, answer: IncomingMessage, options: Exchange): Download {
  const status = answer.statusCode ?? 0;
  const object = redactUrl(url.href);
  if (status === 304 && options.etag !== undefined) {
    answer.destroy();
    return { kind: 'not-modified' };
  }
  if (status !== 200) {
    answer.destroy();
    throw new HttpError('HTTP_STATUS', 'the server refused', { object, expected: '200', found: `${status}`, status });
  }
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.destroy();
    throw new HttpError('HTTP_ANSWER_INVALID', 'encoded answer', {
      object,
      expected: 'no content encoding',
      found: quote(encoding),
    });
  }
  const length = lengthOf(answer.headers);
  if (length !== null && length > options.maxBytes) {
    answer.destroy();
    throw limitExceeded(object, options.maxBytes, 'bytes', length);
  }
  return { kind: 'body', etag: etagOf(answer.headers), length, body: readBody(url, answer, options) };
}

function lengthOf(headers: IncomingHttpHeaders): number | null {
  const text = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function etagOf(headers: IncomingHttpHeaders): string | null {
  const etag = headers.etag ?? '';
  return etag !== '' && etag.length <= MAX_ETAG ? etag : null;
}

async function* readBody(url: URL, answer: IncomingMessage, options: Exchange): AsyncGenerator<Uint8Array> {
  let read = 0;
  answer.setTimeout(options.idleTimeoutMs, () => answer.destroy(timedOut(url, options.idleTimeoutMs)));
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      read += chunk.length;
      if (read > options.maxBytes) {
        throw limitExceeded(redactUrl(url.href), options.maxBytes);
      }
      yield chunk;
    }
  } catch (error) {
    throw connectionError(url, error, options);
  } finally {
    answer.destroy();
  }
}

function connectionError(url: URL, error: unknown, options: Exchange): Error {
  if (error instanceof AppError) {
    return error;
  }
  if (options.signal.aborted) {
    const reason: unknown = options.signal.reason;
    return reason instanceof Error ? reason : new DOMException(messageOf(reason), 'AbortError');
  }
  if (options.deadline.aborted) {
    return timedOut(url, options.totalTimeoutMs, error);
  }
  return new HttpError('HTTP_UNREACHABLE', 'connection failed', {
    object: redactUrl(url.href),
    found: reasonOf(error),
    cause: error,
  });
}

/** Node gives an AggregateError without a text when every address of a host was tried. */
function reasonOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return quote(messageOf(first));
}

function timedOut(url: URL, waitedMs: number, cause?: unknown): HttpError {
  return new HttpError('HTTP_TIMEOUT', 'too slow', {
    object: redactUrl(url.href),
    expected: `an answer within ${waitedMs} ms`,
    found: 'none',
    cause,
  });
}

function isTemporary(error: unknown): boolean {
  if (!(error instanceof HttpError)) {
    return false;
  }
  return error.code === 'HTTP_UNREACHABLE' || (error.status !== null && error.status >= 500);
}
