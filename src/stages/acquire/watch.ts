import { setTimeout as sleep } from 'node:timers/promises';
import type { Acquisition } from '#model/platform/acquisition.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';

/** Between two looks at a row that another process changes: soon at first, since much is here already. */
const FIRST_LOOK_MS = 50;
const LOOK_MS = 500;

interface Watched {
  readonly waiting: Set<() => void>;
  readonly over: AbortController;
}

/** Waits for acquisitions on behalf of many: one look at a time for each of them, however many wait. Workers are processes of their own. */
export class AcquisitionWatch {
  readonly #store: Pick<MetadataStore, 'records'>;
  readonly #watched = new Map<string, Watched>();

  constructor(store: Pick<MetadataStore, 'records'>) {
    this.#store = store;
  }

  /** The row as soon as it is `enough`, or as it is after so many milliseconds. Null when there is none. Throws when `signal` aborts. */
  async until(
    id: string,
    enough: (row: Acquisition) => boolean,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Acquisition | null> {
    const timeUp = AbortSignal.timeout(waitMs);
    for (;;) {
      signal.throwIfAborted();
      const row = await this.#store.records.acquisitions.find(id);
      if (row === null || enough(row) || timeUp.aborted) {
        return row;
      }
      await this.#next(id, AbortSignal.any([signal, timeUp]));
    }
  }

  /** Resolves at the next change, or when it is given up. */
  async #next(id: string, signal: AbortSignal): Promise<void> {
    const watched = this.#watched.get(id) ?? this.#watch(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    watched.waiting.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    try {
      await (signal.aborted ? undefined : promise);
    } finally {
      watched.waiting.delete(resolve);
      if (watched.waiting.size === 0 && this.#watched.get(id) === watched) {
        this.#watched.delete(id);
        watched.over.abort();
      }
    }
  }

  #watch(id: string): Watched {
    const watched: Watched = { waiting: new Set(), over: new AbortController() };
    this.#watched.set(id, watched);
    void this.#look(id, watched);
    return watched;
  }

  async #look(id: string, { waiting, over }: Watched): Promise<void> {
    let version: number | null = null;
    for (let pause = FIRST_LOOK_MS; !over.signal.aborted; pause = Math.min(pause * 2, LOOK_MS)) {
      await sleep(pause, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      // A store that does not answer now is asked again; whoever waits hears of it when he looks himself.
      const row = await this.#store.records.acquisitions.find(id).catch(() => null);
      if (row === null || row.version !== version) {
        version = row?.version ?? null;
        for (const wake of waiting) {
          wake();
        }
      }
    }
  }
}
