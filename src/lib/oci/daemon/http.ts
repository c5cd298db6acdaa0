import { request as httpRequest, type IncomingMessage } from 'node:http';
import { AppError, messageOf, quote } from '#base/error.ts';
import { LIMITS, limitExceeded, readBounded } from '#base/limits.ts';
import { DaemonError } from './error.ts';
import type { DaemonKind } from './kinds.ts';

/** How long to wait for a daemon, in milliseconds. */
export interface DaemonWaits {
  /** For the whole of a short answer. */
  readonly answer: number;
  /** For an export to begin: Docker and podman write all of it into a file of theirs first. */
  readonly exportStart: number;
  /** For the next bytes of an export. */
  readonly idle: number;
}

export const DAEMON_WAITS: DaemonWaits = { answer: 30_000, exportStart: 900_000, idle: 120_000 };

/** A daemon that speaks Docker's HTTP API (Docker Engine API 1.24 and later) over a unix socket. */
export interface DaemonApi {
  readonly kind: DaemonKind;
  /** For messages: `Docker at /run/docker.sock`. */
  readonly object: string;
  readonly socket: string;
  readonly waits: DaemonWaits;
}

export interface DaemonDocument {
  readonly status: number;
  /** At most `LIMITS.daemonAnswerBytes`. */
  readonly bytes: Uint8Array;
}

const MAX_HEADER_BYTES = 64 * 1024;
/** A daemon's own words in a message. */
const MESSAGE_CHARS = 300;

/** A short answer of any status, read to its end. */
export async function getDocument(api: DaemonApi, path: string, signal?: AbortSignal): Promise<DaemonDocument> {
  const deadline = AbortSignal.timeout(api.waits.answer);
  const exchange = { api, signal, deadline };
  const answer = await send(exchange, path, api.waits.answer);
  const bytes = await readBounded(
    readBody(exchange, answer, LIMITS.daemonAnswerBytes, api.waits.answer),
    LIMITS.daemonAnswerBytes,
    `an answer of ${api.object}`,
  );
  return { status: answer.statusCode ?? 0, bytes };
}

/**
 * A long answer as it comes: at most `limit` bytes, which `LIMIT_EXCEEDED` enforces. Breaking off closes the connection,
 * and so does the signal. Throws `DAEMON_REFUSED` for any status but 200.
 */
export async function* getStream(
  api: DaemonApi,
  path: string,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const exchange = { api, signal, deadline: null };
  const answer = await send(exchange, path, api.waits.exportStart);
  if (answer.statusCode !== 200) {
    const reason = readBody(exchange, answer, LIMITS.daemonAnswerBytes, api.waits.answer);
    const bytes = await readBounded(reason, LIMITS.daemonAnswerBytes, `an answer of ${api.object}`);
    throw refused(api, { status: answer.statusCode ?? 0, bytes });
  }
  yield* readBody(exchange, answer, limit, api.waits.idle);
}

/** For an answer that is an error, with what the daemon says of it. */
export function refused(api: DaemonApi, answer: DaemonDocument): DaemonError {
  return new DaemonError('DAEMON_REFUSED', 'the daemon refused', {
    object: api.object,
    expected: 'status 200',
    found: `${answer.status}: ${saidBy(answer)}`,
  });
}

/** The `message` of an error answer, quoted and shortened; other answers as they are. */
export function saidBy(answer: DaemonDocument): string {
  const text = Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.length).toString('utf8');
  return quote(messageIn(text) ?? text, MESSAGE_CHARS);
}

function messageIn(text: string): string | null {
  try {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === 'object' && parsed !== null && 'message' in parsed;
    return isObject && typeof parsed.message === 'string' ? parsed.message : null;
  } catch {
    return null;
  }
}

interface Exchange {
  readonly api: DaemonApi;
  readonly signal: AbortSignal | undefined;
  /** For the whole, where there is one. */
  readonly deadline: AbortSignal | null;
}

function send(exchange: Exchange, path: string, waitMs: number): Promise<IncomingMessage> {
  const { api } = exchange;
  const signals = [exchange.signal, exchange.deadline].filter((signal) => signal !== undefined && signal !== null);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      socketPath: api.socket,
      path,
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      timeout: waitMs,
      signal: AbortSignal.any(signals),
      headers: { host: 'localhost', 'accept-encoding': 'identity', 'user-agent': 'plimsoll' },
    });
    request.on('timeout', () => request.destroy(timedOut(api, waitMs)));
    request.on('error', (error) => reject(connectionError(exchange, error)));
    request.on('response', resolve);
    // Without an error when the daemon switches protocols (101), which nobody asked it to.
    request.on('close', () => reject(connectionError(exchange, new Error('closed without an answer'))));
    request.end();
  });
}

async function* readBody(
  exchange: Exchange,
  answer: IncomingMessage,
  limit: number,
  waitMs: number,
): AsyncGenerator<Uint8Array> {
  const { api } = exchange;
  let read = 0;
  answer.setTimeout(waitMs, () => answer.destroy(timedOut(api, waitMs)));
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      read += chunk.length;
      if (read > limit) {
        throw limitExceeded(`an answer of ${api.object}`, limit);
      }
      yield chunk;
    }
  } catch (error) {
    throw connectionError(exchange, error);
  } finally {
    answer.destroy();
  }
}

function connectionError({ api, signal, deadline }: Exchange, error: unknown): Error {
  if (error instanceof AppError) {
    return error;
  }
  if (signal?.aborted === true) {
    const reason: unknown = signal.reason;
    return reason instanceof Error ? reason : new DOMException(messageOf(reason), 'AbortError');
  }
  if (deadline?.aborted === true) {
    return timedOut(api, api.waits.answer);
  }
  return socketError(api, error);
}

/** What an error of the system says about a daemon. */
export function socketError(api: DaemonApi, error: unknown): DaemonError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK' || code === 'ENOTDIR') {
    return new DaemonError('DAEMON_NOT_FOUND', 'nobody listens', {
      object: api.object,
      expected: 'a socket that somebody listens on',
      found: code,
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new DaemonError('DAEMON_FORBIDDEN', 'no permission', {
      object: api.object,
      expected: 'a socket that this user may write to',
      found: code,
      hint: api.kind.permissionHint,
      cause: error,
    });
  }
  return new DaemonError('DAEMON_DISCONNECTED', 'the connection broke', {
    object: api.object,
    expected: 'a whole answer',
    found: quote(messageOf(error)),
    cause: error,
  });
}

function timedOut(api: DaemonApi, waitedMs: number): DaemonError {
  return new DaemonError('DAEMON_TIMEOUT', 'the daemon does not answer', {
    object: api.object,
    expected: `something within ${waitedMs} ms`,
    found: 'nothing',
  });
}
