import type { IncomingMessage } from 'node:http';
import { rememberSockets } from './agent-sockets.ts';
import { AppError, messageOf, quote } from './error.ts';
import { HttpError, redactUrl } from './http-error.ts';
import { limitExceeded } from './limits.ts';

/** How servers are reached, whatever they are asked. */
export interface ConnectionOptions {
  readonly signal: AbortSignal;
  /** Longest wait for the next bytes, and for the whole. */
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case; loopback is never asked through a proxy. */
  readonly proxies?: Readonly<Record<string, string | undefined>>;
  /** PEM: authorities that a server's certificate may come from, besides those of the system. */
  readonly ca?: string;
}

/** The options with the caller's signal apart from the deadline, to tell an abort from slowness. */
export interface Exchange extends ConnectionOptions {
  readonly deadline: AbortSignal;
  readonly either: AbortSignal;
}

export interface HttpMessage {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** The options, with the time that all of it may take running from now on. */
export function startExchange<Options extends ConnectionOptions>(options: Options): Options & Exchange {
  const deadline = AbortSignal.timeout(options.totalTimeoutMs);
  return { ...options, deadline, either: AbortSignal.any([options.signal, deadline]) };
}

/** Throws `HTTP_URL_REFUSED` unless the URL is https (or http to loopback, or allowed) and carries no user name. */
export function acceptUrl(text: string, allowHttp: boolean): URL {
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

/** This machine, by a name or an address that nobody else can have. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Sends a request and waits for the head of its answer. Throws HttpError, and what the caller's signal says.
 * Loading node:http takes longer than all else that a run needs which asks no server.
 */
export async function send(url: URL, message: HttpMessage, options: Exchange): Promise<IncomingMessage> {
  const { request: start, Agent } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const proxied = options.proxies !== undefined && !isLoopback(url.hostname);
  const agent = proxied ? new Agent({ proxyEnv: { ...options.proxies } }) : false;
  const end = agent === false ? () => undefined : rememberSockets(agent);
  const authorities = options.ca === undefined ? {} : { ca: await authoritiesWith(options.ca) };
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const request = start(url, {
      method: message.method,
      signal: options.either,
      timeout: options.idleTimeoutMs,
      agent,
      headers: message.headers,
      ...authorities,
    });
    request.on('timeout', () => request.destroy(timedOut(url, options.idleTimeoutMs)));
    request.on('error', (error) => reject(connectionError(url, error, options)));
    request.on('response', resolve);
    // Without an error when the server switches protocols (101), which nobody asked it to.
    request.on('close', () => reject(connectionError(url, new Error('closed without an answer'), options)));
    const aborted = (): void => reject(connectionError(url, options.either.reason, options));
    options.either.addEventListener('abort', aborted, { once: true });
    request.end(message.body);
  }).catch((error: unknown) => {
    end();
    throw error;
  });
}

async function authoritiesWith(pem: string): Promise<string[]> {
  const { getCACertificates } = await import('node:tls');
  return [...getCACertificates('default'), pem];
}

/** That an answer comes as it was asked for, without a content encoding; otherwise the connection is closed. Throws HttpError. */
export function assertIdentity(answer: IncomingMessage, object: string): void {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.destroy();
    throw new HttpError('HTTP_ANSWER_INVALID', 'encoded answer', {
      object,
      expected: 'no content encoding',
      found: quote(encoding),
    });
  }
}

/** The body as it comes, bounded; breaking off closes the connection. Throws HttpError and `LIMIT_EXCEEDED`. */
export async function* readBody(
  url: URL,
  answer: IncomingMessage,
  options: Exchange,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  answer.setTimeout(options.idleTimeoutMs, () => answer.destroy(timedOut(url, options.idleTimeoutMs)));
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      read += chunk.length;
      if (read > maxBytes) {
        throw limitExceeded(redactUrl(url.href), maxBytes);
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
