import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions, Exchange } from './http-connection.ts';
import { acceptUrl, assertIdentity, readBody, send, startExchange } from './http-connection.ts';
import { HttpError, redactUrl } from './http-error.ts';
import { limitExceeded } from './limits.ts';

export { HttpError, redactUrl } from './http-error.ts';

export interface DownloadOptions extends ConnectionOptions {
  /** The body may not be longer; `LIMIT_EXCEEDED` otherwise. */
  readonly maxBytes: number;
  /** Of an earlier answer: the server may then say that nothing changed. */
  readonly etag?: string;
  /** `Last-Modified` of an earlier answer, to the same end. */
  readonly modifiedSince?: string;
  readonly userAgent?: string;
  /** Plain http to other machines, when the user's own setting says so. Loopback is always allowed. */
  readonly allowHttp?: boolean;
  /** Waits before the second and third attempt; tests shorten them. */
  readonly backoffMs?: readonly number[];
}

export type Download =
  | { readonly kind: 'not-modified' }
  | {
      readonly kind: 'body';
      readonly etag: string | null;
      readonly lastModified: string | null;
      /** What the server promises; null when it does not. */
      readonly length: number | null;
      /** Read once, to its end; breaking off closes the connection. Throws HttpError and `LIMIT_EXCEEDED`. */
      readonly body: AsyncIterable<Uint8Array>;
    };

type DownloadExchange = DownloadOptions & Exchange;

const BACKOFF_MS: readonly number[] = [500, 2000];
const MAX_REDIRECTS = 5;
const MAX_VALIDATOR = 240;
/** A server that asks for more patience than this has to be asked by a later run. */
const MAX_RETRY_AFTER_MS = 60_000;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * One GET over https without credentials. Redirects are followed here, at most five and never from https to http;
 * connection errors, 5xx and 429 are tried twice more before a body has begun, when the server says after how long, if that
 * is at most a minute. The body comes as sent (identity encoding).
 */
export async function download(url: string, options: DownloadOptions): Promise<Download> {
  const exchange = startExchange(options);
  const waits = options.backoffMs ?? BACKOFF_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await follow(url, exchange);
    } catch (error) {
      options.signal.throwIfAborted();
      const wait = waits[attempt];
      if (wait === undefined || exchange.deadline.aborted || !isTemporary(error)) {
        throw error;
      }
      await sleep(Math.max(wait, error.retryAfterMs ?? 0), undefined, { signal: options.signal });
    }
  }
}

async function follow(url: string, options: DownloadExchange): Promise<Download> {
  let target = acceptUrl(url, options.allowHttp === true);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const answer = await send(target, { method: 'GET', headers: requestHeaders(options) }, options);
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

function requestHeaders(options: DownloadOptions): Record<string, string> {
  return {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': options.userAgent ?? 'plimsoll',
    ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
    ...(options.modifiedSince === undefined ? {} : { 'if-modified-since': options.modifiedSince }),
  };
}

function interpret(url: URL, answer: IncomingMessage, options: DownloadExchange): Download {
  const status = answer.statusCode ?? 0;
  const object = redactUrl(url.href);
  if (status === 304 && (options.etag !== undefined || options.modifiedSince !== undefined)) {
    answer.destroy();
    return { kind: 'not-modified' };
  }
  if (status !== 200) {
    answer.destroy();
    const retryAfterMs = retryAfterOf(answer.headers);
    const later = retryAfterMs === null ? '' : `, to be asked again after ${Math.ceil(retryAfterMs / 1000)} seconds`;
    const found = `${status}${later}`;
    throw new HttpError('HTTP_STATUS', 'the server refused', { object, expected: '200', found, status, retryAfterMs });
  }
  assertIdentity(answer, object);
  const length = lengthOf(answer.headers);
  if (length !== null && length > options.maxBytes) {
    answer.destroy();
    throw limitExceeded(object, options.maxBytes, 'bytes', length);
  }
  return {
    kind: 'body',
    etag: validatorOf(answer.headers.etag),
    lastModified: validatorOf(answer.headers['last-modified']),
    length,
    body: readBody(url, answer, options, options.maxBytes),
  };
}

function lengthOf(headers: IncomingHttpHeaders): number | null {
  const text = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** It goes into a request header as it is. */
function validatorOf(header: string | undefined): string | null {
  const text = header ?? '';
  return text !== '' && text.length <= MAX_VALIDATOR && /^[\x20-\x7e]*$/.test(text) ? text : null;
}

/** In seconds; the other form, a date, would need a clock that agrees with the server's. */
function retryAfterOf(headers: IncomingHttpHeaders): number | null {
  const text = headers['retry-after'] ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) * 1000 : null;
}

function isTemporary(error: unknown): error is HttpError {
  if (!(error instanceof HttpError) || (error.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) {
    return false;
  }
  return error.code === 'HTTP_UNREACHABLE' || (error.status !== null && (error.status >= 500 || error.status === 429));
}
