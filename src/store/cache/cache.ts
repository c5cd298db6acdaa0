import { type Clock, systemClock } from '#base/clock.ts';
import { algorithmOf, digestOf } from '#base/digest.ts';
import type { CacheStatus, Pruned, PruneTarget } from '#model/cache.ts';
import type { DocumentStore, FactsStore, VerificationStore } from '#model/ports.ts';
import { EntryFolder } from './entry-folder.ts';
import { prune } from './prune.ts';
import { type StatusOptions, statusOf } from './status.ts';

export interface CacheOptions {
  /** What all entries together may take on the disk; the least recently used go first. */
  readonly maxBytes: number;
  readonly clock?: Clock;
}

/** What was read or fetched once. Reading and keeping never fail: what cannot be read or kept is not there. */
export interface Cache {
  readonly facts: FactsStore;
  readonly documents: DocumentStore;
  readonly verifications: VerificationStore;
  /** Throws the system's error when the folder may not be looked into. */
  status(options?: StatusOptions): Promise<CacheStatus>;
  /** Safe while others read and write. Throws the system's error when the folder may not be looked into. */
  prune(target: PruneTarget, signal?: AbortSignal): Promise<Pruned>;
}

/**
 * The cache below `folder`, which need not exist. Any number of processes may use it at once: an entry is written under a
 * temporary name and renamed, and one that is damaged or not what its name says reads as absent and is removed. Whoever
 * may write to the folder is trusted with facts; a document is what its digest says, whoever wrote it.
 */
export function openCache(folder: string, { maxBytes, clock = systemClock }: CacheOptions): Cache {
  const entries = new EntryFolder(folder, maxBytes, clock);
  return {
    facts: {
      get: async (key) => await entries.get({ kind: 'facts', ...key }),
      put: async (key, bytes) => await entries.put({ kind: 'facts', ...key }, bytes),
    },
    documents: {
      get: async (digest) => await entries.get({ kind: 'documents', digest }),
      put: async (digest, bytes) => {
        if (digestOf(bytes, algorithmOf(digest)) === digest) {
          await entries.put({ kind: 'documents', digest }, bytes);
        }
      },
    },
    verifications: {
      get: async (key) => await entries.get({ kind: 'verifications', key }),
      put: async (key, bytes) => await entries.put({ kind: 'verifications', key }, bytes),
    },
    status: async (options = {}) => await statusOf(folder, maxBytes, options),
    prune: async (target, signal) => await prune(folder, target, { now: clock.now(), signal }),
  };
}
