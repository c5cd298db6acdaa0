import type { Kysely } from 'kysely';
import type { Jobs } from '#model/platform/job.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Records } from '#model/platform/records.ts';
import { atomically } from './records/atomically.ts';
import { uploadRecords } from './records/uploads.ts';
import { type RecordsContext, recordsOf } from './records.ts';
import type { Tables } from './tables.ts';

/** What a driver brings: all else is the same for both. */
export interface StoreParts extends RecordsContext {
  readonly db: Kysely<Tables>;
  /** For what may be lost when the machine loses its power: an upload that was only begun. Left out where nothing is gained by it. */
  readonly hasty?: Kysely<Tables>;
  readonly work: Jobs;
  readonly probe: (signal?: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A metadata store that can only be read. What would write throws `METADATA_READ_ONLY`. */
export type MetadataReader = Pick<MetadataStore, 'records' | 'probe' | 'close'>;

const partsOfStores = new WeakMap<MetadataStore, StoreParts>();

/** What a store of ours is made of, for what is no part of the port: backups. */
export function partsOf(store: MetadataStore): StoreParts {
  const parts = partsOfStores.get(store);
  if (parts === undefined) {
    throw new TypeError('a store that was not composed here');
  }
  return parts;
}

export function composeStore(parts: StoreParts): MetadataStore {
  const records: Records = {
    ...recordsOf(parts.db, parts),
    uploads: uploadRecords(parts.db, parts.hasty),
  };
  const store: MetadataStore = {
    records,
    jobs: parts.work,
    transaction: (work) => atomically(parts.db, (db) => work(recordsOf(db, parts))),
    probe: parts.probe,
    close: parts.close,
  };
  partsOfStores.set(store, parts);
  return store;
}
