import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { newId } from '#base/uuid.ts';
import { WORKER } from '#model/platform/access.ts';
import type { BlobRecord } from '#model/platform/records.ts';
import { verifyBlob } from '#store/blobs/index.ts';
import type { CatalogContext } from './context.ts';

const BATCH = 50;
/** So many in a row that cannot be read: the store is not there, which says nothing of its blobs. */
const MOST_UNREADABLE = 20;

export interface ScrubOptions {
  /** Blobs that were looked at within so long are left alone. Milliseconds. */
  readonly freshMs: number;
  /** Bytes of one run. */
  readonly maxBytes: number;
  /** Bytes per second; null for as fast as it goes. */
  readonly rate: number | null;
  readonly signal: AbortSignal;
  readonly log: Log;
}

export interface Scrubbing {
  readonly blobs: number;
  readonly bytes: number;
  /** Found to be other than their digests, or gone. */
  readonly damaged: number;
  /** Damaged before, and found to be right. */
  readonly healed: number;
  /** Neither: the store did not answer. They are looked at again. */
  readonly unreadable: number;
}

/**
 * Reads blobs again, those first that were not looked at for longest, and compares them with their digests. What is damaged is marked: reading it is
 * refused from then on, and whoever uploads it again replaces its bytes.
 */
export async function scrubBlobs(context: CatalogContext, options: ScrubOptions): Promise<Scrubbing> {
  // What this run has looked at is never before its own beginning.
  const before = context.clock.now() - Math.max(0, options.freshMs);
  const skipped = new Set<string>();
  let done: Scrubbing = { blobs: 0, bytes: 0, damaged: 0, healed: 0, unreadable: 0 };
  let inRow = 0;
  for (;;) {
    const page = await context.store.records.upkeep.leastVerified(before, BATCH + skipped.size);
    const blobs = page.filter(({ key }) => !skipped.has(key));
    for (const blob of blobs) {
      options.signal.throwIfAborted();
      if (done.bytes >= options.maxBytes || inRow >= MOST_UNREADABLE) {
        return done;
      }
      const found = await digestOfBlob(context, blob, options);
      if (found === null) {
        skipped.add(blob.key);
        inRow += 1;
        done = { ...done, unreadable: done.unreadable + 1 };
      } else {
        inRow = 0;
        done = counted(done, blob, await record(context, blob, found));
      }
    }
    if (blobs.length === 0) {
      return done;
    }
  }
}

const GONE = 'nothing';

/** What is under the key: a digest, or `nothing`. Null when the store does not say. */
async function digestOfBlob(
  { blobs, clock }: CatalogContext,
  blob: BlobRecord,
  { rate, signal, log }: ScrubOptions,
): Promise<string | null> {
  const started = clock.now();
  const pace = async (read: number): Promise<void> => {
    const early = rate === null ? 0 : (read / rate) * 1000 - (clock.now() - started);
    if (early > 0) {
      await wait(early, undefined, { signal });
    }
  };
  try {
    const found = await verifyBlob(blobs, blob, { signal, pace });
    return found.kind === 'missing' ? GONE : found.kind === 'intact' ? blob.digest : found.digest;
  } catch (error) {
    signal.throwIfAborted();
    log.warn('a blob cannot be read', { digest: blob.digest, error: messageOf(error) });
    return null;
  }
}

type Outcome = 'right' | 'healed' | 'damaged' | 'gone';

/** What was found counts for the key that was read: a blob that was uploaded again meanwhile is another one. */
async function record({ store, clock, random }: CatalogContext, blob: BlobRecord, found: string): Promise<Outcome> {
  const { digest } = blob;
  const isDamaged = found !== digest;
  return await store.transaction(async (records) => {
    const now = clock.now();
    const wasDamaged = await records.upkeep.setVerified(blob, now, isDamaged);
    if (wasDamaged === null) {
      return 'gone';
    }
    if (isDamaged && !wasDamaged) {
      await records.events.append({
        id: newId(now, random),
        type: 'blob.damaged.v1',
        subject: digest,
        actor: WORKER.id,
        time: now,
        projectId: null,
        data: { digest, found },
      });
    }
    return isDamaged ? 'damaged' : wasDamaged ? 'healed' : 'right';
  });
}

function counted(done: Scrubbing, { size }: BlobRecord, outcome: Outcome): Scrubbing {
  return {
    ...done,
    blobs: done.blobs + 1,
    bytes: done.bytes + size,
    damaged: done.damaged + (outcome === 'damaged' ? 1 : 0),
    healed: done.healed + (outcome === 'healed' ? 1 : 0),
  };
}
