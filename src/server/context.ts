import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Subject } from '#model/platform/access.ts';
import type { BlobStore } from '#model/platform/blob-store.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';

/** What every role of the server works with. */
export interface ServerContext {
  readonly store: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  /** As clients reach it, without a slash at the end: `http://127.0.0.1:7400`. In links, and the realm of the token service. */
  readonly publicUrl: string;
}

/** One request, as every door passes it on. */
export interface ServerRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Our own, never what a client sent. In the answer as `X-Request-Id`, and in every log line about it. */
  readonly id: string;
  /** Of the connection; of a proxy's header only where the configuration trusts that proxy. */
  readonly clientAddress: string;
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal;
  /** Aborts when the server begins to stop: what could go on for ever ends then, everything else is finished. */
  readonly draining: AbortSignal;
  readonly log: Log;
}

/** Answers everything below one path. What it throws is answered by the caller as an error of the server. */
export type RequestHandler = (request: ServerRequest) => Promise<void>;

/** Who asks. Throws `AccessError` with `CREDENTIALS_REFUSED` for credentials that are wrong, `TOO_MANY_ATTEMPTS` for too many of them. */
export interface Authenticator {
  authenticate(request: ServerRequest): Promise<Subject>;
}
