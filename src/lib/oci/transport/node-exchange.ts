import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '#base/clock.ts';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { Agents } from './agents.ts';
import { readBody } from './body.ts';
import { type Conversation, failure, type Slowness } from './conversation.ts';
import { Destinations, type PermittedClass, type Resolve } from './destinations.ts';
import { describeRequest, RegistryError } from './error.ts';
import type { Exchange, ExchangeAnswer } from './exchange.ts';
import { timedOut } from './failures.ts';
import type { TlsSettings } from './tls-contexts.ts';

export interface TransportOptions {
  /** Of the registry, with its port: the host that settings and client certificate are for. */
  readonly host: string;
  readonly settings: TlsSettings;
  /** For the proxies in it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly slowness?: Partial<Slowness>;
  /** Tests give names of their own. */
  readonly resolve?: Resolve;
  /** The class of addresses that may be asked besides public ones; that of the registry when not said. */
  readonly permitted?: PermittedClass;
}

export interface NodeExchange extends Exchange {
  /** Ends every connection. */
  close(): void;
}

const SLOWNESS: Slowness = {
  answerMs: 30_000,
  idleMs: 30_000,
  windowMs: 30_000,
  leastBytesPerSecond: 1024,
  totalMs: 6 * 3_600_000,
};
/** An answer this short is read to its end when nobody wants it, so that its connection can be used again. */
const DRAINED_BYTES = LIMITS.registryErrorBytes;
const DRAIN_MS = 5_000;
/** What a line is given for a body before the answer is waited for: 64 KiB in a second. */
const SENT_BYTES_PER_MS = 64;

/** Requests over Node's own client, kept alive until `close`. */
export function createNodeExchange(options: TransportOptions): NodeExchange {
  const { host, settings, environment, clock } = options;
  const slowness = { ...SLOWNESS, ...options.slowness };
  const agents = new Agents(host, settings, environment);
  const plain = settings.tls === 'none';
  const destinations = new Destinations(host, plain, options.resolve ?? resolveAll, options.permitted);
  return {
    send: async (request) => {
      request.signal.throwIfAborted();
      destinations.assertUrl(request);
      const deadline = AbortSignal.timeout(request.totalMs ?? slowness.totalMs);
      const context = { request, deadline, slowness, clock };
      const answer = await begin(context, agents, destinations);
      return interpret(context, answer);
    },
    close: () => agents.close(),
  };
}

function begin(conversation: Conversation, agents: Agents, destinations: Destinations): Promise<IncomingMessage> {
  const { request, deadline, slowness } = conversation;
  const { url, method } = request;
  const either = AbortSignal.any([request.signal, deadline]);
  let direct = false;
  return new Promise((resolve, reject) => {
    // Not left to the request: one that waits for a proxy says nothing of its own end.
    const stop = (error: Error): void => {
      reject(error);
      outgoing.destroy(error);
    };
    const aborted = (): void => stop(failure(conversation, either.reason));
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method,
      agent: agents.of(url),
      headers: { 'user-agent': 'plimsoll', ...request.headers, 'accept-encoding': 'identity' },
      lookup: destinations.lookup(request, () => {
        direct = true;
      }),
      maxHeaderSize: LIMITS.registryHeaderBytes,
      signal: either,
    });
    const patienceMs = slowness.answerMs + Math.ceil((request.body?.length ?? 0) / SENT_BYTES_PER_MS);
    const hurry = setTimeout(() => {
      stop(timedOut(request, `an answer within ${patienceMs} ms`, 'none'));
    }, patienceMs);
    either.addEventListener('abort', aborted, { once: true });
    outgoing.on('close', () => {
      clearTimeout(hurry);
      either.removeEventListener('abort', aborted);
      // Without an error when the server switches protocols (101), which nobody asked it to.
      reject(failure(conversation, new Error('closed without an answer')));
    });
    outgoing.on('error', (error) => reject(failure(conversation, error)));
    outgoing.on('response', (answer) => {
      clearTimeout(hurry);
      if (direct) {
        destinations.connected(url, answer.socket.remoteAddress);
      }
      resolve(answer);
    });
    outgoing.end(request.body);
  });
}

function interpret(conversation: Conversation, answer: IncomingMessage): ExchangeAnswer {
  const { request } = conversation;
  const status = answer.statusCode ?? 0;
  const headers = headersOf(answer);
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity' && status < 300) {
    answer.destroy();
    throw new RegistryError('REGISTRY_ANSWER_INVALID', 'encoded answer', {
      object: describeRequest(request),
      expected: 'no content encoding',
      found: quote(encoding),
      status,
    });
  }
  return {
    status,
    headers,
    challenges: [...rawHeaders(answer)].flatMap(([name, value]) => (name === 'www-authenticate' ? [value] : [])),
    body: { [Symbol.asyncIterator]: () => readBody(conversation, answer) },
    discard: () => discard(answer, headers),
  };
}

function headersOf(answer: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of rawHeaders(answer)) {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** Node's own objects of headers are not used: a header may be called `__proto__`. */
function* rawHeaders(answer: IncomingMessage): Generator<readonly [name: string, value: string]> {
  const { rawHeaders: raw } = answer;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    yield [(raw[index] ?? '').toLowerCase(), raw[index + 1] ?? ''];
  }
}

function discard(answer: IncomingMessage, headers: ReadonlyMap<string, string>): void {
  const length = headers.get('content-length') ?? '';
  if (answer.destroyed || answer.readableEnded || !/^[0-9]{1,9}$/.test(length) || Number(length) > DRAINED_BYTES) {
    answer.destroy();
    return;
  }
  const patience = setTimeout(() => answer.destroy(), DRAIN_MS);
  answer.on('close', () => clearTimeout(patience));
  answer.on('error', () => undefined);
  answer.resume();
}

async function resolveAll(hostname: string): ReturnType<Resolve> {
  return await lookup(hostname, { all: true, order: 'verbatim' });
}
