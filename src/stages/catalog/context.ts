import type { Clock } from '#base/clock.ts';
import { newId, type RandomBytes } from '#base/uuid.ts';
import type { BlobStore } from '#model/platform/blob-store.ts';
import type { PlatformEvent } from '#model/platform/event.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Repository } from '#model/platform/records.ts';

/** What the use cases of the catalogue work with. */
export interface CatalogContext {
  readonly store: MetadataStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** What happened in a repository, now. `about` is a digest or a tag. */
export function repositoryEvent(
  { clock, random }: Pick<CatalogContext, 'clock' | 'random'>,
  repository: Repository,
  about: string,
  event: Pick<PlatformEvent, 'type' | 'actor' | 'data'>,
): PlatformEvent {
  const time = clock.now();
  const data = { repository: repository.name, ...event.data };
  return {
    ...event,
    data,
    id: newId(time, random),
    subject: `${repository.name}@${about}`,
    time,
    projectId: repository.projectId,
  };
}
