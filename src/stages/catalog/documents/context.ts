import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { newId, type RandomBytes } from '#base/uuid.ts';
import type { PlatformEvent } from '#model/platform/event.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Records } from '#model/platform/records.ts';

/** What documents of the installation are read and written with. */
export interface DocumentsContext {
  readonly store: MetadataStore;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  /** Absolute; below it are the files that documents of kind Trust may name. Null: they may name none. */
  readonly trustFolder: string | null;
  /** What credentials of a source should name in the place of a reference; null when they may name it. Anything when not said. */
  readonly otherSecretThan?: (reference: string) => string | null;
  /** As policy sees repositories of ours: the host, and the port if it has one, before their names. */
  readonly host: string;
  /** Documents that there may be; 10,000 when not said. */
  readonly maxDocuments?: number;
  /** Has images judged soon that were marked, in the transaction that marked them. */
  askForReview(records: Pick<Records, 'jobs'>, now: number): Promise<void>;
}

/** What happened to a document, now. */
export function documentEvent(
  { clock, random }: Pick<DocumentsContext, 'clock' | 'random'>,
  projectId: string,
  event: Pick<PlatformEvent, 'type' | 'actor' | 'data' | 'subject'>,
): PlatformEvent {
  const time = clock.now();
  return { ...event, id: newId(time, random), time, projectId };
}
