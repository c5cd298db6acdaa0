import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { Digest } from '#base/digest.ts';
import { type AppError, isAppError, messageOf, quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { DaemonError } from '../daemon/error.ts';
import {
  type Chunk,
  decodeChunk,
  decodeImage,
  decodeNamespaces,
  decodeSize,
  encodeKey,
  type Target,
} from './messages.ts';

/** How long to wait for containerd, in milliseconds. */
export interface ContainerdWaits {
  /** For a short answer. */
  readonly answer: number;
  /** For the next piece of a blob. */
  readonly idle: number;
}

const WAITS: ContainerdWaits = { answer: 30_000, idle: 60_000 };

/** Enough for the pieces of 1 MiB that containerd sends, several of them on their way. */
const FLOW_CONTROL_WINDOW = 8 * 1024 * 1024;
const MESSAGE_CHARS = 300;

/** The few calls of containerd's gRPC API (services images.v1, content.v1 and namespaces.v1) that images are read with. */
export class ContainerdClient {
  /** For messages: `containerd at /run/containerd/containerd.sock`. */
  readonly object: string;
  readonly #client: Client;
  readonly #waits: ContainerdWaits;

  constructor(socket: string, waits: ContainerdWaits = WAITS) {
    this.object = `containerd at ${socket}`;
    this.#waits = waits;
    this.#client = new Client(`unix:${socket}`, credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.max_receive_message_length': LIMITS.daemonAnswerBytes,
      'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW,
    });
  }

  /** What a name stands for in a namespace; null when it is not there. */
  async image(namespace: string, name: string, signal?: AbortSignal): Promise<Target | null> {
    const object = `image ${quote(name)} of ${this.object}`;
    const answer = await this.#ask('images.v1.Images/Get', encodeKey(name), namespace, signal);
    return answer === null ? null : decodeImage(answer, object);
  }

  /** The first `limit` namespaces. */
  async namespaces(limit: number, signal?: AbortSignal): Promise<readonly string[]> {
    const answer = await this.#ask('namespaces.v1.Namespaces/List', new Uint8Array(), null, signal);
    return answer === null ? [] : decodeNamespaces(answer, `the namespaces of ${this.object}`, limit);
  }

  /** The size of a blob in bytes; null when it is not there. */
  async size(namespace: string, digest: Digest, signal?: AbortSignal): Promise<number | null> {
    const answer = await this.#ask('content.v1.Content/Info', encodeKey(digest), namespace, signal);
    return answer === null ? null : decodeSize(answer, `${digest} of ${this.object}`);
  }

  /** A blob from its beginning: exactly `size` bytes, or `DAEMON_ANSWER_INVALID`. */
  async *read(namespace: string, digest: Digest, size: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted();
    const object = `${digest} of ${this.object}`;
    const call = this.#client.makeServerStreamRequest<Uint8Array, Buffer>(
      method('content.v1.Content/Read'),
      asBuffer,
      asItIs,
      encodeKey(digest),
      metadataOf(namespace),
    );
    const watch = new Watch(call, this.#waits.idle, object, signal);
    let done = 0;
    try {
      for await (const message of call as AsyncIterable<Buffer>) {
        // What the reader does with a piece is not the daemon's time.
        watch.pause();
        const chunk = decodeChunk(message, object);
        assertNext(chunk, done, size, object);
        done += chunk.data.length;
        yield chunk.data;
        watch.resume();
      }
    } catch (error) {
      throw watch.explain(error);
    } finally {
      watch.end();
      call.cancel();
    }
    if (done !== size) {
      throw unlike(object, `${size} bytes`, `${done} bytes`);
    }
  }

  close(): void {
    this.#client.close();
  }

  /** One request and its answer; null for an answer that says not found. */
  async #ask(
    name: string,
    request: Uint8Array,
    namespace: string | null,
    signal?: AbortSignal,
  ): Promise<Uint8Array | null> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | null>();
    const call = this.#client.makeUnaryRequest<Uint8Array, Buffer>(
      method(name),
      asBuffer,
      asItIs,
      request,
      metadataOf(namespace),
      (error, answer) => (error === null ? resolve(answer ?? null) : reject(error)),
    );
    const watch = new Watch(call, this.#waits.answer, this.object, signal);
    try {
      return await promise;
    } catch (error) {
      if (codeOf(error) === status.NOT_FOUND) {
        return null;
      }
      throw watch.explain(error);
    } finally {
      watch.end();
    }
  }
}

/** Cancels a call when nothing comes for too long, or when nobody wants its answer any more. */
class Watch {
  readonly #call: { cancel(): void };
  readonly #waitMs: number;
  readonly #object: string;
  readonly #signal: AbortSignal | undefined;
  readonly #cancel: () => void;
  #timer: NodeJS.Timeout | undefined;
  #late = false;

  constructor(call: { cancel(): void }, waitMs: number, object: string, signal?: AbortSignal) {
    this.#call = call;
    this.#waitMs = waitMs;
    this.#object = object;
    this.#signal = signal;
    this.#cancel = () => call.cancel();
    signal?.addEventListener('abort', this.#cancel, { once: true });
    this.resume();
  }

  resume(): void {
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#call.cancel();
    }, this.#waitMs);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    this.pause();
    this.#signal?.removeEventListener('abort', this.#cancel);
  }

  /** What the end of the call means: an abort, slowness, or what its status says. */
  explain(error: unknown): unknown {
    if (this.#signal?.aborted === true) {
      return this.#signal.reason;
    }
    if (this.#late) {
      return new DaemonError('DAEMON_TIMEOUT', 'the daemon does not answer', {
        object: this.#object,
        expected: `something within ${this.#waitMs} ms`,
        found: 'nothing',
      });
    }
    return isAppError(error) ? error : callError(error, this.#object);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

function method(name: string): string {
  return `/containerd.services.${name}`;
}

function metadataOf(namespace: string | null): Metadata {
  const metadata = new Metadata();
  if (namespace !== null) {
    metadata.set('containerd-namespace', namespace);
  }
  return metadata;
}

/** Pieces come in order, none of them empty, and no more of them than the blob is long. */
function assertNext({ offset, data }: Chunk, done: number, size: number, object: string): void {
  if (offset !== done || data.length === 0 || done + data.length > size) {
    throw unlike(object, `bytes ${done} to ${size}`, `${data.length} bytes from byte ${offset} on`);
  }
}

function unlike(object: string, expected: string, found: string): DaemonError {
  return new DaemonError('DAEMON_ANSWER_INVALID', 'not the content that was announced', { object, expected, found });
}

function codeOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
}

function callError(error: unknown, object: string): AppError {
  const details = error instanceof Error && 'details' in error ? String(error.details) : messageOf(error);
  const found = quote(details, MESSAGE_CHARS);
  const detail = { object, expected: 'an answer', found, cause: error };
  switch (codeOf(error)) {
    case status.UNAVAILABLE:
    case status.CANCELLED:
    case status.INTERNAL:
      return details.includes('ECONNREFUSED')
        ? new DaemonError('DAEMON_NOT_FOUND', 'nobody listens', detail)
        : new DaemonError('DAEMON_DISCONNECTED', 'the connection broke', detail);
    case status.RESOURCE_EXHAUSTED:
      return details.startsWith('Received message larger than max')
        ? limitExceeded(`a message of ${object}`, LIMITS.daemonAnswerBytes)
        : new DaemonError('DAEMON_REFUSED', 'the daemon refused', detail);
    default:
      return new DaemonError('DAEMON_REFUSED', 'the daemon refused', detail);
  }
}
