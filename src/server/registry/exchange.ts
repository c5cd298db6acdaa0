import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '#base/log.ts';
import type { Subject } from '#model/platform/access.ts';
import type { FirstPull } from '#model/platform/intake.ts';
import type { UploadContext } from '#stages/catalog/index.ts';
import type { Query } from './query.ts';

/** What the registry works with. */
export interface RegistryContext extends UploadContext {
  /** As clients reach us, without a slash at the end. */
  readonly publicUrl: string;
  /** Seconds for which a client may read a blob where it is kept, when it is sent there; null when it never is. */
  readonly redirectSeconds: number | null;
  /** Asked for manifests that are not here, or not decided about; null where nothing is taken from elsewhere. */
  readonly firstPull: FirstPull | null;
}

/** One request whose sender is known. */
export interface Exchange {
  readonly registry: RegistryContext;
  readonly subject: Subject;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: Query;
  readonly signal: AbortSignal;
  /** Aborts when the server begins to stop. */
  readonly draining: AbortSignal;
  readonly log: Log;
}
